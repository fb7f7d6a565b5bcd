"""The plan in force as sequences, so that a plan made again keeps what can stay as it is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from edge.planning.placing.solver import Solver
from edge.planning.placing.tasks import Key, Task
from edge.planning.scenario.model import Alternative, Order

# A plan in another order takes the place of the one in force if it costs at most so much of it.
WORTH_MOVING: Final = (9, 10)
LEAST_GAIN_S: Final = 3_600  # of an order of mean weight


def standing(solver: Solver) -> dict[str, list[Key]] | None:
    """What is left, in the order of the plan in force; None if there is none.

    What that plan does not know comes before the first that is due later.
    """
    known, at = solver.packing.problem.scenario.previous_blocks, solver.packing.at
    # Of an order that was cut anew nothing is left beside its lots.
    blocks = [one for one in known if one.lot is None or (one.order, one.seq) in at]
    if any(block.lot is not None for block in blocks):
        return None  # lots of a level plan are cut anew, and are no longer those of its blocks
    if not blocks:
        return None
    begun: dict[Key, tuple[int, str]] = {}
    for block in blocks:
        if block.work_center is not None:
            here = (block.start, block.work_center)
            key = (block.order, block.seq)
            begun[key] = min(begun.get(key, here), here)
    found: dict[str, list[tuple[int, Task]]] = {one.id: [] for one in solver.packing.centers}
    new: list[Task] = []
    for task in solver.packing.tasks:
        if not task.left or task.operation.lead_time_us is not None:
            continue
        start, center = begun.get(task.key, (0, ""))
        if task.pinned:
            found[task.pinned].append((-1, task))
        elif _on(task, center):
            found[center].append((start, task))
        else:
            new.append(task)
    rows = {
        center: [task for _, task in sorted(there, key=lambda one: (one[0], one[1].key))]
        for center, there in found.items()
    }
    for task in sorted(new, key=lambda one: (one.order.due or 0, one.order.id, one.operation.seq)):
        _put(task, rows)
    return {center: [task.key for task in there] for center, there in rows.items()}


def is_worth_moving(
    standing_cost: tuple[int, int], other: tuple[int, int], orders: Collection[Order]
) -> bool:
    """Whether another order of work is so much better that people are told to follow it.

    `orders`: those that are planned, by whose mean weight an hour is weighed.
    """
    over, under = WORTH_MOVING
    gain = standing_cost[0] - other[0]
    return _is_gain(gain, orders) and other[0] * under <= standing_cost[0] * over


def may_gain(standing_cost: tuple[int, int], orders: Collection[Order]) -> bool:
    """Whether any other order of work could be worth it: a plan that is on time stays unasked."""
    return _is_gain(standing_cost[0], orders)


def _is_gain(gain: int, orders: Collection[Order]) -> bool:
    """Whether so much less of weighted tardiness is more than the hour that is asked for."""
    return gain * len(orders) > LEAST_GAIN_S * sum(one.weight for one in orders)


def _on(task: Task, center: str) -> Alternative | None:
    found = (one for one in task.operation.alternatives if one.work_center == center)
    return next(found, None)


def _put(task: Task, rows: Mapping[str, list[Task]]) -> None:
    """On the work center that has least to do before it."""
    due = task.order.due or 0
    places = []
    for one in task.operation.alternatives:
        there = rows[one.work_center]
        place = len(there)
        while place and _may_wait(there[place - 1], task, due):
            place -= 1
        ahead = sum((_work(other, one.work_center) for other in there[:place]), 0)
        places.append((ahead + task.left * one.cycle_us, one.work_center, place))
    _, center, place = min(places)
    rows[center].insert(place, task)


def _may_wait(other: Task, task: Task, due: int) -> bool:
    mine = other.order.id == task.order.id
    return not other.pinned and not mine and (other.order.due or 0) > due


def _work(task: Task, center: str) -> int:
    one = _on(task, center)
    return 0 if one is None else int(task.left * one.cycle_us)


def follow(solver: Solver, wanted: Mapping[str, Sequence[Key]]) -> tuple[int, int] | None:
    """The cost of sequences, with the plan placed by them; None where they cannot be followed."""
    return solver.cost if solver.follow(wanted) else None


def promises_kept(solver: Solver) -> dict[str, int]:
    """Of each order that was promised the moment after which another plan has broken that.

    It is its due date; where the plan as it stands does not keep it, when that has it done.
    """
    done = solver.completions()
    return {
        order.id: max(done[order.id] or 0, order.due or 0)
        for order in solver.packing.problem.scenario.orders
        if order.lot_of is None and any(one.not_before is not None for one in order.operations)
    }


def breaks_promises(solver: Solver, promised: Mapping[str, int]) -> bool:
    """Whether the plan as it stands has an order later than was promised."""
    done = solver.completions() if promised else {}
    return any((done[order] or 0) > latest for order, latest in promised.items())
