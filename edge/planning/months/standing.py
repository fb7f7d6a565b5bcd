"""A scenario with what stands still: work centers that are closed now, operations on hold; pure.

The format has no operation that may not begin before a moment, but an order's `release` holds
back its first one. So what was done of a held operation's order is left out, and the held one is
its first. While an operation before it has still to work, it is held back by a gap behind that
one (`min_gap_s`), which may hold its later batches longer than the hold lasts: late, never early.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from edge.domain.intervals import Interval, union
from edge.planning.placing.tasks import good_of, needed_good
from edge.planning.scenario.model import Actual, Operation, Order, Scenario, WorkCenter

Step = tuple[str, int]


def hold_back(
    scenario: Scenario, closed: Mapping[str, Sequence[Interval]], waits: Mapping[Step, int]
) -> Scenario:
    """The scenario in which `closed` work centers do nothing, and each of `waits` (order and
    operation) begins no earlier than its moment (us)."""
    centers = tuple(_closed(one, closed.get(one.id, ())) for one in scenario.work_centers)
    if not waits:
        return replace(scenario, work_centers=centers)
    actuals = {(one.order, one.seq): one for one in scenario.actuals}
    busy = {(one.order, one.seq) for one in scenario.previous}
    orders = tuple(_held(one, actuals, busy, waits, scenario.begin) for one in scenario.orders)
    left = {(order.id, operation.seq) for order in orders for operation in order.operations}
    return replace(
        scenario,
        work_centers=centers,
        orders=orders,
        actuals=tuple(
            replace(one, running_on=None, setup_left_us=0)
            if waits.get((one.order, one.seq), 0) > scenario.begin
            else one
            for one in scenario.actuals
            if (one.order, one.seq) in left
        ),
        previous_blocks=tuple(
            one for one in scenario.previous_blocks if (one.order, one.seq) in left
        ),
    )


def _closed(center: WorkCenter, closed: Sequence[Interval]) -> WorkCenter:
    if not closed:
        return center
    return replace(center, maintenance=union([*center.maintenance, *closed]))


def _held(
    order: Order,
    actuals: Mapping[Step, Actual],
    busy: set[Step],
    waits: Mapping[Step, int],
    begin: int,
) -> Order:
    """An order whose held operations wait."""
    for operation in order.operations:
        until = waits.get((order.id, operation.seq), 0)
        if until > begin:
            order = _waiting(order, operation.seq, until, actuals, busy, begin)
    return order


def _waiting(
    order: Order,
    seq: int,
    until: int,
    actuals: Mapping[Step, Actual],
    busy: set[Step],
    begin: int,
) -> Order:
    before = [one for one in order.operations if one.seq < seq]
    if all(_is_done(order, one.seq, actuals, busy) for one in before):
        passed = actuals[order.id, before[-1].seq].good if before else None
        return replace(
            order,
            quantity=order.quantity if passed is None else _comes_out(order, seq, passed),
            release=max(order.release or until, until),
            material_from=None if before else order.material_from,
            operations=_from(order, seq) if before else order.operations,
        )
    gap = until - begin
    return replace(
        order,
        operations=tuple(
            # what is on hold lies longer than its gap may be: nothing can keep that one
            replace(one, min_gap_us=max(one.min_gap_us, gap), max_gap_us=None)
            if one.seq == seq
            else one
            for one in order.operations
        ),
    )


def _from(order: Order, seq: int) -> tuple[Operation, ...]:
    """The operations from one on; what binds it to the one before it binds no first operation."""
    first, *rest = (one for one in order.operations if one.seq >= seq)
    return (replace(first, min_gap_us=0, max_gap_us=None, wip_limit=None), *rest)


def _is_done(order: Order, seq: int, actuals: Mapping[Step, Actual], busy: set[Step]) -> bool:
    """Whether nothing more comes of an operation, and nothing of it is still instructed."""
    actual = actuals.get((order.id, seq))
    if actual is None or (order.id, seq) in busy:
        return False
    steps = [one.seq for one in order.operations]
    return actual.ended or actual.good >= needed_good(order)[steps.index(seq)]


def _comes_out(order: Order, seq: int, passed: int) -> int:
    """What becomes of pieces that were passed on to an operation, with its planned loss."""
    for operation in order.operations:
        if operation.seq >= seq:
            passed = good_of(operation, passed)
    return min(order.quantity, max(passed, 1))
