"""What a month asks and no plan can keep is left out, and told.

In a scenario that people wrote it is refused; a floor must not stand still for it.
"""

from collections.abc import Iterator
from dataclasses import replace

from edge.planning.scenario.crosschecks_flow import each_has_one
from edge.planning.scenario.model import Operation, Order, Scenario
from edge.planning.scenario.not_yet import not_planned_yet


def carried(scenario: Scenario) -> Scenario:
    """The scenario without what would be refused: longest gaps to steps that are done outside."""
    if not any(not_planned_yet(scenario)):
        return scenario
    return replace(scenario, orders=tuple(map(_order, scenario.orders)))


def unkept(scenario: Scenario) -> tuple[str, ...]:
    """The limits that are left out, in words: gaps to steps outside, and those of operations that
    share their only work center.
    """
    gaps = (f"{one.place}: {one.message}" for one in not_planned_yet(scenario))
    return (*gaps, *(said for order in scenario.orders for said in _shared(order)))


def _shared(order: Order) -> Iterator[str]:
    group: list[list[str]] = []
    for step in order.operations:
        ways = [one.work_center for one in step.alternatives]
        scarce = step.wip_limit is not None and step.wip_limit < order.quantity
        limited = scarce or step.max_gap_us is not None
        group = [*group, ways] if limited and group else [ways]
        if not ways:
            group = []
        elif not each_has_one(group):
            yield (
                f"orders[{order.id}].operations[{step.seq}]: wip_limit and max_gap_s are not kept, "
                f"{' or '.join(ways)} is needed by a step before it too"
            )
            group = [ways]


def _order(order: Order) -> Order:
    outside = [one.lead_time_us is not None for one in order.operations]
    around = zip([False, *outside], outside, strict=False)
    steps = zip(order.operations, around, strict=True)
    return replace(order, operations=tuple(_step(step, any(pair)) for step, pair in steps))


def _step(step: Operation, is_outside: bool) -> Operation:
    return replace(step, max_gap_us=None) if is_outside and step.max_gap_us is not None else step
