"""How far behind the operation before an operation follows, in ticks of an axis."""

from collections.abc import Iterator
from fractions import Fraction

from edge.planning.optimizing.axis import Axis
from edge.planning.optimizing.kinds import own_setup
from edge.planning.optimizing.window import Distance, Lag, Way
from edge.planning.placing.tasks import Task, ceil_work
from edge.planning.scenario.model import Alternative


def ways_of(task: Task, axis: Axis, earliest: int = 0) -> tuple[Way, ...]:
    """Where a task can be done, in ticks; one that is under way stays where it is."""
    return tuple(
        Way(
            center=one.work_center,
            setup=axis.length(task.setup_left if task.pinned else own_setup(task, one)),
            run=axis.length(ceil_work(task.left, one.cycle_us, task.credit_us)),
            earliest=earliest,
        )
        for one in task.operation.alternatives
        if task.pinned in (None, one.work_center)
    )


def lag_between(first: Task, second: Task, axis: Axis) -> Lag:
    """Two operations of an order that follow each other, for all places where they can be."""
    return Lag(
        first=first.key,
        second=second.key,
        between={
            (one.work_center, two.work_center): _distance(first, second, one, two, axis)
            for one in first.operation.alternatives
            for two in second.operation.alternatives
        },
    )


def _distance(
    first: Task, second: Task, one: Alternative, two: Alternative, axis: Axis
) -> Distance:
    """The first batch must be there when set-up begins, and each when its first piece does.

    With whole batches that come evenly it is the first or the last of them that binds.
    """
    gap = second.operation.min_gap_us
    batches = list(_batches(first, second))
    begin = _made(first, one, batches[0][0]) + gap
    run = max(
        _made(first, one, amount) + gap - ceil_work(taken, two.cycle_us, Fraction(0))
        for amount, taken in batches
    )
    return Distance(axis.length(begin), axis.length(run))


def _batches(first: Task, second: Task) -> Iterator[tuple[int, int]]:
    """(good pieces made when it is complete, pieces begun before it is needed), those that bind."""
    out = max(first.out, 1)
    size = min(first.batch or out, out)
    number = min(second.used, out - 1) // size
    last = min(second.used + max(second.left, 1) - 1, out - 1) // size
    for batch in sorted({number, max(last - 1, number), last}):
        yield min((batch + 1) * size, out), max(batch * size - second.used, 0)


def _made(task: Task, way: Alternative, amount: int) -> int:
    """Microseconds of work until so many good pieces are made."""
    share = task.operation.yield_
    missing = max(amount - task.good, 0)
    starts = min(-(-missing * share.denominator // share.numerator), task.left)
    return max(ceil_work(starts, way.cycle_us, task.credit_us), 0)
