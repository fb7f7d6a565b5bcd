"""What is left to do: one task an operation, after actuals and the frozen window."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Final

from edge.domain.hours import hour_start, next_hour
from edge.planning.placing.relaxing import Relaxation
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.scenario.model import Actual, Alternative, HourRow, Operation, Order, Scenario

Key = tuple[str, int]
NO_CREDIT: Final = Fraction(0)


@dataclass(frozen=True)
class Stretch:
    """A part of a task that may be interrupted, from `start` to `end`, and who is with it.

    `quantity` pieces are finished in it; `credit_us` is what the first of them has behind it.
    """

    is_setup: bool
    start: int
    end: int
    person: str | None
    quantity: int
    credit_us: Fraction


@dataclass(frozen=True)
class Placement:
    """Where, when and by which alternative (`way`) a task is done; nowhere where it is outside.

    `credit_us` is work that the run's first piece has behind it. Without `stretches` there
    are one set-up and one run, with nobody.
    """

    center: str | None
    timeline: Timeline | None
    start: int
    setup_us: int
    setup_end: int
    run_start: int
    end: int
    way: Alternative | None
    credit_us: Fraction
    stretches: tuple[Stretch, ...] = ()

    def parts(self, quantity: int) -> tuple[Stretch, ...]:
        """Set-up and run of so many pieces, in the order of time."""
        if self.stretches:
            return self.stretches
        run = Stretch(False, self.run_start, self.end, None, quantity, self.credit_us)
        if not self.setup_us:
            return (run,)
        return (Stretch(True, self.start, self.setup_end, None, 0, NO_CREDIT), run)

    def work_us(self) -> int:
        """Working time that it takes on its work center, without what it waits."""
        if self.timeline is None:
            return 0
        amount = self.timeline.amount
        if not self.stretches:
            return amount(self.end) - amount(self.start)
        return sum(amount(one.end) - amount(one.start) for one in self.stretches)


@dataclass(slots=True, eq=False)
class Task:
    """What is left of an operation (`key`) at the fence.

    `good` and `used` are the good pieces made and the pieces taken from the step
    before by then; `left` is what it still starts, `out` the good pieces at its end.
    `pinned`: the work center where it is under way, with `setup_left` to do.
    """

    key: Key
    order: Order
    operation: Operation
    good: int
    used: int
    left: int
    out: int
    batch: int | None
    before: "Task | None" = None
    after: "Task | None" = None
    done_at: int | None = None
    pinned: str | None = None
    setup_left: int = 0
    credit_us: Fraction = NO_CREDIT
    placed: Placement | None = None

    @property
    def family(self) -> str:
        """What its work center is set up for by it."""
        return self.operation.family or self.order.family


@dataclass(frozen=True)
class Problem:
    """Tasks by order, and the moment (`fence`) before which nothing new starts."""

    scenario: Scenario
    fence: int
    kept: tuple[HourRow, ...]
    chains: Mapping[str, tuple[Task, ...]]


def problem_of(scenario: Scenario, capacity: Capacity, relaxed: Relaxation) -> Problem:
    """What is to be planned, given actuals and what is frozen."""
    fence = fence_of(scenario, relaxed)
    kept = tuple(row for row in scenario.previous if next_hour(row.hour, scenario.zone) <= fence)
    promised = _promised(scenario, kept, capacity)
    actuals = {(one.order, one.seq): one for one in scenario.actuals}
    chains = {
        order.id: _chain(order, actuals, promised, order.id in relaxed.precedence)
        for order in scenario.orders
    }
    return Problem(scenario, fence, kept, chains)


def fence_of(scenario: Scenario, relaxed: Relaxation) -> int:
    """The end of the frozen window, at the end of its last clock hour; else the begin."""
    until = scenario.frozen_until
    if until is None or relaxed.frozen or until <= scenario.begin:
        return scenario.begin
    whole = hour_start(until, scenario.zone) == until
    return until if whole else next_hour(until, scenario.zone)


def _promised(
    scenario: Scenario, kept: tuple[HourRow, ...], capacity: Capacity
) -> Mapping[Key, int]:
    """Pieces that frozen hours will still make after `now`.

    It is what they still owe. Where that is not said of the hour that is under way it is the share
    of the working time that is left: the counts do not say what was made within it.
    """
    centers = {center.id: center for center in scenario.work_centers}
    promised: dict[Key, int] = defaultdict(int)
    for row in kept:
        end, quantity = next_hour(row.hour, scenario.zone), row.quantity
        if end <= scenario.begin or row.work_center not in centers:
            continue
        if row.owed is not None:
            quantity = row.owed
        elif row.hour < scenario.begin:
            timeline = capacity.timeline(centers[row.work_center])
            first, now, last = map(timeline.amount, (row.hour, scenario.begin, end))
            quantity -= quantity * (now - first) // max(last - first, 1)
        promised[row.order, row.seq] += quantity
    return promised


NOTHING_MADE: Final = Actual(order="", seq=0)


def _chain(
    order: Order, actuals: Mapping[Key, Actual], promised: Mapping[Key, int], piecewise: bool
) -> tuple[Task, ...]:
    """The order's tasks in sequence.

    Each operation is to bring what the next one starts. Where one was ended short,
    those after it can only use what it has made.
    """
    tasks: list[Task] = []
    limited = False
    for operation, needed in zip(order.operations, needed_good(order), strict=True):
        key = (order.id, operation.seq)
        actual = actuals.get(key) or NOTHING_MADE
        coming = promised.get(key, 0)
        good = actual.good + good_of(operation, coming)
        used = actual.good + actual.scrap + coming
        left = 0 if actual.ended else max(0, starts_for(operation, needed - good))
        if limited:
            left = min(left, max(0, tasks[-1].out - used))
        limited = limited or actual.ended
        out = good + good_of(operation, left)
        batch = 1 if piecewise else operation.transfer_batch
        tasks.append(Task(key, order, operation, good, used, left, out, batch))
    for first, second in pairwise(tasks):
        first.after, second.before = second, first
    return tuple(tasks)


def left_of(order: Order, actuals: Mapping[Key, Actual]) -> tuple[Task, ...]:
    """The order's tasks by what was made, with nothing that is frozen: the pieces to begin yet."""
    return _chain(order, actuals, {}, piecewise=False)


def needed_good(order: Order) -> tuple[int, ...]:
    """Good pieces that each operation must bring, from the first to the last."""
    needed = [order.quantity]
    for operation in reversed(order.operations[1:]):
        needed.append(starts_for(operation, needed[-1]))
    return tuple(reversed(needed))


def starts_for(operation: Operation, good: int) -> int:
    """Pieces that it starts so that `good` come out."""
    return good if operation.loses_none else ceil(good / operation.yield_)


def good_of(operation: Operation, started: int) -> int:
    """Good pieces that come out of so many."""
    return started if operation.loses_none else floor(started * operation.yield_)


def ceil_work(pieces: int, cycle_us: Fraction, credit_us: Fraction) -> int:
    """Whole microseconds of work in which so many pieces are finished."""
    work = pieces * cycle_us - credit_us
    return -(-work.numerator // work.denominator)
