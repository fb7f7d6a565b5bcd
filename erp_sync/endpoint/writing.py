"""Writes of the ERP: once each, also when a request comes again (Idempotency-Key)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import Header, Request, Response
from sqlalchemy import Connection

from erp_sync.errors import Problem, conflict
from erp_sync.principals import Principal
from erp_sync.service import Service
from erp_sync.storage import replays
from erp_sync.storage.replays import RequestKey

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        description="Repeat a request with the same key and body and it is done once; the "
        "answer is that of the first time. Scoped by principal, method and path",
    ),
]


@dataclass(frozen=True)
class Reply:
    """Status and JSON value of a write that was done."""

    status: int
    value: Any


@dataclass(frozen=True)
class WriteRequest:
    """A write as it was asked for."""

    request: Request
    principal: Principal
    key: str | None
    body: bytes

    @property
    def fingerprint(self) -> str:
        """Tells two requests with one key apart: what they ask, query and body."""
        asked = f"{self.request.url.query}\n{self.request.headers.get('content-type', '')}\n"
        return hashlib.sha256(asked.encode() + self.body).hexdigest()


async def write_once(
    service: Service,
    asked: WriteRequest,
    effect: Callable[[Connection], Reply],
    then: Callable[[], None] | None = None,
) -> Response:
    """Do `effect` and keep its answer in one transaction; a repetition gets that answer.

    Raises Problem: 409 with Retry-After while the first request is under way, 422 if
    the key comes with another body.
    """
    if asked.key is None:
        return _answer(*_encoded(await service.store.write(effect, then)))
    key = RequestKey(asked.principal.name, asked.request.method, asked.request.url.path, asked.key)
    if key in service.in_flight:
        raise _in_flight(asked.key)
    service.in_flight.add(key)
    try:
        status, body = await service.store.write(
            lambda connection: _replayed(connection, key, asked, effect, service.clock.now()), then
        )
    finally:
        service.in_flight.discard(key)
    return _answer(status, body)


def _replayed(
    connection: Connection,
    key: RequestKey,
    asked: WriteRequest,
    effect: Callable[[Connection], Reply],
    now: int,
) -> tuple[int, bytes]:
    kept = replays.find(connection, key)
    if kept is None:
        status, body = _encoded(effect(connection))
        replays.keep(connection, key, replays.Kept(asked.fingerprint, status, body), now)
        return status, body
    if kept.fingerprint != asked.fingerprint:
        raise Problem(
            422,
            "key-reused",
            "This Idempotency-Key belongs to another request",
            f"key {key.key!r} came before with other content",
            "use a new key for each new request, and the old one only to repeat",
        )
    return kept.status, kept.body


def _encoded(reply: Reply) -> tuple[int, bytes]:
    return reply.status, msgspec.json.encode(reply.value)


def _answer(status: int, body: bytes) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(body, status, headers, "application/json")


def _in_flight(key: str) -> Problem:
    problem = conflict(
        "in-flight",
        "This request is under way",
        f"a request with key {key!r} has not ended yet",
        "wait, then repeat it with the same key",
    )
    problem.headers = {"retry-after": "1"}
    return problem
