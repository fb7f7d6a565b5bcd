"""The elements of ISO 22400-2: what a unit's time was and what it made in it.

Everything is exact: times are int microseconds, pieces are ints, standard times are
Fractions of microseconds. Elements add up over windows and over work units, so that
a ratio of a sum is never an average of ratios.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from edge.domain.clock import MICROS
from edge.domain.stops import Stretch
from edge.domain.vocabulary import SpanClass, TimeClass
from edge.kpi.errors import KpiInputInvalid, SpansOverlap

# The elements that a span's time counts into, by its time class.
_PLANNED = "planned_busy_time"
TIME_ELEMENTS: Mapping[str, tuple[str, ...]] = {
    TimeClass.APT: (_PLANNED, "actual_production_time"),
    TimeClass.ASUT: (_PLANNED, "actual_unit_setup_time"),
    TimeClass.ADET: (_PLANNED, "actual_unit_delay_time"),
    TimeClass.ADOT: (_PLANNED, "actual_unit_down_time"),
    TimeClass.UNKNOWN: (_PLANNED, "unknown_time"),
    TimeClass.OFF: ("off_time",),
    TimeClass.APT_OUTSIDE: (_PLANNED, "actual_production_time", "outside_calendar"),
    SpanClass.PLANNED: ("off_time", "planned_stop_time"),
    SpanClass.MICRO: (_PLANNED, "actual_production_time", "micro_stop_time"),
}


@dataclass(frozen=True, kw_only=True)
class StateSpan:
    """One stretch of one unit's ledger, `start` <= t < `end` in microseconds UTC.

    `time_class` is one of the domain's TimeClass or SpanClass; `of` the stretch of a state, and
    perhaps of a stop, that it is a part of. Raises KpiInputInvalid.
    """

    start: int
    end: int
    time_class: str
    of: Stretch | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.time_class not in TIME_ELEMENTS:
            known = ", ".join(TIME_ELEMENTS)
            raise KpiInputInvalid(f"time class {self.time_class!r}: expected one of {known}")
        if self.end < self.start:
            raise KpiInputInvalid(f"span ends at {self.end}, before its start at {self.start}")


@dataclass(frozen=True, kw_only=True)
class Quantities:
    """Pieces of one job in one window, and the run time per item that was valid for them.

    `run_time_per_item` (PRI) in seconds; None where pieces were made without a job.
    A piece is in exactly one of good (GQ), scrap (SQ) and rework (RQ), so produced (PQ)
    counts it once; pieces reworked on the same machine are not counted a second time.
    Corrections are negative pieces: a good one found bad is `good=-1, scrap=1`.
    """

    key: str
    run_time_per_item: Fraction | None
    good: int = 0
    scrap: int = 0
    rework: int = 0

    def __post_init__(self) -> None:
        for name in ("good", "scrap", "rework"):
            if type(getattr(self, name)) is not int:
                raise KpiInputInvalid(f"{self.key}: {name} must be a whole number of pieces")
        if self.run_time_per_item is not None and self.run_time_per_item <= 0:
            raise KpiInputInvalid(f"{self.key}: run time per item must be above 0 seconds")

    @property
    def produced(self) -> int:
        """PQ: all pieces, each once."""
        return self.good + self.scrap + self.rework


@dataclass(frozen=True, kw_only=True)
class Elements:
    """Sums of numerators and denominators; times in microseconds, quantities in pieces.

    planned_busy_time (PBT) is the calendar's time without breaks and planned stops, plus
    production outside of it; it is tiled by production (APT), setup (ASUT), delay (ADET),
    down (ADOT) and unknown time. off_time is the rest of the window, planned_stop_time what
    of it lay in the calendar; micro_stop_time is the part of the production time that was a stop.
    `unrated_quantity` is the part of produced_quantity that has no run time per item and
    is therefore missing in both standard times (sum of PRI x PQ, and of PRI x GQ).

    What follows those comes from other records, and is None where there are none of them:
    order_execution_time (AOET) of orders; personnel times (APWT, APAT); inspected_quantity
    (IP) and first_pass_good (GP); planned_scrap_quantity (PSQ); produced pieces of the first
    and of the last operation of orders, and the last one's good (IGQ); consumed material (CM)
    and its losses (PL, STL, OL) in one unit of material; energy in Wh; equipment_capacity
    (EPC) in pieces; failures (FE) with their restoration_time (TTR); maintenance times (CMT, PMT).
    """

    planned_busy_time: int = 0
    actual_production_time: int = 0
    actual_unit_setup_time: int = 0
    actual_unit_delay_time: int = 0
    actual_unit_down_time: int = 0
    unknown_time: int = 0
    off_time: int = 0
    outside_calendar: int = 0
    planned_stop_time: int = 0
    micro_stop_time: int = 0
    produced_quantity: int = 0
    good_quantity: int = 0
    scrap_quantity: int = 0
    rework_quantity: int = 0
    unrated_quantity: int = 0
    standard_time_produced: Fraction = Fraction(0)
    standard_time_good: Fraction = Fraction(0)
    order_execution_time: int | None = None
    personnel_work_time: Fraction | None = None
    personnel_attendance_time: Fraction | None = None
    inspected_quantity: int | None = None
    first_pass_good: int | None = None
    planned_scrap_quantity: Fraction | None = None
    first_operation_quantity: int | None = None
    last_operation_quantity: int | None = None
    integrated_good_quantity: int | None = None
    consumed_material: Fraction | None = None
    production_loss: Fraction | None = None
    storage_loss: Fraction | None = None
    other_loss: Fraction | None = None
    energy: int | None = None
    equipment_capacity: Fraction | None = None
    failures: int | None = None
    restoration_time: int | None = None
    corrective_maintenance_time: int | None = None
    preventive_maintenance_time: int | None = None

    def __add__(self, other: "Elements") -> "Elements":
        """Elements of two windows of a unit, or of two units that work in parallel.

        Serial units do not add up: use the constraint's. Where one side knows nothing of an
        element, the sum is what the other side knows of it.
        """
        return Elements(**{name: _sum(getattr(self, name), getattr(other, name)) for name in NAMES})

    @classmethod
    def made_of(cls, sums: Mapping[str, int | Fraction]) -> "Elements":
        """The elements of these values by name; raises TypeError for a name that is none."""
        if not sums.keys() <= _DEFAULTS.keys():
            raise TypeError(f"no elements: {', '.join(sorted(sums.keys() - _DEFAULTS.keys()))}")
        # A frozen dataclass sets its fields one call each; of 36 that is most of the time.
        made = object.__new__(cls)
        made.__dict__.update(_DEFAULTS)
        made.__dict__.update(sums)
        return made

    @property
    def calendar_time(self) -> int:
        """The whole window: planned busy time and off time."""
        return self.planned_busy_time + self.off_time

    @property
    def actual_unit_processing_time(self) -> int:
        """AUPT = APT + ASUT."""
        return self.actual_production_time + self.actual_unit_setup_time

    @property
    def actual_unit_busy_time(self) -> int:
        """AUBT = AUPT + ADET."""
        return self.actual_unit_processing_time + self.actual_unit_delay_time


_DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(Elements)}
NAMES = tuple(field.name for field in fields(Elements))
OPTIONAL = tuple(field.name for field in fields(Elements) if field.default is None)


def elements(
    spans: Iterable[StateSpan], quantities: Iterable[Quantities], start: int, end: int
) -> Elements:
    """Elements of one unit in the window `start` <= t < `end` (microseconds UTC).

    Spans may come in any order and are clipped to the window; time that none covers is
    unknown (no signal is not zero and not stopped). A window must not reach past now.
    `quantities` are those of the window. Raises SpansOverlap and KpiInputInvalid.
    """
    if end < start:
        raise KpiInputInvalid(f"window ends at {end}, before its start at {start}")
    times = Elements()
    covered = start
    for span in ordered(clipped(spans, start, end)):
        times += _time(TimeClass.UNKNOWN, span.start - covered) + _time(
            span.time_class, span.end - span.start
        )
        covered = span.end
    times += _time(TimeClass.UNKNOWN, end - covered)
    return sum((_pieces(item) for item in quantities), start=times)


def ordered(spans: Iterable[StateSpan]) -> list[StateSpan]:
    """Spans by time, without empty ones; raises SpansOverlap."""
    found = sorted((span for span in spans if span.start < span.end), key=lambda span: span.start)
    for one, following in pairwise(found):
        if following.start < one.end:
            end = min(one.end, following.end)
            raise SpansOverlap(f"spans overlap from {following.start} to {end}")
    return found


def clipped(spans: Iterable[StateSpan], start: int, end: int) -> Iterable[StateSpan]:
    """The parts of spans inside the window; empty ones are left out."""
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        if first < last:
            whole = (first, last) == (span.start, span.end)
            yield span if whole else replace(span, start=first, end=last)


def _sum(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _time(time_class: str, duration: int) -> Elements:
    durations: dict[str, Any] = dict.fromkeys(TIME_ELEMENTS[time_class], duration)
    return Elements(**durations)


def _pieces(item: Quantities) -> Elements:
    micros = (item.run_time_per_item or Fraction(0)) * MICROS
    return Elements(
        produced_quantity=item.produced,
        good_quantity=item.good,
        scrap_quantity=item.scrap,
        rework_quantity=item.rework,
        unrated_quantity=item.produced if item.run_time_per_item is None else 0,
        standard_time_produced=micros * item.produced,
        standard_time_good=micros * item.good,
    )
