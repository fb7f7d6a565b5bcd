"""State intervals and pieces, as the KPIs want them."""

from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table, func, or_, select

from edge.domain.ports import HourQuantity, StateInterval, Stop
from edge.domain.stops import PlannedStop, StopBook, StopPart
from erp_sync.storage import tables

Record = TypeVar("Record")


def equipment(connection: Connection) -> list[str]:
    """Work centers that have shown a state or made pieces."""
    state, bucket = tables.state_interval, tables.hour_bucket
    query = select(state.c.equipment_id).union(select(bucket.c.equipment_id))
    return sorted(connection.scalars(query))


def known_until(connection: Connection) -> dict[str, int]:
    """The watermark of each work center's edge; none for edges that never gave one."""
    state, edge = tables.state_interval, tables.edge
    query = (
        select(state.c.equipment_id, func.max(edge.c.watermark))
        .join(edge, edge.c.edge_id == state.c.edge_id)
        .where(edge.c.watermark.is_not(None))
        .group_by(state.c.equipment_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def intervals(
    connection: Connection, equipment_id: str, start: int, end: int
) -> list[StateInterval]:
    """State intervals that touch [start, end), in order."""
    state = tables.state_interval
    names = StateInterval.__dataclass_fields__
    query = select(*(state.c[name] for name in names)).where(
        state.c.equipment_id == equipment_id,
        state.c.start < end,
        or_(state.c.end.is_(None), state.c.end > start),
    )
    rows = connection.execute(query.order_by(state.c.start, state.c.opened))
    return [StateInterval(**row._mapping) for row in rows]


def pieces(connection: Connection, equipment_id: str, start: int, end: int) -> list[HourQuantity]:
    """Hour buckets whose hour starts in [start, end)."""
    bucket = tables.hour_bucket
    query = select(*(bucket.c[name] for name in HourQuantity.__dataclass_fields__)).where(
        bucket.c.equipment_id == equipment_id,
        bucket.c.hour >= start,
        bucket.c.hour < end,
        or_(bucket.c.good != 0, bucket.c.scrap != 0, bucket.c.rework != 0),
    )
    rows = connection.execute(query.order_by(bucket.c.hour))
    return [HourQuantity(**row._mapping) for row in rows]


def stop_book(connection: Connection, equipment_id: str, start: int, end: int) -> StopBook:
    """Stops and planned stops that touch [start, end), with their parts."""
    stop, part, window = tables.stop, tables.stop_part, tables.planned_stop
    stops = _records(
        connection,
        Stop,
        _selected(Stop, stop).where(
            stop.c.equipment_id == equipment_id,
            stop.c.start < end,
            or_(stop.c.end.is_(None), stop.c.end > start),
        ),
    )
    parts: list[StopPart] = []
    if stops:
        ids = [one.id for one in stops]
        query = _selected(StopPart, part).where(
            part.c.equipment_id == equipment_id, part.c.stop.between(min(ids), max(ids))
        )
        parts = _records(connection, StopPart, query)
    planned = _selected(PlannedStop, window).where(
        window.c.equipment_id == equipment_id,
        window.c.start < end,
        window.c.end > start,
        window.c.cancelled == 0,
    )
    return StopBook(stops=stops, parts=parts, planned=_records(connection, PlannedStop, planned))


def _selected(record: type[Any], table: Table) -> Select[Any]:
    """The columns of a record; a field whose name Python keeps for itself ends in `_`."""
    names = record.__dataclass_fields__
    return select(*(table.c[name.rstrip("_")].label(name) for name in names))


def _records(connection: Connection, record: type[Record], query: Select[Any]) -> list[Record]:
    return [record(**row._mapping) for row in connection.execute(query)]
