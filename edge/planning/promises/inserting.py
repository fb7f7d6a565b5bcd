"""One more order is laid into what a plan leaves free; nothing of the plan is moved.

Of each operation the first place that fits is taken; every choice of work centers is
tried, so that more pieces are never done earlier. A run starts so late that each batch
of the step before is there before its first piece is begun, as in any plan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from math import ceil, floor

from edge.planning.placing.timeline import Timeline
from edge.planning.promises.lanes import Fit, Lane, Stay
from edge.planning.scenario.model import Alternative, Operation

MOST_CHOICES = 64  # of work centers, that are tried in whole
MOST_BATCHES = 512  # that are looked at; smaller ones are passed on two, four, ... at a time


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An order to be laid in: `quantity` good pieces, begun at `earliest` or later (us).

    `material_from`: when its material is there; None is at once.
    """

    id: str
    product: str
    family: str
    quantity: int
    operations: tuple[Operation, ...]
    earliest: int
    weight: int = 1
    material_from: int | None = None


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Where an operation of the order is laid; `work_center` is None for a step outside."""

    seq: int
    work_center: str | None
    start: int
    setup_us: int
    run_start: int
    end: int
    quantity: int


@dataclass(frozen=True)
class _Passed:
    """What a step passes on: `times[i]` is when batch i is there, each of `batch` pieces."""

    times: tuple[int, ...]
    batch: int


def lay_in(wish: Wish, lanes: Mapping[str, Lane], *, piecewise: bool = False) -> tuple[Slot, ...]:
    """The slots of the order, one an operation, so that the last is done as early as can be.

    `piecewise`: each piece is passed on at once. Raises CalendarEnds, and ValueError where
    an operation has no work center of the lanes.
    """
    found = [_chain(wish, lanes, chosen, piecewise) for chosen in _choices(wish, lanes)]
    return min(found, key=lambda slots: (slots[-1].end, [slot.start for slot in slots]))


def _choices(wish: Wish, lanes: Mapping[str, Lane]) -> Iterator[tuple[Alternative | None, ...]]:
    options: list[tuple[Alternative | None, ...]] = []
    for operation in wish.operations:
        here = tuple(one for one in operation.alternatives if one.work_center in lanes)
        if operation.lead_time_us is None and not here:
            raise ValueError(f"operation {operation.seq} has no work center here")
        options.append(here if operation.lead_time_us is None else (None,))
    return islice(product(*options), MOST_CHOICES)


def starts_of(operations: tuple[Operation, ...], quantity: int) -> tuple[int, ...]:
    """Pieces that each operation starts, so that the last one brings `quantity` good ones."""
    needed, found = quantity, []
    for operation in reversed(operations):
        needed = ceil(needed / operation.yield_)
        found.append(needed)
    return tuple(reversed(found))


def _chain(
    wish: Wish,
    lanes: Mapping[str, Lane],
    chosen: tuple[Alternative | None, ...],
    piecewise: bool,
) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    starts = starts_of(wish.operations, wish.quantity)
    passed = _Passed((max(wish.earliest, wish.material_from or wish.earliest),), max(starts[0], 1))
    for operation, alternative, pieces in zip(wish.operations, chosen, starts, strict=True):
        if alternative is None:
            slot = _outside(operation, passed, pieces)
            passed = _Passed((slot.end,), max(pieces, 1))
        else:
            lane = _with(lanes[alternative.work_center], wish, slots)
            slot = _inside(wish, operation, alternative, lane, passed, pieces)
            passed = _passed(operation, alternative, lane.timeline, slot, piecewise)
        slots.append(slot)
    return tuple(slots)


def _with(lane: Lane, wish: Wish, slots: list[Slot]) -> Lane:
    """The lane with what the order's own steps before hold of it."""
    families = {one.seq: one.family or wish.family for one in wish.operations}
    own = [
        Stay(slot.start, slot.end, families[slot.seq], wish.id)
        for slot in slots
        if slot.work_center == lane.center.id
    ]
    return replace(lane, stays=tuple(sorted([*lane.stays, *own]))) if own else lane


def _outside(operation: Operation, passed: _Passed, pieces: int) -> Slot:
    start = passed.times[-1] + operation.min_gap_us
    end = start + (operation.lead_time_us or 0)
    return Slot(
        seq=operation.seq,
        work_center=None,
        start=start,
        setup_us=0,
        run_start=start,
        end=end,
        quantity=pieces,
    )


def _inside(
    wish: Wish,
    operation: Operation,
    alternative: Alternative,
    lane: Lane,
    passed: _Passed,
    pieces: int,
) -> Slot:
    ready = _ready(operation, alternative, lane.timeline, passed)
    work = ceil(pieces * alternative.cycle_us)
    family = operation.family or wish.family
    fit: Fit = lane.first_fit(ready, family, alternative.setup_us, work)
    return Slot(
        seq=operation.seq,
        work_center=lane.center.id,
        start=fit.start,
        setup_us=fit.setup_us,
        run_start=fit.run_start,
        end=fit.end,
        quantity=pieces,
    )


def _ready(
    operation: Operation, alternative: Alternative, timeline: Timeline, passed: _Passed
) -> int:
    """The earliest start of set-up: the first pieces are there, and the run will never wait."""
    gap, cycle = operation.min_gap_us, alternative.cycle_us
    first = passed.times[0] + gap
    least = 0
    for number, at in enumerate(passed.times):
        begun_before = number * passed.batch * cycle
        least = max(least, timeline.amount(at + gap) - floor(begun_before))
    # Times of batches are rounded up to the microsecond: one is added where there are several.
    least += 1 if len(passed.times) > 1 else 0
    return max(first, timeline.moment(least - alternative.setup_us))


def _passed(
    operation: Operation,
    alternative: Alternative,
    timeline: Timeline,
    slot: Slot,
    piecewise: bool,
) -> _Passed:
    """When the good pieces of a run are passed on, batch by batch."""
    out = max(floor(slot.quantity * operation.yield_), 1)
    batch = 1 if piecewise else min(operation.transfer_batch or out, out)
    while -(-out // batch) > MOST_BATCHES:
        batch *= 2
    times = []
    for number in range(-(-out // batch)):
        good = min((number + 1) * batch, out)
        begun = min(ceil(Fraction(good) / operation.yield_), slot.quantity)
        times.append(timeline.after(slot.run_start, ceil(begun * alternative.cycle_us)))
    return _Passed(tuple(times), batch)
