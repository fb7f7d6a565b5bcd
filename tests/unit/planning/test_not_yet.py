"""What the format carries and the solver does not plan is refused, by name."""

import pytest

from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import order, scenario, step

OUTSIDE = {"seq": 20, "lead_time_s": 3600}


@pytest.mark.parametrize("gap", [20, 30])
def test_a_longest_gap_to_a_step_outside_is_refused(gap: int) -> None:
    steps = [step(10), OUTSIDE, step(30, "L2")]
    steps[gap // 10 - 1] = {**steps[gap // 10 - 1], "max_gap_s": 7200}
    with pytest.raises(ScenarioInvalid) as refused:
        solve(parse(scenario(order("O1", *steps))))
    (fault,) = refused.value.faults
    assert fault.place == f"orders[O1].operations[{gap}].max_gap_s"
    assert "outside" in fault.message


def test_without_people_skills_bind_nothing() -> None:
    schedule = solve(parse(scenario(order("O1", {**step(10), "skills": ["weld"]}))))
    assert schedule["hours"]
