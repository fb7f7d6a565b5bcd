"""A plan kept level: what is left is placed anew in the places and the order in force.

So a plan that waits for a person need not be followed, and the one in force need not rot: its
hours are cut anew from what was made. What has begun comes first, where it is; what is not in
force yet comes behind all that is, where the waiting plan has it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from edge.planning.months.planned import PlannedJob, planned_jobs
from edge.planning.scenario.model import Scenario, Turn


def levelled(
    scenario: Scenario, in_force: Iterable[PlannedJob], waiting: Mapping[str, Any]
) -> Scenario:
    """The scenario with the sequences of the plan in force; `waiting` is the schedule that a
    free planner makes of it."""
    alternatives = {
        (order.id, operation.seq): {one.work_center for one in operation.alternatives}
        for order in scenario.orders
        for operation in order.operations
    }
    known = {(one.order, one.operation): one for one in in_force}
    begun = {(one.order, one.seq) for one in scenario.actuals if one.running_on}
    places: list[tuple[tuple[int, int], str, Turn]] = []
    for new in planned_jobs(waiting):
        key = (new.order, new.operation)
        if len(new.producing) > 1:  # lots of a levelled order, each with a turn of its own
            for start, _ in new.producing:
                turn = Turn(work_center=new.work_center, order=new.order, seq=new.operation)
                places.append(((1, start), new.order, turn))
            continue
        old = known.get(key)
        if key in begun or old is None or old.work_center not in alternatives.get(key, ()):
            rank, at = (0 if key in begun else 2, new.start), new.work_center
        else:
            rank, at = (1, old.start), old.work_center
        turn = Turn(work_center=at, order=new.order, seq=new.operation)
        places.append((rank, new.order, turn))
    places.sort(key=lambda place: (place[0], place[1], place[2].seq))
    return replace(scenario, follow=tuple(turn for _, _, turn in places))
