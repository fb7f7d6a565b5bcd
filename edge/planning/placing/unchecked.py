"""Operations without a cycle time: their pieces are spread evenly, and no capacity is checked.

Nobody knows how long they take, so they hold no work center. From where its pieces are
there an operation lasts to the order's due date, shared evenly with the operations after
it, less what passes by the clock in those; what is overdue gets a day. In the solver it is a
step that takes that long.
"""

from collections.abc import Sequence
from dataclasses import replace

from edge.domain.hours import DAY, HOUR
from edge.planning.levels.shares import even_shares
from edge.planning.placing.tasks import NO_CREDIT, Problem, Task, ceil_work
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.scenario.model import Operation, Order, Unchecked
from edge.planning.schedules.hours import HourCutter

LOOKED_AT = 60 * DAY  # for the longest closed time between two shifts


def spread_out(order: Order, problem: Problem, capacity: Capacity) -> Order:
    """The order with a lead time in place of each operation without a cycle time."""
    if not any(one.unchecked for one in order.operations):
        return order
    chain = problem.chains[order.id]
    at, waits = problem.fence, False
    passed_on: int | None = None  # when the step before has; None: long ago
    steps: list[Operation] = []
    for index, task in enumerate(chain):
        step = task.operation
        at = _there(task, at, passed_on)
        if step.unchecked:
            center = _center(task, problem)
            timeline = _timeline(center.work_center, problem, capacity)
            share = _share(chain[index:], order.due, at)
            end = _end(at, share, timeline)
            lead = end - at
            if waits:
                lead = max(lead, _longest_closed(timeline, problem.fence) + HOUR)
            step = replace(step, lead_time_us=lead, unchecked=(center,), transfer_batch=None)
            at += lead if task.left else 0
        else:
            at = _checked_end(task, at, problem, capacity)
            waits = waits or bool(task.left)
        passed_on = at if task.left else task.done_at
        if index + 1 < len(chain) and chain[index + 1].operation.unchecked:
            step = replace(step, transfer_batch=None)  # spread over its time once all are there
        steps.append(step)
    return replace(order, operations=tuple(steps))


def _there(task: Task, at: int, passed_on: int | None) -> int:
    """When an operation can begin, not before `at`; without a cycle time with all its pieces."""
    order, step = task.order, task.operation
    dates = [at, step.not_before or 0]
    if passed_on is not None:
        dates.append(passed_on + step.min_gap_us)
    if task.before is None and task.left:
        dates += [order.release or 0, order.material_from or 0]
        if step.unchecked:
            dates += [one for one, _ in _arrivals(task)]
    return max(dates)


def _arrivals(task: Task) -> list[tuple[int, int]]:
    """Material of a first operation that is to come: when, and for which of its pieces on."""
    if task.before is not None:
        return []
    covered = [0, *(one.quantity for one in task.order.material)]
    return [
        (one.at, max(before - task.used, 0))
        for one, before in zip(task.order.material, covered, strict=False)
        if task.used < one.quantity and before < task.used + task.left
    ]


def _center(task: Task, problem: Problem) -> Unchecked:
    """Where it is under way, else the first that can do it."""
    ways = task.operation.unchecked
    running = {
        one.running_on
        for one in problem.scenario.actuals
        if (one.order, one.seq) == task.key and not one.ended
    }
    return next((one for one in ways if one.work_center in running), ways[0])


def _timeline(center: str, problem: Problem, capacity: Capacity) -> Timeline:
    found = next(one for one in problem.scenario.work_centers if one.id == center)
    return capacity.timeline(found)


def _share(chain: Sequence[Task], due: int | None, at: int) -> int:
    """What an operation, the first, has of the time to the due date; a day if there is none.

    What passes by the clock in the operations after it comes first: their lead times and gaps.
    """
    after = [one.operation for one in chain[1:] if one.left]
    clock = sum(one.min_gap_us + (one.lead_time_us or 0) for one in after)
    steps = 1 + sum(1 for one in after if one.lead_time_us is None)
    return (due - clock - at) // steps if due is not None and due - clock > at else DAY


def _end(at: int, share: int, timeline: Timeline) -> int:
    """The end of an operation's share; with working time in it."""
    if timeline.amount(at + share) > timeline.amount(at):
        return at + share
    return timeline.after(timeline.open_at(at), HOUR)


def _longest_closed(timeline: Timeline, at: int) -> int:
    """So long it is closed at most: wherever the lead time comes to lie it has work in it."""
    timeline.amount(at + LOOKED_AT)
    ends, last = 0, at
    for one in timeline.working:
        if one.end > at and one.start < at + LOOKED_AT:
            ends, last = max(ends, one.start - last), one.end
    return ends


def _checked_end(task: Task, at: int, problem: Problem, capacity: Capacity) -> int:
    """About when an operation with a cycle time is done, were its work center free."""
    if task.operation.lead_time_us is not None:
        return at + task.operation.lead_time_us if task.left else at
    if not task.left:
        return at
    way = task.operation.alternatives[0]
    timeline = _timeline(way.work_center, problem, capacity)
    ends = []
    for there, first in [(at, 0), *_arrivals(task)]:
        work = ceil_work(task.left - first, way.cycle_us, NO_CREDIT)
        begin = timeline.open_at(max(at, there))
        ends.append(timeline.after(begin, work if first else work + way.setup_us))
    return max(ends)


def spread(
    pieces: int, timeline: Timeline, start: int, end: int, cutter: HourCutter
) -> list[tuple[int, int]]:
    """Pieces by clock hour over the working time of [start, end): (hour, pieces)."""
    worked = cutter.worked(timeline, start, end)
    shares = even_shares(pieces, [work for _, work in worked])
    return [(hour, share) for (hour, _), share in zip(worked, shares, strict=True) if share]
