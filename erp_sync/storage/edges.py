"""What sync knows of each edge: epoch, end of its chain, watermark, raw values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, select

from erp_sync.storage import tables
from erp_sync.storage.changes import upsert

edge = tables.edge


@dataclass(frozen=True, kw_only=True)
class EdgeRow:
    """`last_seq` and `last_hash` end the chain that is committed here; `said_seq` is
    what the edge last said it had; `watermark` None until one came."""

    edge_id: str
    store_id: str = ""
    epoch: int = 0
    last_seq: int = 0
    last_hash: str = ""
    said_seq: int = 0
    watermark: int | None = None
    heard_at: int | None = None
    version: str = ""


@dataclass(frozen=True)
class RawEnd:
    """The raw value that a counter was booked up to, and the fact that did it."""

    raw: int
    epoch: int
    seq: int


def get(connection: Connection, edge_id: str) -> EdgeRow:
    """The edge's row; a blank one before its first word."""
    row = connection.execute(select(edge).where(edge.c.edge_id == edge_id)).one_or_none()
    return EdgeRow(**row._mapping) if row else EdgeRow(edge_id=edge_id)


def every(connection: Connection) -> list[EdgeRow]:
    """All edges that have spoken."""
    query = select(edge).order_by(edge.c.edge_id)
    return [EdgeRow(**row._mapping) for row in connection.execute(query)]


def put(connection: Connection, row: EdgeRow) -> None:
    """Write an edge's row."""
    values = asdict(row)
    upsert(connection, edge, [values], [name for name in values if name != "edge_id"])


def raw_ends(connection: Connection, edge_id: str) -> dict[tuple[str, int], RawEnd]:
    """Where each counter of an edge was booked up to, by (tag, counter epoch)."""
    end = tables.raw_end
    rows = connection.execute(select(end).where(end.c.edge_id == edge_id))
    return {(row.tag, row.counter_epoch): RawEnd(row.raw, row.epoch, row.seq) for row in rows}


def put_raw_ends(
    connection: Connection, edge_id: str, ends: Mapping[tuple[str, int], RawEnd]
) -> None:
    """Write where counters are booked up to."""
    rows = [
        {"edge_id": edge_id, "tag": tag, "counter_epoch": counter_epoch, **asdict(end)}
        for (tag, counter_epoch), end in ends.items()
    ]
    upsert(connection, tables.raw_end, rows, ("raw", "epoch", "seq"))


def raw_holes(connection: Connection, edge_id: str) -> set[tuple[str, int, int, int]]:
    """(tag, counter epoch, raw_from, raw_to) of quarantines that may still be booked."""
    hole = tables.raw_hole
    query = select(hole.c.tag, hole.c.counter_epoch, hole.c.raw_from, hole.c.raw_to)
    return {tuple(row) for row in connection.execute(query.where(hole.c.edge_id == edge_id))}


def put_raw_holes(
    connection: Connection,
    edge_id: str,
    opened: Sequence[tuple[str, int, int, int]],
    filled: Sequence[tuple[str, int, int, int]],
) -> None:
    """Add quarantined ranges and remove those that were booked after all."""
    hole = tables.raw_hole
    names = ("tag", "counter_epoch", "raw_from", "raw_to")
    rows = [{"edge_id": edge_id, **dict(zip(names, one, strict=True))} for one in opened]
    upsert(connection, hole, rows, ())
    for one in filled:
        same = [hole.c[name] == value for name, value in zip(names, one, strict=True)]
        connection.execute(delete(hole).where(hole.c.edge_id == edge_id, *same))
