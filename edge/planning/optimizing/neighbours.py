"""Which part of a plan is looked at next: a late order with all that is in its way.

Positions on a work center that follow each other, so that a window is a piece of each
sequence and nothing in between has to be thought of.
"""

from bisect import bisect_left
from collections.abc import Mapping
from random import Random
from typing import Final

from edge.planning.placing.solver import Plan
from edge.planning.placing.tasks import Task

Segments = Mapping[str, tuple[int, int]]  # work center -> first and last position, both in
LARGEST: Final = 36
BEHIND: Final = 3  # places after a task that are looked at with it


def late_orders(plan: Plan) -> list[tuple[str, int]]:
    """(order, weighted seconds late), the costliest first."""
    found = []
    for order in plan.problem.scenario.orders:
        end = plan.completion(order.id)
        if end is not None and order.due is not None and end > order.due and order.weight:
            found.append((order.id, order.weight * (end - order.due) // 1_000_000))
    return sorted(found, key=lambda one: (-one[1], one[0]))


def around(plan: Plan, order: str, dice: Random) -> Segments:
    """The places of an order's last operations, with those before each of them and a few after.

    From the last operation back, so that what is looked at can make the order earlier.
    """
    tasks = [task for task in plan.problem.chains[order] if task.left and task.placed]
    inside = [task for task in tasks if task.placed and task.placed.center]
    count = min(len(inside), dice.choice((1, 2, 2, 3)))
    chosen = inside[-count:]
    found: dict[str, tuple[int, int]] = {}
    each = LARGEST // max(2 * count if dice.random() < 0.5 else count, 1)
    for task in chosen:
        _take(plan, found, task, each)
    if each * count < LARGEST:
        for task in chosen:
            _others(plan, found, task, each)
    return found


def _take(plan: Plan, found: dict[str, tuple[int, int]], task: Task, each: int) -> None:
    placed = task.placed
    assert placed is not None
    center = str(placed.center)
    sequence = plan.sequences[center]
    at = sequence.index(task.key)
    _add(plan, found, center, at - each + 1 + BEHIND, at + BEHIND)


def _others(plan: Plan, found: dict[str, tuple[int, int]], task: Task, each: int) -> None:
    """What is done meanwhile where the task could be done too."""
    placed = task.placed
    assert placed is not None
    for one in task.operation.alternatives:
        if one.work_center != placed.center and not task.pinned and one.work_center not in found:
            station = next(s for s in plan.stations if s.center.id == one.work_center)
            ends = [other.placed.end for other in station.placed if other.placed]
            at = bisect_left(ends, placed.start)
            _add(plan, found, one.work_center, at - each // 2, at + each // 2)
            return


def _add(plan: Plan, found: dict[str, tuple[int, int]], center: str, first: int, last: int) -> None:
    station = next(one for one in plan.stations if one.center.id == center)
    least = sum(1 for task in station.placed if task.pinned)  # under way: they stay first
    first, last = max(first, least), min(last, len(station.placed) - 1)
    if center in found:
        first, last = min(first, found[center][0]), max(last, found[center][1])
    if first <= last:
        found[center] = (first, last)
