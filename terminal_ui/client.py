"""The edge's HTTP API for one terminal; httpx's own errors never leave this file."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import httpx_sse

from terminal_ui.errors import (
    AccessDenied,
    AnswerInvalid,
    AsksBack,
    EdgeBusy,
    EdgeUnreachable,
    OutOfDate,
    Problem,
    Refused,
)
from terminal_ui.model import Board, Held, Reasons, board_from, held_from, reasons_from

API = "/api/v1"
TIME_LIMIT_S = 5.0
# The edge's stream says at least every 10 s that it is alive; one that does not is dead.
QUIET_S = 30.0
OF_PEOPLE = frozenset({"not-authorized", "not-recognised"})  # 403 whatever the token is
REFUSALS: Mapping[int, type[Refused]] = {401: AccessDenied, 403: AccessDenied, 409: OutOfDate}
BUSY = frozenset({429, 502, 503, 504})
# An edge closes a connection that is idle, and may do so just as it is used again.
CLOSED = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


@dataclass(frozen=True)
class Event:
    """A fact of the stream: `id` is `epoch.seq`; `equipment_id` empty if it concerns all."""

    id: str
    kind: str
    equipment_id: str


class EdgeClient:
    """Calls of section 4 of the contracts, for one work center.

    Every call raises EdgeUnreachable, EdgeBusy, Refused (OutOfDate, AccessDenied) or
    AnswerInvalid, and nothing else. Opening one does no I/O.
    """

    def __init__(self, url: str, work_center: str, token: str = "") -> None:
        self.url = url.rstrip("/")
        self.work_center = work_center
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Proxies of the environment have no business between a terminal and its edge.
        self._http = httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=TIME_LIMIT_S, trust_env=False
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def board(self) -> Board:
        """The board of the current shift."""
        return board_from(
            await self._get(f"/work-centers/{quote(self.work_center, safe='')}/board")
        )

    async def reasons(self) -> Reasons:
        """Reasons for scrap and stops."""
        return reasons_from(await self._get("/reasons", work_center=self.work_center))

    async def held(self) -> tuple[Held, ...]:
        """Readings that wait for a person."""
        answer = await self._get("/quarantines", work_center=self.work_center, open="true")
        return held_from(answer)

    async def post(self, path: str, body: Mapping[str, object], key: str) -> int:
        """Send an operator's action under its Idempotency-Key; the seq of its fact."""
        seq = (await self.record(path, body, key))["seq"]
        assert isinstance(seq, int)
        return seq

    async def record(self, path: str, body: Mapping[str, object], key: str) -> Mapping[str, object]:
        """As `post`, with all that the edge answers; `seq` is a whole number."""
        headers = {"Idempotency-Key": key}
        answer = await self._send("POST", path, json=dict(body), headers=headers)
        if not isinstance(answer, dict) or type(answer.get("seq")) is not int:
            raise AnswerInvalid(f"POST {path}: expected a seq, not {answer!r:.60}")
        return answer

    async def get(self, path: str, /, **params: str) -> object:
        """What the edge answers to a GET of `path` (without /api/v1), decoded from JSON."""
        return await self._get(path, **params)

    async def events(self, last_id: str) -> AsyncGenerator[Event, None]:
        """Facts as they are committed, after `last_id` (from the next one if it is empty)."""
        headers = {"Last-Event-ID": last_id} if last_id else {}
        timeout = httpx.Timeout(TIME_LIMIT_S, read=QUIET_S)
        async with self._stream(f"{API}/events", headers, timeout) as source:
            async for event in source.aiter_sse():
                yield Event(event.id, event.event, _equipment(event))

    @asynccontextmanager
    async def _stream(
        self, url: str, headers: dict[str, str], timeout: httpx.Timeout
    ) -> AsyncIterator[httpx_sse.EventSource]:
        try:
            async with httpx_sse.aconnect_sse(
                self._http, "GET", url, headers=headers, timeout=timeout
            ) as source:
                if source.response.is_error:
                    await source.response.aread()
                _raise_for(source.response)
                yield source
        except (httpx.RequestError, httpx_sse.SSEError) as error:
            raise EdgeUnreachable(_why(error)) from error

    async def _get(self, path: str, /, **params: str) -> object:
        """Once more on a new connection where an old one was closed; an action has its key."""
        try:
            return await self._send("GET", path, params=params)
        except EdgeUnreachable as error:
            if not isinstance(error.__cause__, CLOSED):
                raise
        return await self._send("GET", path, params=params)

    async def _send(self, method: str, path: str, **options: Any) -> object:
        try:
            response = await self._http.request(method, API + path, **options)
        except httpx.RequestError as error:
            raise EdgeUnreachable(_why(error)) from error
        _raise_for(response)
        return _json(response)


def _raise_for(response: httpx.Response) -> None:
    status = response.status_code
    if response.is_success:
        return
    problem = _problem(response)
    wait = response.headers.get("Retry-After", "")
    if status in BUSY or (status == 409 and wait):
        raise EdgeBusy(problem, float(wait) if wait.isdecimal() else 1.0)
    if problem.confirm:
        raise AsksBack(problem)
    if problem.kind in OF_PEOPLE:
        raise Refused(problem)
    raise REFUSALS.get(status, Refused)(problem)


def _problem(response: httpx.Response) -> Problem:
    try:
        document = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        document = {"title": f"HTTP {response.status_code}", "detail": response.text[:200]}
    title, detail, mend = (str(document.get(name) or "") for name in ("title", "detail", "mend"))
    params, errors = document.get("params"), document.get("errors")
    return Problem(
        response.status_code,
        title,
        detail,
        mend,
        confirm=document.get("confirm") is True,
        kind=str(document.get("type") or "").rpartition(":")[2],
        code=str(document.get("code") or ""),
        params=params if isinstance(params, dict) else None,
        errors=tuple(one for one in errors if _is_told(one)) if isinstance(errors, list) else (),
    )


def _is_told(error: object) -> bool:
    """Whether an entry of `errors` is a sentence; those of fields are told by the detail."""
    return isinstance(error, dict) and {"code", "detail", "mend"} <= set(error)


def _json(response: httpx.Response) -> object:
    try:
        data: object = response.json()
    except ValueError as error:
        place = f"{response.request.method} {response.request.url.path}"
        raise AnswerInvalid(f"{place}: not JSON: {response.text[:60]!r}") from error
    return data


def _equipment(event: httpx_sse.ServerSentEvent) -> str:
    try:
        fact = event.json()
    except ValueError as error:
        raise AnswerInvalid(f"event {event.id}: not JSON: {event.data[:60]!r}") from error
    return str(fact.get("equipment_id") or "") if isinstance(fact, dict) else ""


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
