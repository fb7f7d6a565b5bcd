"""What the format carries and the solver does not plan is refused, by name."""

import json

import pytest

from edge.planning.checking.check import check
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


@pytest.mark.parametrize("timeless", [10, 20])
@pytest.mark.parametrize(("name", "value"), [("max_gap_s", 7200), ("wip_limit", 111)])
def test_a_limit_beside_an_operation_without_a_cycle_time_is_refused(
    timeless: int, name: str, value: int
) -> None:
    steps = [
        {**step(seq, center, None if seq == timeless else 36), "yield": "0.9", "transfer_batch": 7}
        for seq, center in ((10, "L1"), (20, "L2"))
    ]
    steps[1][name] = value
    with pytest.raises(ScenarioInvalid) as refused:
        solve(parse(scenario(order("O1", *steps))))
    (fault,) = refused.value.faults
    assert fault.place == f"orders[O1].operations[20].{name}"
    assert "cycle time" in fault.message


def test_a_limit_that_does_not_bind_beside_one_without_a_cycle_time_is_planned() -> None:
    """Operation 20 starts 112 pieces, and as many may wait."""
    last = {**step(20, "L2"), "yield": "0.9", "wip_limit": 112}
    plant = parse(scenario(order("O1", step(10, cycle=None), last)))
    assert check(plant, json.loads(json.dumps(solve(plant)))) == ()


def test_without_people_skills_bind_nothing() -> None:
    schedule = solve(parse(scenario(order("O1", {**step(10), "skills": ["weld"]}))))
    assert schedule["hours"]
