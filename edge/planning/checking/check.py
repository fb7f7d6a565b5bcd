"""An independent checker: does a schedule keep the rules of its scenario?

It shares no code with the solver and its hours. What it shares is what comes before any
plan: the scenario's model and parser, compiled calendars, intervals and clock hours. A fault
there would be in both; the tests of those count their hours by hand.
"""

from typing import Any

from edge.planning.checking.blocks import block_violations, used_violations
from edge.planning.checking.flow import flow_violations
from edge.planning.checking.ground import Ground, Violation, read_schedule
from edge.planning.checking.hours import hour_violations
from edge.planning.checking.people import people_violations
from edge.planning.checking.results import result_violations
from edge.planning.checking.unfolded import unfold
from edge.planning.scenario.model import Scenario
from edge.planning.scenario.writing import input_hash

__all__ = ["Violation", "check"]


def check(scenario: Scenario, schedule: Any) -> tuple[Violation, ...]:
    """Every rule that the schedule (JSON) breaks; empty if it is sound.

    Raises ScenarioInvalid if the schedule is not of the format.
    """
    plain = unfold(scenario, schedule)
    ground = Ground(plain.scenario, read_schedule(plain.schedule))
    found = list(plain.violations)
    if plain.scenario is scenario:
        found += used_violations(ground)
    if ground.schedule["input_hash"] != input_hash(scenario):
        found.append(Violation("INPUT", "input_hash", "is that of another scenario"))
    found += block_violations(ground)
    if not any(one.rule == "UNKNOWN" for one in found):
        found += flow_violations(ground)
        found += people_violations(ground)
        found += hour_violations(ground)
        found += result_violations(ground)
    return tuple(found)
