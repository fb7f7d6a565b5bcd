"""Operations without a cycle time: their pieces are spread evenly, and no capacity is checked.

Nobody knows how long they take, so they hold no work center. From where its pieces are
there an operation lasts to the order's due date, shared evenly with the operations after
it; what is overdue gets a day. In the solver it is a step that takes that long.
"""

from dataclasses import replace

from edge.domain.hours import DAY, HOUR
from edge.planning.levels.shares import even_shares
from edge.planning.placing.tasks import Problem, Task
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.scenario.model import Operation, Order, Unchecked
from edge.planning.schedules.hours import HourCutter

LOOKED_AT = 60 * DAY  # for the longest closed time between two shifts


def spread_out(order: Order, problem: Problem, capacity: Capacity) -> Order:
    """The order with a lead time in place of each operation without a cycle time."""
    if not any(one.unchecked for one in order.operations):
        return order
    chain = problem.chains[order.id]
    begins = [problem.fence, order.release or 0, order.material_from or 0]
    at, waits = max(begins), False
    steps: list[Operation] = []
    for index, task in enumerate(chain):
        step = task.operation
        at = max(at, step.not_before or 0)
        if step.unchecked:
            center = _center(task, problem)
            timeline = _timeline(center.work_center, problem, capacity)
            after = sum(1 for one in chain[index:] if one.left)
            end = _end(at, order.due, max(after, 1), timeline)
            lead = end - at
            if waits:
                lead = max(lead, _longest_closed(timeline, problem.fence) + HOUR)
            step = replace(step, lead_time_us=lead, unchecked=(center,), transfer_batch=None)
            at += lead if task.left else 0
        else:
            at = _checked_end(task, at, problem, capacity)
            waits = waits or bool(task.left)
        if index + 1 < len(chain) and chain[index + 1].operation.unchecked:
            step = replace(step, transfer_batch=None)  # spread over its time once all are there
        steps.append(step)
    return replace(order, operations=tuple(steps))


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


def _end(at: int, due: int | None, steps: int, timeline: Timeline) -> int:
    """The end of what an operation has of the time to the due date; with working time in it."""
    end = at + (due - at) // steps if due is not None and due > at else at + DAY
    if timeline.amount(end) > timeline.amount(at):
        return end
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
    way = task.operation.alternatives[0]
    timeline = _timeline(way.work_center, problem, capacity)
    work = -(-task.left * way.cycle_us.numerator // way.cycle_us.denominator) + way.setup_us
    return timeline.after(timeline.open_at(at), work) if task.left else at


def spread(
    pieces: int, timeline: Timeline, start: int, end: int, cutter: HourCutter
) -> list[tuple[int, int]]:
    """Pieces by clock hour over the working time of [start, end): (hour, pieces)."""
    worked = cutter.worked(timeline, start, end)
    shares = even_shares(pieces, [work for _, work in worked])
    return [(hour, share) for (hour, _), share in zip(worked, shares, strict=True) if share]
