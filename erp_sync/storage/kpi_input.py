"""What the store has for KPIs: what an edge has, of all edges."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    func,
    or_,
    select,
    union,
)

from edge.domain.figures import (
    SAID_LOSSES,
    EnergyHour,
    InspectionHour,
    JobKnown,
    Labour,
    MaintenanceInterval,
    MaterialHour,
    MaterialUse,
    Place,
    Records,
    jobs_known,
    material_hour,
)
from edge.domain.people import LabourInterval
from edge.domain.production import HourQuantity, JobProgress
from edge.domain.states import StateInterval, Stop
from edge.domain.stops import PlannedStop, StopBook, StopPart
from erp_sync.storage import record_tables, tables
from erp_sync.storage.documents import DEFINITION

Places = Mapping[str, Place]
Record = TypeVar("Record")
Span = tuple[str, int, int]
"""A work center, and from when to when (us)."""


def equipment(connection: Connection) -> list[str]:
    """Work centers that an edge has named, or that have shown a state or made pieces."""
    tables_of = (tables.state_interval, tables.hour_bucket, record_tables.work_center_place)
    return sorted(connection.scalars(union(*(select(one.c.equipment_id) for one in tables_of))))


def known_until(connection: Connection) -> dict[str, int]:
    """The watermark of each work center's edge; none for edges that never gave one."""
    of_edges = union(
        *(
            select(one.c.equipment_id, one.c.edge_id)
            for one in (tables.state_interval, record_tables.work_center_place)
        )
    ).subquery()
    edge = tables.edge
    query = (
        select(of_edges.c.equipment_id, func.max(edge.c.watermark))
        .join(edge, edge.c.edge_id == of_edges.c.edge_id)
        .where(edge.c.watermark.is_not(None))
        .group_by(of_edges.c.equipment_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def places(connection: Connection, site: str) -> dict[str, Place]:
    """Where work centers stand, as their edges last said; one that did not is a line by itself."""
    rows = connection.execute(select(record_tables.work_center_place)).all()
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
        state.c.equipment_id == equipment_id, _touching(state, start, end)
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
    """What else is known of a work center."""
    span = (equipment_id, start, end)
    return Records(
        energy=_energy(connection, span),
        inspections=[
            InspectionHour(**row)
            for row in _of_hours(connection, record_tables.inspection_hour, InspectionHour, span)
        ],
        materials=_materials(connection, span),
        maintenance=_maintenance(connection, span),
        uses=_uses(connection, span),
    )


def labour(connection: Connection, start: int, end: int) -> Labour:
    """People's time that touches [start, end), of all edges."""
    table = record_tables.labour_interval
    query = _selected(LabourInterval, table).where(_touching(table, start, end))
    query = query.order_by(table.c.start, table.c.opened)
    return Labour(intervals=_records(connection, LabourInterval, query))


def _energy(connection: Connection, span: Span) -> list[EnergyHour] | None:
    """None of a work center that never counted any: it has no meter."""
    table = record_tables.energy_hour
    query = select(table.c.hour).where(table.c.equipment_id == span[0]).limit(1)
    if connection.scalar(query) is None:
        return None
    return [EnergyHour(**row) for row in _of_hours(connection, table, EnergyHour, span)]


def _materials(connection: Connection, span: Span) -> list[MaterialHour]:
    """Pieces times what is in a piece: scrap has used up its material, and so has rework."""
    booked = record_tables.material_use.c.kind
    recorded = {
        kind
        for kind in SAID_LOSSES
        if connection.scalar(select(booked).where(booked == kind).limit(1)) is not None
    }
    made, pin, of = tables.hour_bucket, record_tables.job_pin, record_tables.job_material
    key = [
        made.c[one] for one in ("equipment_id", "hour", "job_order_id", "shift", "production_day")
    ]
    material = [of.c[one] for one in ("material", "unit", "numerator", "denominator")]
    same_job = (pin.c.edge_id == made.c.edge_id) & (pin.c.job_order_id == made.c.job_order_id)
    pinned = (of.c.edge_id == pin.c.edge_id) & (of.c.job_order_id == pin.c.job_order_id)
    query = (
        select(
            *key,
            *material,
            func.sum(made.c.good + made.c.scrap + made.c.rework).label("pieces"),
            func.sum(made.c.scrap).label("lost"),
        )
        .join(pin, same_job)
        .join(of, pinned & (of.c.definition == pin.c.definition))
        .where(
            of.c.tracked.is_distinct_from("serial"),
            made.c.equipment_id == span[0],
            made.c.hour >= span[1],
            made.c.hour < span[2],
        )
        .group_by(*key, *material)
        .order_by(made.c.hour, made.c.job_order_id, of.c.material)
    )
    return [
        material_hour(
            **{**row._mapping, "pieces": int(row.pieces), "lost": int(row.lost)},
            recorded=recorded,
        )
        for row in connection.execute(query)
    ]


def _uses(connection: Connection, span: Span) -> list[MaterialUse]:
    table = record_tables.material_use
    names = ("equipment_id", "hour", "job_order_id", "material", "unit", "kind")
    columns = [table.c[name] for name in names]
    query = select(*columns, table.c.numerator, table.c.denominator).where(
        table.c.numerator != 0,
        table.c.equipment_id == span[0],
        table.c.hour >= span[1],
        table.c.hour < span[2],
    )
    order = ("hour", "job_order_id", "material", "kind", "denominator")
    return [
        MaterialUse(
            **{name: row._mapping[name] for name in names},
            amount=Fraction(row.numerator, row.denominator),
        )
        for row in connection.execute(query.order_by(*(table.c[name] for name in order)))
    ]


def _maintenance(connection: Connection, span: Span) -> list[MaintenanceInterval]:
    table = record_tables.maintenance_interval
    query = _selected(MaintenanceInterval, table).where(
        table.c.equipment_id == span[0], _touching(table, span[1], span[2])
    )
    query = query.order_by(table.c.start, table.c.id)
    return _records(connection, MaintenanceInterval, query)


def _touching(table: Table, start: int, end: int) -> ColumnElement[bool]:
    return and_(table.c.start < end, or_(table.c.end.is_(None), table.c.end > start))


def _of_hours(
    connection: Connection, table: Table, record: type[Any], span: Span
) -> list[dict[str, Any]]:
    equipment_id, start, end = span
    query = select(*(table.c[name] for name in record.__dataclass_fields__)).where(
        table.c.equipment_id == equipment_id, table.c.hour >= start, table.c.hour < end
    )
    return [
        dict(row._mapping)
        for row in connection.execute(query.order_by(table.c.hour, table.c.job_order_id))
    ]


def stop_book(connection: Connection, equipment_id: str, start: int, end: int) -> StopBook:
    """Stops and planned stops that touch [start, end), with their parts."""
    stop, part, window = tables.stop, tables.stop_part, tables.planned_stop
    stops = _records(
        connection,
        Stop,
        _selected(Stop, stop).where(
            stop.c.equipment_id == equipment_id, _touching(stop, start, end)
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
