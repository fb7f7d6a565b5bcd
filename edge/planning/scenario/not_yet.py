"""What the format carries and the solver does not plan: refused here and nowhere else."""

from collections.abc import Iterator

from edge.domain.faults import Fault
from edge.planning.scenario.model import Operation, Order, Scenario


def not_planned_yet(scenario: Scenario) -> Iterator[Fault]:
    """Every place that asks for what is not planned: gaps to steps that are done outside."""
    for order in scenario.orders:
        for step in gaps_around_outside(order):
            place = f"orders[{order.id}].operations[{step.seq}].max_gap_s"
            mend = "remove it: when pieces go out and come back is not held back for a gap"
            yield Fault(place, "", "is not planned where a step is done outside", mend)


def gaps_around_outside(order: Order) -> Iterator[Operation]:
    """Operations with a longest gap beside a step that is done outside."""
    for before, operation in zip(order.operations, order.operations[1:], strict=False):
        outside = (before.lead_time_us, operation.lead_time_us) != (None, None)
        if outside and operation.max_gap_us is not None:
            yield operation
