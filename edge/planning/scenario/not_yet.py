"""What the format carries and the solver does not plan: refused here and nowhere else."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from edge.domain.faults import Fault
from edge.planning.scenario.crosschecks_flow import starts
from edge.planning.scenario.model import Operation, Order, Scenario

GAP: Final = "max_gap_s"
LIMIT: Final = "wip_limit"
OUTSIDE: Final = "is not planned where a step is done outside"
TIMELESS: Final = "is not planned beside an operation without a cycle time"


def not_planned_yet(scenario: Scenario) -> Iterator[Fault]:
    """Every place that asks for what is not planned: gaps to steps that are done outside, and
    limits of what waits beside operations without a cycle time.
    """
    for order in scenario.orders:
        at = f"orders[{order.id}].operations"
        for step in gaps_around_outside(order):
            mend = "remove it: when pieces go out and come back is not held back for a gap"
            yield Fault(f"{at}[{step.seq}].{GAP}", "", OUTSIDE, mend)
        for step, name in limits_around_unchecked(order):
            mend = "remove it, or give both operations cycle times"
            yield Fault(f"{at}[{step.seq}].{name}", "", TIMELESS, mend)


def gaps_around_outside(order: Order) -> Iterator[Operation]:
    """Operations with a longest gap beside a step that is done outside."""
    for before, operation in pairwise(order.operations):
        outside = (before.lead_time_us, operation.lead_time_us) != (None, None)
        if outside and operation.max_gap_us is not None:
            yield operation


def limits_around_unchecked(order: Order) -> Iterator[tuple[Operation, str]]:
    """Operations with limits beside one without a cycle time, and which: its pieces come and go
    all at once, over a time that nobody has reckoned.
    """
    passed_on = starts(order.quantity, [one.yield_ for one in order.operations])
    for (before, operation), pieces in zip(pairwise(order.operations), passed_on[1:], strict=True):
        if not (before.unchecked or operation.unchecked):
            continue
        if operation.wip_limit is not None and operation.wip_limit < pieces:
            yield operation, LIMIT
        if operation.max_gap_us is not None:
            yield operation, GAP
