"""What the KPIs need beside states and pieces: records of other rooms, as the KPIs read them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, Protocol

from edge.domain.people import LabourInterval
from edge.domain.production import JobProgress


@dataclass(frozen=True, kw_only=True)
class EnergyHour:
    """Energy that a work center's meter counted in an hour, in Wh."""

    equipment_id: str
    hour: int
    job_order_id: str
    shift: str
    production_day: str
    energy: int


@dataclass(frozen=True, kw_only=True)
class InspectionHour:
    """Pieces of an hour that were inspected, and those that were good at their first inspection.

    An inspection of a piece that was inspected before counts in neither.
    """

    equipment_id: str
    hour: int
    job_order_id: str
    shift: str
    production_day: str
    inspected: int
    first_pass_good: int


@dataclass(frozen=True, kw_only=True)
class MaterialHour:
    """Material that a job consumed in an hour, and what of it was lost, in `unit`, exactly.

    A loss is None where nobody records it.
    """

    equipment_id: str
    hour: int
    job_order_id: str
    shift: str
    production_day: str
    material: str
    unit: str
    consumed: Fraction
    production_loss: Fraction | None = None
    storage_loss: Fraction | None = None
    other_loss: Fraction | None = None


SAID_LOSSES = ("storage", "other")  # what only people can tell of material


def material_hour(
    *,
    pieces: int,
    lost: int,
    numerator: int,
    denominator: int,
    recorded: Collection[str],
    **key: Any,
) -> MaterialHour:
    """Of `pieces` made, `lost` of them as scrap, with numerator / denominator of it in a piece.

    `recorded`: which of SAID_LOSSES somebody has ever booked; of these none is 0 here.
    """
    return MaterialHour(
        **key,
        consumed=Fraction(pieces * numerator, denominator),
        production_loss=Fraction(lost * numerator, denominator),
        storage_loss=Fraction(0) if "storage" in recorded else None,
        other_loss=Fraction(0) if "other" in recorded else None,
    )


@dataclass(frozen=True, kw_only=True)
class MaterialUse:
    """Material that people booked in an hour, beside what the bill says, in `unit`, exactly.

    `kind` used (a serial, a batch), or what it was lost as: production, storage (and transport)
    or other. Which shift it was booked in is not kept: it is of the one in which the hour begins.
    """

    equipment_id: str
    hour: int
    job_order_id: str
    material: str
    unit: str
    kind: str
    amount: Fraction


@dataclass(frozen=True, kw_only=True)
class MaintenanceInterval:
    """Maintenance of a work center; `end` None while it lasts."""

    equipment_id: str
    id: int
    kind: Literal["corrective", "preventive"]
    start: int
    end: int | None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a work center stands, and what it could make: `capacity_per_hour` pieces, if said.

    The figures of a serial line are those of its `constraint`.
    """

    equipment_id: str
    line: str
    area: str
    site: str
    constraint: bool = False
    capacity_per_hour: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class JobKnown:
    """What the KPIs know of a job order: its product, and its place in its order's routing."""

    order: str
    operation: int
    product: str
    first: bool
    last: bool
    started_at: int | None
    ended_at: int | None
    planned_scrap_percent: Fraction | None = None


PlannedScrap = Mapping[tuple[str, str, int], Fraction]
"""Percent by product, revision and operation."""


def jobs_known(
    rows: Sequence[JobProgress],
    operations: Mapping[str, tuple[int, int]] | None = None,
    planned_scrap: PlannedScrap | None = None,
) -> dict[str, JobKnown]:
    """Job orders by id. `operations`: first and last operation of an order's routing, where that
    is known; else those that have begun."""
    begun: dict[str, list[int]] = {}
    for row in rows:
        begun.setdefault(row.order_id, []).append(row.operation)
    known = {order: (min(found), max(found)) for order, found in begun.items()}
    known |= operations or {}
    percents = planned_scrap or {}
    return {
        row.job_order_id: JobKnown(
            order=row.order_id,
            operation=row.operation,
            product=row.product,
            first=row.operation == known[row.order_id][0],
            last=row.operation == known[row.order_id][1],
            started_at=row.started_at,
            ended_at=row.ended_at,
            planned_scrap_percent=percents.get((row.product, row.revision, row.operation)),
        )
        for row in rows
    }


@dataclass(frozen=True, kw_only=True)
class Records:
    """What a stretch of time has of other rooms, of one work center; None: not recorded here."""

    energy: Sequence[EnergyHour] | None = None
    inspections: Sequence[InspectionHour] | None = None
    materials: Sequence[MaterialHour] | None = None
    uses: Sequence[MaterialUse] = ()
    maintenance: Sequence[MaintenanceInterval] | None = None


NO_RECORDS = Records()


@dataclass(frozen=True, kw_only=True)
class Labour:
    """Attendance and work of people at all work centers; None: not recorded here."""

    intervals: Sequence[LabourInterval] | None = None


class FiguresReader(Protocol):
    """What the KPIs read of other rooms; each call is one short read transaction."""

    def first_state(self, equipment_id: str) -> int | None:
        """When a work center's first state of all began; None if nobody has seen it yet."""
        ...

    def records(self, equipment_id: str, start: int, end: int) -> Records:
        """Records that touch [start, end) of a work center."""
        ...

    def labour(self, start: int, end: int) -> Labour:
        """Labour that touches [start, end)."""
        ...
