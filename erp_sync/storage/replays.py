"""Answers kept for repeated requests (Idempotency-Key)."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from erp_sync.storage import tables

replay = tables.replay
KEPT_FOR = 30 * 86_400 * 1_000_000  # microseconds of plant time


@dataclass(frozen=True)
class RequestKey:
    """A key counts for one principal, method and path."""

    principal: str
    method: str
    path: str
    key: str


@dataclass(frozen=True)
class Kept:
    """A request's fingerprint and the answer that it had."""

    fingerprint: str
    status: int
    body: bytes


def find(connection: Connection, key: RequestKey) -> Kept | None:
    """The answer to an earlier request with this key."""
    columns = select(replay.c.fingerprint, replay.c.status, replay.c.body)
    row = connection.execute(
        columns.where(*(replay.c[name] == value for name, value in vars(key).items()))
    ).one_or_none()
    return Kept(*row) if row else None


def keep(connection: Connection, key: RequestKey, kept: Kept, now: int) -> None:
    """Keep an answer, in the transaction of the effect that it tells of."""
    connection.execute(insert(replay).values(**vars(key), **vars(kept), at=now))


def forget_old(connection: Connection, now: int) -> None:
    """Drop answers older than 30 days; natural keys still make a repetition harmless."""
    connection.execute(delete(replay).where(replay.c.at < now - KEPT_FOR))
