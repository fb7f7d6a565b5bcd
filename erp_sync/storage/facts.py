"""Facts as they came, in the order of the feed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from erp_sync.storage import tables

fact = tables.fact


@dataclass(frozen=True)
class Kept:
    """What is known of a fact that is held."""

    epoch: int
    hash: str


@dataclass(frozen=True)
class FeedRow:
    """A fact in the feed; `effects` is JSON, `data` the fact's own bytes."""

    position: int
    edge_id: str
    epoch: int
    seq: int
    order_id: str | None
    operation: int | None
    hash: str
    effects: bytes | None
    data: bytes


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add facts; their key is unique, so a second copy fails the transaction."""
    if rows:
        connection.execute(insert(fact), rows)


def kept(connection: Connection, edge_id: str, first: int, last: int) -> dict[int, Kept]:
    """The facts of an edge with seq from `first` to `last`, by seq."""
    query = select(fact.c.seq, fact.c.epoch, fact.c.hash).where(
        fact.c.edge_id == edge_id, fact.c.seq >= first, fact.c.seq <= last
    )
    return {row.seq: Kept(row.epoch, row.hash) for row in connection.execute(query)}


def held(connection: Connection, edge_id: str, after: int, limit: int) -> list[tuple[int, bytes]]:
    """(seq, data) of an edge's facts after a seq, for a store that lacks them."""
    query = (
        select(fact.c.seq, fact.c.data)
        .where(fact.c.edge_id == edge_id, fact.c.seq > after)
        .order_by(fact.c.seq)
        .limit(limit)
    )
    return [(row.seq, row.data) for row in connection.execute(query)]


def data(connection: Connection, edge_id: str, seq: int) -> bytes | None:
    """The bytes of one fact."""
    return connection.scalar(
        select(fact.c.data).where(fact.c.edge_id == edge_id, fact.c.seq == seq)
    )


def page(connection: Connection, after: int, limit: int, kinds: Sequence[str]) -> list[FeedRow]:
    """The next facts of the feed, of all kinds or of some."""
    query = select(*(fact.c[name] for name in FeedRow.__dataclass_fields__)).where(
        fact.c.position > after
    )
    if kinds:
        query = query.where(fact.c.kind.in_(kinds))
    rows = connection.execute(query.order_by(fact.c.position).limit(limit))
    return [FeedRow(*row) for row in rows]


def hash_at(connection: Connection, position: int) -> str | None:
    """Hash of the fact at a position of the feed; None beyond the feed's tip."""
    return connection.scalar(select(fact.c.hash).where(fact.c.position == position))


def positions(
    connection: Connection, edge_id: str, keys: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """Feed positions of (epoch, seq) keys of an edge; unknown ones are left out."""
    seqs = [seq for _, seq in keys]
    query = select(fact.c.epoch, fact.c.seq, fact.c.position).where(
        fact.c.edge_id == edge_id, fact.c.seq.in_(seqs)
    )
    return {(row.epoch, row.seq): row.position for row in connection.execute(query)}


def count(connection: Connection) -> int:
    """How many facts are held."""
    return connection.scalar(select(func.count()).select_from(fact)) or 0
