"""From a scenario to its schedule: what cannot be planned is refused, the rest is searched."""

from dataclasses import replace
from typing import Any

from edge.planning.efforts import FIRST, Search, plan_with
from edge.planning.placing.preparing import prepared
from edge.planning.placing.solver import Plan
from edge.planning.placing.timeline import Capacity
from edge.planning.reaching import refusing
from edge.planning.scenario.model import Scenario
from edge.planning.schedules.schedule import schedule_of

Json = dict[str, Any]


def solve(
    scenario: Scenario, seed: int = 0, *, proofs: int | None = None, search: Search = FIRST
) -> Json:
    """The schedule of the best plan that the search finds; the same scenario, seed and effort
    give the same bytes.

    No late order says why if the proofs, each a plan made again, would take more than `proofs`
    placements; None: whatever they take.
    Raises ScenarioInvalid if a calendar ends before the plan does, or if the scenario
    asks for what is not planned yet.
    """
    with refusing(scenario) as capacity:
        plan = plan_of(scenario, capacity, replace(search, seed=seed))
        return schedule_of(plan, capacity, seed, proofs=proofs)


def plan_of(scenario: Scenario, capacity: Capacity, search: Search = FIRST) -> Plan:
    """The one plan of a scenario: `plan solve` writes it, and `plan why` explains it.

    Raises CalendarEnds if a calendar does; `refusing` says which place that is.
    """
    return plan_with(prepared(scenario, capacity), capacity, search)
