"""What the format carries and the solver does not plan: refused here and nowhere else."""

from collections.abc import Iterator

from edge.domain.faults import Fault
from edge.planning.scenario.model import Scenario


def not_planned_yet(scenario: Scenario) -> Iterator[Fault]:
    """Every place that asks for what is not planned: gaps to steps that are done outside."""
    for order in scenario.orders:
        for before, operation in zip(order.operations, order.operations[1:], strict=False):
            outside = (before.lead_time_us, operation.lead_time_us) != (None, None)
            if outside and operation.max_gap_us is not None:
                place = f"orders[{order.id}].operations[{operation.seq}].max_gap_s"
                mend = "remove it: when pieces go out and come back is not held back for a gap"
                yield Fault(place, "", "is not planned where a step is done outside", mend)
