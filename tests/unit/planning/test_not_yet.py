"""What the format carries and the solver does not plan is refused, by name."""

from typing import Any

import pytest

from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.not_yet import NOT_YET
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import order, scenario, step

FIRST, SECOND = step(10, transfer_batch=20), step(20, "L2")
MATERIAL = [{"from": "2026-06-09T06:00+02:00", "quantity": 100}]
ASKED: dict[str, tuple[dict[str, Any], str]] = {
    "wip_limit": (order("O1", FIRST, {**SECOND, "wip_limit": 20}), ".operations[20].wip_limit"),
    "max_gap_s": (order("O1", FIRST, {**SECOND, "max_gap_s": 0}), ".operations[20].max_gap_s"),
    "skills": (order("O1", {**FIRST, "skills": ["weld"]}, SECOND), ".operations[10].skills"),
    "material": (order("O1", FIRST, SECOND, material=MATERIAL), ".material"),
}
ANN = {"id": "ann", "calendar": "early", "skills": ["weld"]}


@pytest.mark.parametrize("name", NOT_YET)
def test_what_is_not_planned_yet_is_refused(name: str) -> None:
    one, place = ASKED[name]
    with pytest.raises(ScenarioInvalid) as refused:
        solve(parse(scenario(one, people=[ANN])))
    (fault,) = refused.value.faults
    assert (fault.place, fault.message) == (f"orders[O1]{place}", "is not planned yet")


def test_without_people_skills_bind_nothing() -> None:
    schedule = solve(parse(scenario(ASKED["skills"][0])))
    assert schedule["hours"]
