"""What a month carries and the solver does not plan yet is left out here, and nowhere else.

`not_yet.py` refuses it in a scenario that people wrote; a floor must not stand still for it. When
nothing is left in NOT_YET, nothing is left out, and this module can go.
"""

from dataclasses import replace

from edge.planning.scenario.model import Operation, Scenario
from edge.planning.scenario.not_yet import NOT_YET


def carried(scenario: Scenario) -> Scenario:
    """The scenario without what would be refused."""
    if not NOT_YET:
        return scenario
    return replace(
        scenario,
        people=() if "skills" in NOT_YET else scenario.people,
        orders=tuple(
            replace(order, operations=tuple(map(_step, order.operations)))
            for order in scenario.orders
        ),
    )


def _step(step: Operation) -> Operation:
    if step.wip_limit is None and step.max_gap_us is None:
        return step
    return replace(
        step,
        wip_limit=None if "wip_limit" in NOT_YET else step.wip_limit,
        max_gap_us=None if "max_gap_s" in NOT_YET else step.max_gap_us,
    )
