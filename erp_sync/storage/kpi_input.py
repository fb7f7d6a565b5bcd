"""What the store has for KPIs: states, pieces, energy, job orders and places."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Select, Table, func, or_, select

from edge.domain.figures import EnergyHour, JobKnown, Place, Records, jobs_known
from edge.domain.production import HourQuantity, JobProgress, StateInterval, Stop
from edge.domain.stops import PlannedStop, StopBook, StopPart
from erp_sync.storage import tables
from erp_sync.storage.documents import DEFINITION

Places = Mapping[str, Place]
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


def places(connection: Connection, site: str) -> dict[str, Place]:
    """Where work centers stand, as their edges last said; one that did not is a line by itself."""
    rows = connection.execute(select(tables.work_center_place)).all()
    said = {row.equipment_id: _place(row, site) for row in rows}
    every = dict.fromkeys([*equipment(connection), *said])
    return {
        id_: said.get(id_) or Place(equipment_id=id_, line=id_, area=site, site=site)
        for id_ in every
    }


def _place(row: Any, site: str) -> Place:
    return Place(
        equipment_id=row.equipment_id,
        line=row.line,
        area=row.area or site,
        site=site,
        constraint=bool(row.is_constraint),
        capacity_per_hour=Fraction(row.capacity_per_hour) if row.capacity_per_hour else None,
    )


def jobs(connection: Connection) -> dict[str, JobKnown]:
    """Job orders with their place in their order's routing, as far as it is known here."""
    job, order = tables.job_progress, tables.planned_order
    names = JobProgress.__dataclass_fields__
    query = select(*(job.c[name] for name in names)).where(job.c.order_id != "")
    rows = [JobProgress(**row._mapping) for row in connection.execute(query)]
    made = _definitions(connection)
    operations, percents = {}, {}
    orders = select(order.c.order_id, order.c.product, order.c.product_revision)
    for id_, product, revision in connection.execute(orders):
        if seqs := [int(one["seq"]) for one in made.get((product, revision), ())]:
            operations[id_] = (min(seqs), max(seqs))
    for (product, revision), steps in made.items():
        for step in steps:
            if (percent := step.get("planned_scrap_percent")) is not None:
                percents[product, revision, int(step["seq"])] = Fraction(percent)
    return jobs_known(rows, operations, percents)


def _definitions(connection: Connection) -> dict[tuple[str, str], list[dict[str, Any]]]:
    document = tables.document
    query = select(document.c.id, document.c.revision, document.c.content).where(
        document.c.kind == DEFINITION
    )
    return {
        (id_, revision): msgspec.json.decode(content)["operations"]
        for id_, revision, content in connection.execute(query)
    }


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


def first_state(connection: Connection, equipment_id: str) -> int | None:
    """When a work center's first state of all began; None if no edge has told one."""
    state = tables.state_interval
    query = select(func.min(state.c.start)).where(state.c.equipment_id == equipment_id)
    first = connection.scalar(query)
    return None if first is None else int(first)


def pieces(connection: Connection, equipment_id: str, start: int, end: int) -> list[HourQuantity]:
    """Hour buckets whose hour starts in [start, end)."""
    rows = _of_hours(connection, tables.hour_bucket, HourQuantity, (equipment_id, start, end))
    return [HourQuantity(**row) for row in rows if row["good"] or row["scrap"] or row["rework"]]


def records(connection: Connection, equipment_id: str, start: int, end: int) -> Records:
    """What else is known of a work center; other records stay with its edge."""
    energy = tables.energy_hour
    if not connection.scalar(
        select(energy.c.hour).where(energy.c.equipment_id == equipment_id).limit(1)
    ):
        return Records()
    rows = _of_hours(connection, energy, EnergyHour, (equipment_id, start, end))
    return Records(energy=[EnergyHour(**row) for row in rows])


def _of_hours(
    connection: Connection, table: Table, record: type[Any], span: tuple[str, int, int]
) -> list[dict[str, Any]]:
    equipment_id, start, end = span
    query = select(*(table.c[name] for name in record.__dataclass_fields__)).where(
        table.c.equipment_id == equipment_id, table.c.hour >= start, table.c.hour < end
    )
    return [dict(row._mapping) for row in connection.execute(query.order_by(table.c.hour))]


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
