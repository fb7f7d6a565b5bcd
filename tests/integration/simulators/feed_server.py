"""A small real server with the contract that an ERP sees (docs/contracts.md, section 3)."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "erp-token"
WAIT_STEP_S = 0.02


@dataclass
class Feed:
    """What the server holds and what it shall do wrong."""

    items: list[dict[str, Any]] = field(default_factory=list)
    generation: int = 1  # a cursor of another one is 410
    definitions: dict[str, Any] = field(default_factory=dict)
    schedules: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, dict[str, str]] = field(default_factory=dict)
    acknowledgements: int = 0  # requests
    books: dict[str, Any] = field(default_factory=dict)
    kinds: str = ""
    unavailable: int = 0  # so many requests are answered with 503
    hold_acknowledgements: bool = False  # they hang, as if the line was cut

    def app(self) -> Starlette:
        api = "/api/v1"
        return Starlette(
            routes=[
                Route(api + "/operations-definitions/{id}/{rev}", self._define, methods=["PUT"]),
                Route(api + "/operations-schedules/{id}", self._schedule, methods=["PUT"]),
                Route(api + "/operations-performance", self._page),
                Route(api + "/consumers/{name}/acknowledgements", self._ack, methods=["PUT"]),
                Route(api + "/consumers/{name}/books/{day}", self._books, methods=["PUT"]),
            ]
        )

    async def _define(self, request: Request) -> Response:
        key = "/".join(str(request.path_params[name]) for name in ("id", "rev"))
        self.definitions[key] = await request.json()
        return self._guard(request) or JSONResponse({}, 201)

    async def _schedule(self, request: Request) -> Response:
        body = (await request.body()).decode()
        if request.headers["content-type"] != "text/csv" or "revision" not in request.query_params:
            return JSONResponse({"title": "not as the contract says"}, 422)
        known = self.schedules.setdefault(str(request.path_params["id"]), body)
        return self._guard(request) or JSONResponse({}, 200 if known == body else 409)

    async def _page(self, request: Request) -> Response:
        if fault := self._guard(request):
            return fault
        query = request.query_params
        generation, start = map(int, query.get("after", f"{self.generation}-0").split("-"))
        if generation != self.generation:
            return JSONResponse({"title": "restored"}, 410)
        self.kinds, limit = query["kinds"], int(query["limit"])
        for _ in range(int(float(query["wait"]) / WAIT_STEP_S)):
            if len(self.items) > start:
                break
            await asyncio.sleep(WAIT_STEP_S)
        items = self.items[start : start + limit]
        end = start + len(items)
        answer = {"items": items, "next": f"{generation}-{end}", "complete": end >= len(self.items)}
        return JSONResponse(answer)

    async def _ack(self, request: Request) -> Response:
        body = await request.json()
        self.acknowledgements += 1
        while self.hold_acknowledgements:
            await asyncio.sleep(WAIT_STEP_S)
        ids = {item["id"] for item in self.items}
        if any(item["id"] not in ids for item in body["items"]):
            return JSONResponse({"title": "unknown ids"}, 422)
        self.acknowledged |= {item["id"]: item for item in body["items"]}
        return self._guard(request) or JSONResponse({"accepted": len(body["items"])})

    async def _books(self, request: Request) -> Response:
        book = await request.json()
        if not book["after"].startswith(f"{self.generation}-"):
            return JSONResponse({"title": "restored"}, 410)
        self.books[str(request.path_params["day"])] = book
        return self._guard(request) or JSONResponse({})

    def _guard(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"title": "no such token", "mend": "another token"}, 401)
        if self.unavailable:
            self.unavailable -= 1
            return JSONResponse({"title": "later"}, 503)
        return None


@contextmanager
def served(feed: Feed) -> Iterator[str]:
    """Serve the feed on a free port; gives the base URL."""
    with serving(feed.app()) as url:
        try:
            yield url
        finally:
            feed.hold_acknowledgements = False


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve an application on a free port; gives the base URL."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
