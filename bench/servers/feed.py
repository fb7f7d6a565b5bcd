"""`python -m bench.servers.feed FOLDER TOKEN_SHA256 LENGTH`: the sync service beside bare ones.

One process and one server (uvicorn) for three applications, by the first part of the path:

- `/api/...`: the service as it is, with its store in FOLDER
- `/model`: the same rows of the same store through a FastAPI response model
- `/raw`: LENGTH bytes from a bare ASGI function
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI, Query
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.servers.parent import ready
from edge.domain.clock import SystemClock
from erp_sync.config import CompanyConfig
from erp_sync.endpoint.app import make_app
from erp_sync.endpoint.cursor import check_of
from erp_sync.principals import PERFORMANCE_READ, Principal
from erp_sync.server import listen
from erp_sync.service import Service, open_service
from erp_sync.storage import facts
from erp_sync.storage.facts import FeedRow


class Effect(BaseModel):
    order: str | None
    operation: int | None
    production_day: str
    good: int
    scrap: int
    rework: int


class Fact(BaseModel):
    edge_id: str
    epoch: int
    seq: int
    kind: str
    occurred_at: int
    recorded_at: int
    equipment_id: str
    job_order_id: str | None
    source: str
    actor: str | None
    body: dict[str, Any]
    prev_hash: str
    v: int


class Item(BaseModel):
    position: int
    id: str
    type: str
    order: str | None
    operation: int | None
    effects: list[Effect]
    fact: Fact


class FeedPage(BaseModel):
    items: list[Item]
    next: str
    complete: bool


def item_of(row: FeedRow) -> Item:
    """A row as a model, its JSON columns read."""
    return Item(
        position=row.position,
        id=f"{row.edge_id}/{row.epoch}/{row.seq}",
        type="fact",
        order=row.order_id,
        operation=row.operation,
        effects=json.loads(row.effects or b"[]"),
        fact=json.loads(row.data),
    )


def model_app(service: Service) -> FastAPI:
    """The feed as FastAPI's own pages show how to write it."""
    app = FastAPI()

    @app.get("/model", response_model=FeedPage)
    async def page(after: int = 0, limit: Annotated[int, Query(le=1000)] = 500) -> FeedPage:
        rows = await service.store.read(lambda db: facts.page(db, after, limit, ()))
        end = f"{rows[-1].position}-{check_of(rows[-1].hash)}" if rows else str(after)
        return FeedPage(items=[item_of(row) for row in rows], next=end, complete=len(rows) < limit)

    return app


class Raw:
    """Bytes, and no more than ASGI demands."""

    def __init__(self, length: int) -> None:
        self.body = b"x" * length

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = str(len(self.body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class ByPath:
    """The application for the first part of the path."""

    def __init__(self, apps: dict[str, ASGIApp]) -> None:
        self.apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.apps[scope["path"].split("/", 2)[1]](scope, receive, send)


async def serve(folder: Path, token_sha256: str, length: int) -> None:
    scopes = frozenset({PERFORMANCE_READ, "edge:e1"})
    config = CompanyConfig(
        site_id="s1",
        zone=ZoneInfo("Europe/Berlin"),
        store_url=f"sqlite:///{folder / 'sync.sqlite'}",
        host="127.0.0.1",
        port=0,
        principals=(Principal("bench", token_sha256, scopes),),
        edges=frozenset({"e1"}),
    )
    service = open_service(config, SystemClock())
    apps: dict[str, ASGIApp] = {
        "api": make_app(service),
        "model": model_app(service),
        "raw": Raw(length),
    }
    bound = listen("127.0.0.1", 0)
    settings = uvicorn.Config(ByPath(apps), log_config=None, access_log=False, lifespan="off")
    ready(bound.getsockname()[1])
    await uvicorn.Server(settings).serve([bound])


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
