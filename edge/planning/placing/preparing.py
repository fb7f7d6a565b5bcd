"""A scenario as the solver takes it: levelled orders as lots, unchecked steps as time that passes.

The solver knows orders with cycle times. A levelled order becomes one order for each lot,
an operation without a cycle time a step that takes a lead time; the scenario as it came
stays beside it (`origin`), and the schedule is written for that.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from edge.planning.levels.lots import Lots, lots_of
from edge.planning.levels.remaining import Rest, renamed, rests_of
from edge.planning.placing.relaxing import NOTHING
from edge.planning.placing.tasks import Key, Problem, Task, fence_of, problem_of
from edge.planning.placing.timeline import Capacity
from edge.planning.placing.unchecked import spread_out
from edge.planning.placing.underway import Standing, pin_running
from edge.planning.scenario.model import Actual, Block, Order, Scenario, Turn


def prepared(scenario: Scenario, capacity: Capacity) -> Scenario:
    """The scenario to plan; the same one where nothing is levelled or without cycle time."""
    if scenario.origin is not None:
        return scenario
    levelled = any(one.holds(order) for one in scenario.levelling for order in scenario.orders)
    unchecked = any(step.unchecked for order in scenario.orders for step in order.operations)
    if not levelled and not unchecked:
        return scenario
    problem = problem_of(scenario, capacity, NOTHING)
    # What stands on the work centers is seen in the orders as they came, not in lots.
    standing = pin_running(problem, capacity)
    orders = tuple(spread_out(one, problem, capacity) for one in scenario.orders)
    timeless = {
        (order.id, step.seq)
        for order in scenario.orders
        for step in order.operations
        if step.unchecked
    }
    follow = tuple(one for one in scenario.follow if (one.order, one.seq) not in timeless)
    spread = replace(scenario, orders=orders, origin=scenario, follow=follow)
    if not levelled:
        return spread
    rests = rests_of(problem, capacity)
    lots = lots_of(spread, problem, rests)
    return _with_lots(spread, problem, lots, rests, standing, capacity)


def as_orders(planned: Scenario) -> Scenario:
    """A scenario as it was prepared, to be planned and checked by itself: lots are orders, and
    steps without a cycle time take a lead time.
    """
    if planned.origin is None:
        return planned
    orders = tuple(
        replace(
            order,
            lot_of=None,
            lot=0,
            operations=tuple(replace(step, unchecked=()) for step in order.operations),
        )
        for order in planned.orders
    )
    return replace(planned, orders=orders, levelling=(), origin=None)


def _with_lots(
    scenario: Scenario,
    problem: Problem,
    lots: Lots,
    rests: Mapping[Key, Sequence[Rest]],
    standing: Mapping[str, Standing],
    capacity: Capacity,
) -> Scenario:
    """Each levelled order makes way for its lots; of itself nothing is left to plan."""
    orders: list[Order] = []
    begun: dict[Key, Actual] = {}
    blocks = renamed(scenario.previous_blocks, lots, rests, problem.fence)
    for order in scenario.orders:
        cut = lots.get(order.id, ())
        if not cut:
            orders.append(order)
            continue
        steps = (replace(step, lot_of=(order.id, step.seq)) for step in order.operations)
        orders += [replace(order, quantity=0, material=(), operations=tuple(steps)), *cut]
        for task in problem.chains[order.id]:
            first = next((one for one in cut if _has(one, task.operation.seq)), None)
            if first is not None and _goes_on(task, first, scenario, blocks, capacity):
                begun[task.key] = _running(first, task)
    centers = tuple(
        replace(one, initial_family=standing[one.id].family) for one in scenario.work_centers
    )
    return replace(
        scenario,
        work_centers=centers,
        orders=tuple(sorted(orders, key=lambda one: one.id)),
        follow=_turns_of_lots(scenario.follow, lots),
        actuals=tuple(
            sorted([*(_past(one, begun) for one in scenario.actuals), *begun.values()], key=_place)
        ),
        previous_blocks=tuple(blocks),
    )


def _turns_of_lots(follow: Sequence[Turn], lots: Lots) -> tuple[Turn, ...]:
    """A sequence that names each lot of an order: its turns are theirs, one after the other.

    One that names the order once is of a campaign, which a mix is not: it is not followed.
    """
    turns = Counter((one.order, one.seq) for one in follow)
    wait = {
        (id_, seq): [lot.id for lot in cut if _has(lot, seq)]
        for id_, cut in lots.items()
        for seq in {step.seq for lot in cut for step in lot.operations}
    }
    if any(turns[key] != len(names) for key, names in wait.items()):
        return ()
    left = {key: iter(names) for key, names in wait.items()}
    return tuple(
        replace(one, order=next(left[one.order, one.seq])) if (one.order, one.seq) in left else one
        for one in follow
    )


def _running(lot: Order, task: Task) -> Actual:
    """What is under way of an order is the first of its lots that has the operation."""
    return Actual(
        order=lot.id,
        seq=task.operation.seq,
        running_on=task.pinned,
        setup_left_us=task.setup_left,
    )


def _has(order: Order, seq: int) -> bool:
    return any(one.seq == seq for one in order.operations)


def _goes_on(
    task: Task, lot: Order, scenario: Scenario, blocks: Sequence[Block], capacity: Capacity
) -> bool:
    """Whether what is under way of an operation is to go on with its first lot.

    One whose pitch has not begun may let others pass: it only finds its operation set up. What
    goes on as the plan before had it is seen in that plan's blocks.
    """
    center = next((one for one in scenario.work_centers if one.id == task.pinned), None)
    if center is None:
        return False
    fence = fence_of(scenario, NOTHING)
    opens = capacity.timeline(center).open_at(fence)
    if any((step.not_before or 0) > opens for step in lot.operations if step.seq == task.key[1]):
        return False
    said = {(one.order, one.seq) for one in scenario.actuals if one.running_on}
    here = [one for one in blocks if one.work_center == center.id and one.start < fence]
    mine = [one for one in here if (one.order, one.seq) in (task.key, (lot.id, task.key[1]))]
    amid = any(one.order == task.key[0] and one.end > fence for one in mine)
    return task.key in said or not mine or amid


def _past(actual: Actual, begun: Mapping[Key, Actual]) -> Actual:
    """What was made of a levelled order stays with it; what goes on is one of its lots."""
    if (actual.order, actual.seq) not in begun:
        return actual
    return replace(actual, running_on=None, setup_left_us=0)


def _place(actual: Actual) -> tuple[str, int]:
    return (actual.order, actual.seq)
