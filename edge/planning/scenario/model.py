"""What is planned: the scenario, frozen. Times in microseconds UTC, work in microseconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Literal
from zoneinfo import ZoneInfo

from edge.domain.calendars import WorkCalendar
from edge.domain.clock import MICROS
from edge.domain.intervals import Interval

SCENARIO_FORMAT = "taktline.scenario/1"
SCHEDULE_FORMAT = "taktline.schedule/1"
# Of a late order, as the format names them; equal ones stand in this order.
REASON_TYPES = ("MATERIAL", "PRECEDENCE", "CALENDAR", "FROZEN", "CAPACITY")
Objective = Literal["weighted_tardiness", "makespan"]


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A work center that can do an operation; `cycle` in seconds a piece, exact."""

    work_center: str
    cycle: Fraction
    setup_us: int = 0

    @cached_property
    def cycle_us(self) -> Fraction:
        return self.cycle * MICROS

    @cached_property
    def cycle_parts(self) -> tuple[int, int]:
        """Numerator and denominator of `cycle_us`, without making a fraction of them."""
        over, under = self.cycle.numerator, self.cycle.denominator
        common = gcd(MICROS, under)
        return over * (MICROS // common), under // common


@dataclass(frozen=True, kw_only=True)
class Unchecked:
    """A work center that can do an operation in a time that nobody knows."""

    work_center: str
    setup_us: int = 0


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One step of an order.

    `transfer_batch` pieces are passed on together, None means all of them. Of what it
    starts the share `yield_` comes out good. `min_gap_us` passes between a piece's arrival
    from the step before and its use. `lead_time_us` stands instead of alternatives for a
    step done outside; `unchecked` for one without a cycle time, whose pieces are spread
    over working time and checked against no capacity. `wip_limit`: so many pieces of the
    order may wait before it at most. `max_gap_us`: so long after a batch arrived its first
    piece is begun at the latest. `skills`: what one person who is with it must all have.
    `not_before`: it is not begun earlier; what was promised keeps the place that it was
    promised for. `family`: what a work center is set up for by it, None: the order's.
    `lot_of`: in a levelled plan the operation, (order, seq), whose lot it is: behind another
    lot of the same it finds its work center set up.
    """

    seq: int
    alternatives: tuple[Alternative, ...] = ()
    transfer_batch: int | None = None
    yield_: Fraction = Fraction(1)
    min_gap_us: int = 0
    lead_time_us: int | None = None
    wip_limit: int | None = None
    max_gap_us: int | None = None
    skills: tuple[str, ...] = ()
    not_before: int | None = None
    family: str | None = None
    unchecked: tuple[Unchecked, ...] = ()
    lot_of: tuple[str, int] | None = None

    @cached_property
    def loses_none(self) -> bool:
        """Whether all that it starts comes out good."""
        return self.yield_ == 1


@dataclass(frozen=True, kw_only=True)
class MaterialArrival:
    """From `at` on there is material for `quantity` pieces in all, counted from the first."""

    at: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Order:
    """`due` is None only where the objective is the makespan.

    `material`: for how many pieces of the first operation there is material, from when;
    without it for all. Nothing begins before `material_from`, whatever it says.
    `lot_of`: in a levelled plan the order whose lot of this number it is.
    """

    id: str
    product: str
    family: str
    quantity: int
    due: int | None
    operations: tuple[Operation, ...]
    weight: int = 1
    release: int | None = None
    material_from: int | None = None
    material: tuple[MaterialArrival, ...] = ()
    lot_of: str | None = None
    lot: int = 0

    def family_of(self, operation: Operation) -> str:
        """What a work center is set up for by an operation of it."""
        return operation.family or self.family


@dataclass(frozen=True, kw_only=True)
class WorkCenter:
    """`setup_matrix_us`: from family, to family, worked microseconds; what it lacks is 0."""

    id: str
    calendar: str
    initial_family: str | None = None
    maintenance: tuple[Interval, ...] = ()
    setup_matrix_us: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Levelling:
    """Orders that are made in a repeating mix, a little in every pitch.

    Those of one of the products or families, or that are made on one of the work centers.
    `pitch_us` of work; None is a day.
    """

    pitch_us: int | None = None
    products: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    work_centers: tuple[str, ...] = ()

    def holds(self, order: Order) -> bool:
        """Whether an order is levelled by this."""
        centers = {one.work_center for step in order.operations for one in step.alternatives} & set(
            self.work_centers
        )
        return order.product in self.products or order.family in self.families or bool(centers)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who can be with an operation that asks for skills, when the calendar says so.

    A person is at one place at a time, and nowhere while `absent`.
    """

    id: str
    calendar: str
    skills: tuple[str, ...] = ()
    absent: tuple[Interval, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Actual:
    """What was made of an operation by `now`.

    `ended`: nothing more will be made of it, whatever is missing. `running_on`: the
    work center where it is under way, set up unless `setup_left_us` says otherwise.
    """

    order: str
    seq: int
    good: int = 0
    scrap: int = 0
    ended: bool = False
    running_on: str | None = None
    setup_left_us: int = 0

    @property
    def begun(self) -> bool:
        """Whether anything was done of it."""
        return bool(self.running_on or self.good or self.scrap or self.ended)


@dataclass(frozen=True, kw_only=True)
class HourRow:
    """What a work center makes of an operation in the clock hour that starts at `hour`.

    `unchecked`: nobody knows how long the pieces take. `owed`: pieces that are still to come of an
    hour that stays; None: all of them, of the hour that runs a share by the working time left.
    `written` is the hour as a previous plan wrote it, so that it is kept to the byte.
    """

    order: str
    seq: int
    work_center: str
    hour: int
    label: str
    quantity: int
    setup_s: int
    frozen: bool = False
    written: str = ""
    unchecked: bool = False
    owed: int | None = None


@dataclass(frozen=True, kw_only=True)
class Block:
    """A stretch of setup or run on a work center, breaks included.

    `work_center` is None for a step done outside. Of a run `quantity` is the pieces
    started, `used` those of the operation that came before, and `credit` the seconds of
    work that its first piece has behind it. `person` is who is with it, where the
    schedule says so, `lot` which lot of a levelled order it is.
    """

    order: str
    seq: int
    work_center: str | None
    kind: Literal["setup", "run"]
    start: int
    end: int
    quantity: int = 0
    credit: Fraction = Fraction(0)
    person: str | None = None
    used: int = 0
    lot: int | None = None
    unchecked: bool = False


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The next operation that a work center does, where the sequence is given."""

    work_center: str
    order: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A planning problem, `taktline.scenario/1`; everything sorted, so input order is lost.

    `origin` is the scenario as it came, where orders were cut into lots (`preparing`).
    """

    timezone: str
    calendars: tuple[WorkCalendar, ...]
    work_centers: tuple[WorkCenter, ...]
    plan_start: int
    orders: tuple[Order, ...]
    plan_end: int | None = None
    now: int | None = None
    frozen_until: int | None = None
    actuals: tuple[Actual, ...] = ()
    previous: tuple[HourRow, ...] = ()
    previous_blocks: tuple[Block, ...] = ()
    objective: Objective = "weighted_tardiness"
    follow: tuple[Turn, ...] = ()
    people: tuple[Person, ...] = ()
    levelling: tuple[Levelling, ...] = ()
    origin: "Scenario | None" = None

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def begin(self) -> int:
        """The moment from which work can be planned, before any frozen window."""
        return self.plan_start if self.now is None else max(self.plan_start, self.now)

    @property
    def horizon(self) -> int:
        """The end of what capacity is reported for: `plan_end`, or the latest due date."""
        if self.plan_end is not None:
            return self.plan_end
        dues = [order.due for order in self.orders if order.due is not None]
        return max([*dues, self.begin + 1])
