"""A scenario as the solver takes it: levelled orders as lots, unchecked steps as time that passes.

The solver knows orders with cycle times. A levelled order becomes one order for each lot,
an operation without a cycle time a step that takes a lead time; the scenario as it came
stays beside it (`origin`), and the schedule is written for that.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from edge.planning.levels.lots import Lots, lots_of
from edge.planning.placing.relaxing import NOTHING
from edge.planning.placing.tasks import Problem, Task, problem_of
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
    return _with_lots(spread, problem, lots_of(spread, problem, capacity), standing)


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
    standing: Mapping[str, Standing],
) -> Scenario:
    """Each levelled order makes way for its lots; of itself nothing is left to plan."""
    orders: list[Order] = []
    actuals: list[Actual] = []
    for order in scenario.orders:
        cut = lots.get(order.id, ())
        if not cut:
            orders.append(order)
            continue
        orders += [replace(order, quantity=0, material=()), *cut]
        for task in problem.chains[order.id]:
            first = next((one for one in cut if _has(one, task.operation.seq)), None)
            if task.pinned and first is not None:
                actuals.append(_running(first, task))
    centers = tuple(
        replace(one, initial_family=standing[one.id].family) for one in scenario.work_centers
    )
    return replace(
        scenario,
        work_centers=centers,
        orders=tuple(sorted(orders, key=lambda one: one.id)),
        follow=_turns_of_lots(scenario.follow, lots),
        actuals=tuple(
            sorted([*(_past(one, lots) for one in scenario.actuals), *actuals], key=_place)
        ),
        previous_blocks=tuple(one for one in scenario.previous_blocks if not _cut(one, lots)),
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


def _past(actual: Actual, lots: Lots) -> Actual:
    """What was made of a levelled order stays with it; what runs on is one of its lots."""
    if actual.order not in lots:
        return actual
    return replace(actual, running_on=None, setup_left_us=0)


def _cut(block: Block, lots: Lots) -> bool:
    return block.order in lots


def _place(actual: Actual) -> tuple[str, int]:
    return (actual.order, actual.seq)
