"""Windows of a plan: what comes back is a plan that keeps every rule, and a better one is found."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edge.planning.checking.check import check
from edge.planning.efforts import Effort, Search
from edge.planning.optimizing.cutting import cut, put_back
from edge.planning.optimizing.decoding import decode, sequences_of
from edge.planning.optimizing.improving import Budget, improve
from edge.planning.optimizing.neighbours import LARGEST, around, late_orders
from edge.planning.optimizing.programs import Effort as Work
from edge.planning.optimizing.programs import solved
from edge.planning.optimizing.value import value_of
from edge.planning.solving import solve
from tests.unit.planning.optimizing.test_improving import NEEDS, planned, violations
from tests.unit.planning.scenarios import any_scenario, order, scenario, step

Json = dict[str, Any]
MATRIX = {
    one: {two: 1800 for two in ("F1", "F2", "F3") if two != one} for one in ("F1", "F2", "F3")
}


def busy_week() -> Json:
    """Sixty orders through L1 and then L2, of three families, more than there is time for."""
    dice = Random(7)
    centers = [
        {"id": name, "calendar": "early", "initial_family": "F1", "setup_matrix_s": MATRIX}
        for name in ("L1", "L2")
    ]
    orders = [
        order(
            f"O{n:02}",
            step(10, "L1", dice.choice((18, 36, 54)), transfer_batch=dice.choice((None, 25))),
            step(20, "L2", dice.choice((18, 36, 54))),
            family=f"F{dice.randint(1, 3)}",
            weight=dice.choice((1, 2, 8)),
            due=f"2026-06-{dice.choice((9, 10, 11, 12)):02}T14:00+02:00",
        )
        for n in range(60)
    ]
    return scenario(*orders, work_centers=centers)


@NEEDS
def test_windows_make_a_busy_week_better() -> None:
    plan, capacity = planned(busy_week())
    seen: list[int] = []
    better = improve(
        plan, capacity, Budget(windows=2, work=0.1, seed=1), lambda number, _: seen.append(number)
    )
    assert value_of(better) < value_of(plan)
    assert violations(better, capacity) == ()
    assert seen == [1, 2]
    again = improve(plan, capacity, Budget(windows=2, work=0.1, seed=1))
    assert sequences_of(again) == sequences_of(better)


@NEEDS
def test_it_can_be_stopped_with_the_best_plan_so_far() -> None:
    plan, capacity = planned(busy_week())
    tries: list[int] = []
    better = improve(
        plan,
        capacity,
        Budget(windows=50, work=0.05),
        lambda number, _: tries.append(number),
        lambda: len(tries) == 2,
    )
    assert len(tries) == 2
    assert value_of(better) <= value_of(plan)


@NEEDS
@settings(max_examples=12, deadline=None)
@given(any_scenario(), st.integers(0, 99))
def test_what_a_window_says_is_a_sound_plan_or_none(document: Json, seed: int) -> None:
    plan, capacity = planned(document)
    late = late_orders(plan)
    assume(late)
    segments = around(plan, late[0][0], Random(seed))
    window = cut(plan, capacity, segments)
    assume(window is not None)
    assert window is not None
    found = solved(window, Work(work=0.05))
    assume(found is not None)
    told = put_back(plan, segments, dict(found or {}))
    assert sorted(key for keys in told.values() for key in keys) == sorted(
        key for keys in sequences_of(plan).values() for key in keys
    )
    again = decode(plan.problem.scenario, capacity, told)
    assert again is None or violations(again, capacity) == ()


def test_windows_are_small() -> None:
    plan, _ = planned(busy_week())
    for seed in range(20):
        segments = around(plan, late_orders(plan)[0][0], Random(seed))
        assert 0 < sum(last - first + 1 for first, last in segments.values()) <= LARGEST + 8


@pytest.mark.parametrize("windows", [0, 1])
def test_nothing_late_is_nothing_to_do(windows: int) -> None:
    plan, capacity = planned(scenario(*(order(f"O{n:02}", quantity=1) for n in range(50))))
    assert improve(plan, capacity, Budget(windows=windows)) is plan


RUNS_ON = {
    "now": "2026-06-08T06:00+02:00",
    "actuals": [{"order": "LATE", "seq": 10, "good": 1, "running_on": "L2"}],
}


@pytest.mark.parametrize(
    ("step_of_late", "more"),
    [
        (step(10, "L2", 3600), RUNS_ON),
        ({"seq": 10, "lead_time_s": 864_000}, {}),
    ],
)
def test_what_cannot_be_made_earlier_has_no_window(step_of_late: Json, more: Json) -> None:
    """Late is only what runs on alone on its work center, or is away: that is left as it is."""
    others = (order(f"O{n:02}", quantity=1) for n in range(45))
    late = order("LATE", step_of_late, quantity=5, due="2026-06-08T08:00+02:00")
    plan, capacity = planned(scenario(*others, late, **more))
    assert [one for one, _ in late_orders(plan)] == ["LATE"]
    segments = around(plan, "LATE", Random(1))
    assert segments == {}
    assert cut(plan, capacity, segments) is None
    assert improve(plan, capacity, Budget(windows=3)) is plan
    schedule = solve(plan.problem.scenario, search=Search(effort=Effort.HIGH))
    assert check(plan.problem.scenario, json.loads(json.dumps(schedule))) == ()
