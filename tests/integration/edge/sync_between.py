"""A real sync service on a free port, with somebody between it and the edge who interferes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.domain.clock import ManualClock
from edge.link.client import SyncClient
from edge.link.link import Link
from edge.storage.store import Store
from erp_sync.endpoint.app import make_app
from erp_sync.service import Service, open_service
from tests.contract.sync.site import config_at
from tests.contract.sync.tokens import token_of
from tests.integration.edge.served import served
from tests.unit.erp_sync.chains import SIX


@dataclass
class Between:
    """Passes requests on; `portal` answers in sync's place, `slow` seconds go by before facts
    are given back, and `broken` such requests fail."""

    app: ASGIApp
    portal: bool = False
    slow: float = 0.0
    broken: int = 0
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        self.asked.append(f"{scope['method']} {scope['path'].rpartition('/')[2]}")
        if self.portal:
            return await HTMLResponse("<html>Please log in</html>")(scope, receive, send)
        if self.asked[-1] == "GET facts":
            await asyncio.sleep(self.slow)
            if self.broken:
                self.broken -= 1
                return await PlainTextResponse("busy", 503)(scope, receive, send)
        return await self.app(scope, receive, send)


@dataclass
class Sync:
    """The service, its address and who stands before it."""

    service: Service
    between: Between
    url: str


@asynccontextmanager
async def sync_at(folder: Path) -> AsyncIterator[Sync]:
    """A sync service with its store in `folder`."""
    service = open_service(config_at(folder), ManualClock(SIX))
    between = Between(make_app(service))
    try:
        async with served(between) as url:
            try:
                yield Sync(service, between, url)
            finally:
                service.stop_waiting()
    finally:
        service.store.close()


def link_of(store: Store, url: str, take: Callable[..., object] | None = None) -> Link:
    """A link as the edge wires it, of edge e1."""
    clock = ManualClock(SIX)

    async def keep(documents: object) -> None:
        if take is not None:
            take(documents)

    async def news(after: int, seconds: float) -> bool:
        await asyncio.sleep(0.01)
        return True

    return Link(
        client=SyncClient(url, "e1", token_of("edge")),
        reader=store.reader,
        store=store,
        clock=clock,
        version="test",
        take=keep,
        watermark=clock.now,
        news=news,
    )
