"""What the format carries and the solver does not plan yet: refused here and nowhere else.

When the solver learns one of these, take its line out of NOT_YET.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from edge.domain.faults import Fault
from edge.planning.scenario.model import Operation, Order, Scenario

Place = tuple[Order, Operation]
NOT_YET: Final[Mapping[str, tuple[Callable[[Place], object], str]]] = {
    "wip_limit": (
        lambda place: place[1].wip_limit is not None,
        "remove it: stock between operations is not limited by the plan",
    ),
    "max_gap_s": (
        lambda place: place[1].max_gap_us is not None,
        "remove it: the time between operations has no upper bound in the plan",
    ),
    "skills": (
        lambda place: place[1].skills,
        "remove it, or the people: people's skills are not part of the plan",
    ),
}


def not_planned_yet(scenario: Scenario) -> Iterator[Fault]:
    """Every place that asks for what is not planned yet."""
    for order in scenario.orders:
        for operation in order.operations:
            for name, (asked, mend) in NOT_YET.items():
                if name == "skills" and not scenario.people:
                    continue  # without people skills bind nothing
                if asked((order, operation)):
                    place = f"orders[{order.id}].operations[{operation.seq}].{name}"
                    yield Fault(place, "", "is not planned yet", mend)
