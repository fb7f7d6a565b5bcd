"""Versions of edges' plans, read from the facts that brought them; nothing is kept beside."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from edge.domain.facts import FactKind, decode
from erp_sync.storage import tables

fact = tables.fact


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version as its fact says it: who released it, when (us), and its `body`."""

    seq: int
    released_at: int
    released_by: str | None
    body: dict[str, Any]

    @property
    def plan(self) -> int:
        """Its number."""
        return int(self.body["plan"])


def versions(connection: Connection, edge_id: str) -> Iterator[Version]:
    """The versions of an edge, the newest first; read as far as they are asked for."""
    query = (
        select(fact.c.seq, fact.c.data)
        .where(fact.c.kind == FactKind.PLAN_RELEASED, fact.c.edge_id == edge_id)
        .order_by(fact.c.position.desc())
    )
    for row in connection.execute(query):
        told = decode(row.data)
        yield Version(
            seq=row.seq,
            released_at=told.occurred_at,
            released_by=told.actor or None,
            body=dict(told.body),
        )


def page(connection: Connection, edge_id: str, before: int | None, limit: int) -> list[Version]:
    """The newest versions below `before`."""
    found: list[Version] = []
    for one in versions(connection, edge_id):
        if len(found) == limit:
            break
        if before is None or one.plan < before:
            found.append(one)
    return found


def version(connection: Connection, edge_id: str, plan: int) -> Version | None:
    """One of them; None if no fact has brought it."""
    return next((one for one in versions(connection, edge_id) if one.plan == plan), None)
