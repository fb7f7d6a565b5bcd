"""From a scenario to its schedule: what cannot be planned is refused, the rest is searched."""

from dataclasses import replace
from typing import Any, Final

from edge.planning.efforts import FIRST, Search, Until, plan_with
from edge.planning.explaining.explained import explained
from edge.planning.placing.preparing import prepared
from edge.planning.placing.solver import Plan
from edge.planning.placing.timeline import Capacity
from edge.planning.refusals.refusing import refusing
from edge.planning.scenario.model import Scenario

Json = dict[str, Any]
KEPT_FOR_REASONS: Final = 0.25  # of the seconds that a search is given


def solve(
    scenario: Scenario, seed: int = 0, *, proofs: int | None = None, search: Search = FIRST
) -> Json:
    """The schedule of the best plan that the search finds; the same scenario, seed and effort
    give the same bytes.

    No late order says why if the proofs, each a plan made again, would take more than `proofs`
    placements; None: whatever they take. `search.seconds` bounds all of it and `search.stop` ends
    it; late orders that say no reason for that stand in `unexplained`.
    Raises ScenarioInvalid if a calendar ends before the plan does, or if the scenario
    asks for what is not planned yet.
    """
    search = replace(search, seed=seed)
    until = Until(search, KEPT_FOR_REASONS if any(one.due for one in scenario.orders) else 0.0)
    with refusing(scenario) as capacity:
        plan = plan_of(scenario, capacity, search, until)
        return explained(plan, capacity, seed, proofs=proofs, over=until.over)


def plan_of(
    scenario: Scenario, capacity: Capacity, search: Search = FIRST, until: Until | None = None
) -> Plan:
    """The one plan of a scenario: `plan solve` writes it, and `plan why` explains it.

    Raises CalendarEnds if a calendar does; `refusing` says which place that is.
    """
    return plan_with(prepared(scenario, capacity), capacity, search, until)
