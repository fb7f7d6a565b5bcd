"""From a scenario to its schedule: what cannot be planned is refused, the rest is searched."""

from dataclasses import replace
from typing import Any

from edge.domain.calendars import CalendarEnds
from edge.domain.faults import Fault
from edge.planning.efforts import FIRST, Search, plan_with
from edge.planning.errors import ScenarioInvalid
from edge.planning.placing.preparing import prepared
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Scenario
from edge.planning.scenario.not_yet import not_planned_yet
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
    if refused := tuple(not_planned_yet(scenario)):
        raise ScenarioInvalid(refused)
    try:
        capacity = Capacity(scenario)
        plan = plan_with(prepared(scenario, capacity), capacity, replace(search, seed=seed))
        return schedule_of(plan, capacity, seed, proofs=proofs)
    except CalendarEnds as ends:
        mend = "give it weekly shifts, more `open` times, or always"
        fault = Fault(f"calendars.{ends.calendar}", ends.calendar, str(ends), mend)
        raise ScenarioInvalid((fault,)) from ends
