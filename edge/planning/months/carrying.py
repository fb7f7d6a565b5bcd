"""What a month asks and the solver does not plan is left out here, and nowhere else.

`not_yet.py` refuses it in a scenario that people wrote; a floor must not stand still for it.
"""

from dataclasses import replace

from edge.planning.scenario.model import Operation, Order, Scenario
from edge.planning.scenario.not_yet import not_planned_yet


def carried(scenario: Scenario) -> Scenario:
    """The scenario without what would be refused: longest gaps to steps that are done outside."""
    if not any(not_planned_yet(scenario)):
        return scenario
    return replace(scenario, orders=tuple(map(_order, scenario.orders)))


def _order(order: Order) -> Order:
    outside = [one.lead_time_us is not None for one in order.operations]
    around = zip([False, *outside], outside, strict=False)
    steps = zip(order.operations, around, strict=True)
    return replace(order, operations=tuple(_step(step, any(pair)) for step, pair in steps))


def _step(step: Operation, is_outside: bool) -> Operation:
    return replace(step, max_gap_us=None) if is_outside and step.max_gap_us is not None else step
