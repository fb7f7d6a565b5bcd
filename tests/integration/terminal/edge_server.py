"""A real HTTP server with the edge's API over a floor in memory, on a free port."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.integration.terminal.floor import Floor, Rejected

REASONS = {
    "scrap": [
        {"code": "burr", "en": "Burr", "zh": "毛刺"},
        {"code": "size", "en": "Out of size", "zh": "尺寸超差"},
    ],
    "stop": [
        {"code": "jam", "en": "Jam", "zh": "卡料"},
        {"code": "tool", "en": "Tool broken", "zh": "刀具损坏"},
    ],
}


class Cut(Response):
    """Ends the connection in the middle of an answer: the request was done all the same."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"999"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})


class EdgeServer:
    """Starts, stops and starts again on one port, which stays reserved in between.

    `cut` answers to actions are broken off after the action was done; `busy` requests are
    answered with 503 before anything is done; with `token` every call needs it.
    """

    def __init__(self, floor: Floor, token: str = "") -> None:
        self.floor = floor
        self.token = token
        self.cut = 0
        self.busy = 0
        self.streams = 0
        self.last_event_ids: list[str] = []
        self.answer_instead: Any = None
        self._reserved = _bound(0)
        self.port: int = self._reserved.getsockname()[1]
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        config = uvicorn.Config(
            self._app(), log_level="critical", lifespan="off", timeout_graceful_shutdown=0
        )
        self._server = uvicorn.Server(config)
        listening = _bound(self.port)
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]))
        while not self._server.started:
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """As if killed: no open connection is waited for."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            await self._task
        self._server = None

    async def close(self) -> None:
        await self.stop()
        self._reserved.close()

    def _app(self) -> Starlette:
        api = "/api/v1"
        return Starlette(
            routes=[
                Route(f"{api}/work-centers/{{id}}/board", self._board),
                Route(f"{api}/reasons", self._reasons),
                Route(f"{api}/events", self._events),
                Route(f"{api}/quarantines", self._held),
                Route(f"{api}/stops/pareto", self._pareto),
                Route(f"{api}/{{thing}}/{{id}}/{{action}}", self._act, methods=["POST"]),
                Route(f"{api}/{{thing}}", self._act, methods=["POST"]),
                Route(
                    f"{api}/{{thing}}/{{id}}/hours/{{hour}}/{{action}}", self._act, methods=["POST"]
                ),
            ]
        )

    async def _board(self, request: Request) -> Response:
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return _problem(Rejected(401, "No access", "The token is wrong", "Set the token"))
        if request.path_params["id"] != self.floor.work_center:
            return _problem(Rejected(404, "No work center", "It is not here", "Look at the list"))
        if self.answer_instead is not None:
            return JSONResponse(self.answer_instead)
        return JSONResponse(self.floor.board())

    async def _reasons(self, request: Request) -> Response:
        return JSONResponse(REASONS)

    async def _held(self, request: Request) -> Response:
        return JSONResponse({"items": self.floor.held})

    async def _pareto(self, request: Request) -> Response:
        bar = {"key": "jam", "time": 600_000_000, "count": 2, "time_share": "0.750000"}
        bar |= {"count_share": "0.500000", "cumulative": "0.750000"}
        other = bar | {"key": "", "time_share": "0.250000", "cumulative": "1.000000"}
        return JSONResponse({"items": [bar, other], "time": 0, "count": 0})

    async def _act(self, request: Request) -> Response:
        if self.busy:
            self.busy -= 1
            return _problem(Rejected(503, "Busy", "The disk is full", "Wait"), {"Retry-After": "0"})
        path = request.url.path.removeprefix("/api/v1")
        try:
            answer = await self.floor.act(
                request.headers["Idempotency-Key"], path, await request.json()
            )
        except Rejected as rejected:
            return _problem(rejected)
        if self.cut:
            self.cut -= 1
            return Cut()
        return JSONResponse(answer, status_code=201)

    async def _events(self, request: Request) -> Response:
        last = request.headers.get("Last-Event-ID", "")
        self.last_event_ids.append(last)
        after = int(last.split(".")[1]) if last else len(self.floor.facts)
        return StreamingResponse(self._lines(after), media_type="text/event-stream")

    async def _lines(self, after: int) -> AsyncIterator[str]:
        self.streams += 1
        try:
            while True:
                for fact in self.floor.facts[after:]:
                    after = fact["seq"]
                    yield f"id: 1.{after}\nevent: {fact['kind']}\ndata: {json.dumps(fact)}\n\n"
                async with self.floor.news:
                    if len(self.floor.facts) == after:
                        await self.floor.news.wait()
        finally:
            self.streams -= 1


def _problem(rejected: Rejected, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(
        rejected.problem, rejected.status, headers, media_type="application/problem+json"
    )


def _bound(port: int) -> socket.socket:
    # With SO_REUSEPORT a socket that only is bound keeps the port while no server listens.
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound
