"""A sync service of its own for a test: real store, real application, no socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from edge.domain.clock import ManualClock
from erp_sync.config import CompanyConfig
from erp_sync.endpoint.app import make_app
from erp_sync.principals import Principal
from erp_sync.service import Service, open_service
from tests.contract.sync.tokens import sha256_of, token_of
from tests.unit.erp_sync.chains import SIX, batch

API = "/api/v1"
SCOPES = {
    "planner": ("plan:write",),
    "erp": ("plan:write", "performance:read", "books:write"),
    "reader": ("performance:read",),
    "sales": ("promise:write",),
    "edge": ("edge:e1", "edge:e2"),
    "stranger": ("edge:e9",),
}


def config_at(folder: Path) -> CompanyConfig:
    return CompanyConfig(
        site_id="s1",
        zone=ZoneInfo("Europe/Berlin"),
        store_url=f"sqlite:///{folder / 'sync.sqlite'}",
        host="127.0.0.1",
        port=0,
        principals=tuple(
            Principal(name, sha256_of(name), frozenset(scopes)) for name, scopes in SCOPES.items()
        ),
        edges=frozenset({"e1", "e2"}),
    )


@dataclass
class Site:
    """The service under test, and its callers."""

    service: Service
    http: httpx.AsyncClient
    clock: ManualClock

    async def call(self, who: str | None, method: str, path: str, **options: Any) -> httpx.Response:
        headers = dict(options.pop("headers", {}))
        if who is not None:
            headers["authorization"] = f"Bearer {token_of(who)}"
        url = path if path.startswith("/") else f"{API}/{path}"
        return await self.http.request(method, url, headers=headers, **options)

    async def get(self, path: str, *, who: str | None = "erp", **params: Any) -> httpx.Response:
        return await self.call(who, "GET", path, params=params)

    async def put(self, path: str, content: Any, **options: Any) -> httpx.Response:
        who = options.pop("who", "erp")
        return await self.call(who, "PUT", path, json=content, **options)

    async def send(
        self, facts: list[bytes], *, watermark: int | None = None, epoch: int = 1, edge: str = "e1"
    ) -> httpx.Response:
        body = batch(facts, watermark=watermark, epoch=epoch)
        return await self.call("edge", "POST", f"edges/{edge}/facts", content=body)

    async def sent(self, facts: list[bytes], **options: Any) -> None:
        answer = await self.send(facts, **options)
        assert answer.status_code == 200, answer.text

    async def feed(self, **params: Any) -> list[dict[str, Any]]:
        """The whole feed, page by page."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = await self.get("operations-performance", **params, **cursor)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
            if page["complete"]:
                return items
            cursor = {"after": page["next"]}


@asynccontextmanager
async def site_at(folder: Path) -> AsyncIterator[Site]:
    clock = ManualClock(SIX)
    service = open_service(config_at(folder), clock)
    transport = httpx.ASGITransport(make_app(service), raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://sync") as http:
            yield Site(service, http, clock)
    finally:
        service.stop_waiting()
        service.store.close()


def definition(center: str = "L1", *seqs: int) -> dict[str, Any]:
    return {
        "description": "Hinge",
        "unit": "pcs",
        "family": "hinge",
        "operations": [
            {
                "seq": seq,
                "description": "Stamp",
                "recipe": 1010,
                "transfer_batch": None,
                "alternatives": [{"work_center": center, "cycle_s": "2.5", "setup_s": 600}],
            }
            for seq in seqs or (10, 20)
        ],
    }


def order(id_: str = "WO1", **other: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "number": None,
        "product": "HINGE-60",
        "product_revision": "A",
        "quantity": 800,
        "release": None,
        "due": "2026-06-10T14:00:00+02:00",
        "customer": "ACME",
        "priority": 3,
        "material_from": None,
        "promise": None,
        **other,
    }


def schedule(*orders: dict[str, Any], revision: int = 1) -> dict[str, Any]:
    return {
        "revision": revision,
        "from": "2026-06-01T00:00:00+02:00",
        "to": "2026-07-01T00:00:00+02:00",
        "orders": list(orders),
    }
