"""The ledger of pieces, and its sums by hour, shift and order for the grouped feeds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from erp_sync.storage import tables
from erp_sync.storage.changes import upsert

entry = tables.entry
grouped = tables.grouped
job = tables.job_progress
GROUP_KEY = tuple(column.name for column in grouped.primary_key)
PIECES = ("good", "scrap", "rework")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Pieces that one fact adds or moves; `order_id` "" where no order ran."""

    position: int
    line: int
    edge_id: str
    order_id: str
    operation: int
    equipment_id: str
    hour: int
    shift_key: str
    production_day: str
    good: int
    scrap: int
    rework: int


# Grouping -> the slot of an entry within (order, operation, equipment).
SLOTS: Mapping[str, Callable[[Entry], str]] = {
    "hour": lambda one: str(one.hour),
    "shift": lambda one: one.shift_key,
    "order": lambda one: "",
}


def order_of(job_order_id: str | None) -> tuple[str, int]:
    """Order and operation: of `WO1001.10` WO1001 and 10; "" and 0 without a job order."""
    order, dot, operation = (job_order_id or "").rpartition(".")
    return (order, int(operation)) if dot and operation.isdecimal() else ("", 0)


def add(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries of the ledger."""
    if entries:
        connection.execute(insert(entry), [vars(one) for one in entries])


def add_groups(
    connection: Connection, entries: Iterable[Entry], closes_at: Mapping[tuple[str, str], int]
) -> None:
    """Add entries to their groups and open these again; (grouping, slot) may know its end."""
    sums: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: dict.fromkeys(PIECES, 0))
    for one in entries:
        for grouping, slot in SLOTS.items():
            key = (grouping, one.edge_id, one.order_id, one.operation, one.equipment_id, slot(one))
            for name in PIECES:
                sums[key][name] += getattr(one, name)
    rows = [{**dict(zip(GROUP_KEY, key, strict=True)), **amounts} for key, amounts in sums.items()]
    upsert(connection, grouped, rows, PIECES, add=True)
    marks = [
        {**{name: row[name] for name in GROUP_KEY}, "open": 1, "closes_at": end}
        for row in rows
        if (end := closes_at.get((row["grouping"], row["slot"]))) is not None
    ]
    upsert(connection, grouped, marks, ("open", "closes_at"))
    rest = [
        {**{name: row[name] for name in GROUP_KEY}, "open": 1}
        for row in rows
        if (row["grouping"], row["slot"]) not in closes_at
    ]
    upsert(connection, grouped, rest, ("open",))


def close_orders(connection: Connection, edge_id: str) -> None:
    """Groups of orders whose job has ended close with it."""
    ended = (
        select(func.max(job.c.ended_at))
        .where(
            job.c.edge_id == grouped.c.edge_id,
            job.c.order_id == grouped.c.order_id,
            job.c.operation == grouped.c.operation,
        )
        .scalar_subquery()
    )
    connection.execute(
        update(grouped)
        .where(
            grouped.c.edge_id == edge_id,
            grouped.c.open == 1,
            grouped.c.closes_at.is_(None),
            grouped.c.grouping == "order",
        )
        .values(closes_at=ended)
    )


def close_shifts(connection: Connection, edge_id: str) -> None:
    """Groups of shifts close when their work center has gone on to another one."""
    state = tables.state_interval
    now = select(state.c.equipment_id, state.c.start, state.c.shift, state.c.production_day).where(
        state.c.edge_id == edge_id, state.c.end.is_(None)
    )
    for equipment_id, start, shift, day in connection.execute(now).all():
        connection.execute(
            update(grouped)
            .where(
                grouped.c.edge_id == edge_id,
                grouped.c.open == 1,
                grouped.c.closes_at.is_(None),
                grouped.c.grouping == "shift",
                grouped.c.equipment_id == equipment_id,
                grouped.c.slot != f"{day}|{shift}",
            )
            .values(closes_at=start)
        )


def closed(connection: Connection, edge_id: str, watermark: int) -> Sequence[Row[Any]]:
    """Open groups whose end lies before the watermark, in the order of their ends."""
    query = select(grouped).where(
        grouped.c.edge_id == edge_id, grouped.c.open == 1, grouped.c.closes_at < watermark
    )
    return connection.execute(query.order_by(grouped.c.closes_at, *grouped.primary_key)).all()


def emit(
    connection: Connection, items: Sequence[Mapping[str, Any]], sent: Sequence[Mapping[str, Any]]
) -> None:
    """Write items of the grouped feeds, and that their groups are sent."""
    if items:
        connection.execute(insert(tables.grouped_item), items)
    names = ("open", "covered", *(f"sent_{name}" for name in PIECES))
    upsert(connection, grouped, sent, names)


def group_page(
    connection: Connection, grouping: str, after: int, limit: int
) -> list[tuple[int, bytes]]:
    """(position, item) of a grouped feed."""
    item = tables.grouped_item
    query = (
        select(item.c.position, item.c.data)
        .where(item.c.grouping == grouping, item.c.position > after)
        .order_by(item.c.position)
        .limit(limit)
    )
    return [(row.position, row.data) for row in connection.execute(query)]


def group_item_at(connection: Connection, grouping: str, position: int) -> bytes | None:
    """The item at a position of a grouped feed."""
    item = tables.grouped_item
    return connection.scalar(
        select(item.c.data).where(item.c.grouping == grouping, item.c.position == position)
    )
