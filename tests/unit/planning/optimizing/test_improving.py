"""An improved plan is better and sound, or it is the plan that was given."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.planning.checking.check import check
from edge.planning.errors import OptimizerMissing
from edge.planning.optimizing.decoding import decode, sequences_of
from edge.planning.optimizing.improving import Budget, improve
from edge.planning.optimizing.programs import installed, library
from edge.planning.optimizing.value import value_of
from edge.planning.placing.solver import Plan, make_plan
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse
from edge.planning.schedules.schedule import schedule_of
from tests.unit.planning.scenarios import any_scenario, order, scenario

Json = dict[str, Any]
NEEDS = pytest.mark.skipif(not installed(), reason="the extra `optimizer` is not installed")
SMALL = Budget(windows=4, work=0.2, whole=0.2)


def planned(document: Json) -> tuple[Plan, Capacity]:
    found = parse(document)
    capacity = Capacity(found)
    return make_plan(found, capacity), capacity


def violations(plan: Plan, capacity: Capacity) -> tuple[Any, ...]:
    schedule = json.loads(json.dumps(schedule_of(plan, 0)))
    return check(plan.problem.scenario, schedule)


def job_shop(*jobs: list[tuple[int, int]]) -> Json:
    """Jobs of (machine, seconds)."""
    centers = sorted({machine for job in jobs for machine, _ in job})
    orders = [
        {
            **order(
                f"J{number}",
                *(
                    {
                        "seq": 10 * (index + 1),
                        "alternatives": [{"work_center": f"M{machine}", "cycle_s": seconds}],
                    }
                    for index, (machine, seconds) in enumerate(job)
                ),
                quantity=1,
            ),
            "due": None,
        }
        for number, job in enumerate(jobs)
    ]
    return scenario(
        *orders,
        calendars={"always": {"always": True}},
        work_centers=[{"id": f"M{number}", "calendar": "always"} for number in centers],
        objective="makespan",
    )


# By hand: M0 has 3 + 2 + 4 = 9 s of work and someone must come to it first; with J1 (which
# begins there) first, then J0 and J2, M0 is busy from 0 to 9 and J2, last there, ends there.
SHOP = job_shop([(1, 2), (0, 3)], [(0, 2), (1, 4)], [(1, 1), (0, 4)])


@NEEDS
def test_the_shortest_plan_of_a_small_shop_is_found() -> None:
    plan, capacity = planned(SHOP)
    better = improve(plan, capacity, SMALL)
    assert value_of(better)[0] == 9
    assert violations(better, capacity) == ()


@NEEDS
def test_setups_by_family_are_weighed() -> None:
    """Four orders due together; grouped by family only one change is made, not three."""
    matrix = {"F1": {"F2": 3600}, "F2": {"F1": 3600}}
    due = "2026-06-08T08:00+02:00"
    document = scenario(
        *(
            order(name, family=family, quantity=50, due=due, weight=weight)
            for name, family, weight in (("A", "F1", 4), ("B", "F2", 9), ("C", "F1", 3))
        )
    )
    document["work_centers"] = [
        {"id": "L1", "calendar": "early", "initial_family": "F1", "setup_matrix_s": matrix}
    ]
    plan, capacity = planned(document)
    better = improve(plan, capacity, SMALL)
    assert value_of(better) == value_of(plan) or violations(better, capacity) == ()
    assert value_of(better) <= value_of(plan)
    assert value_of(better)[1] == 3600


@NEEDS
@settings(max_examples=8, deadline=None)
@given(any_scenario())
def test_never_worse_and_always_sound(document: Json) -> None:
    plan, capacity = planned(document)
    better = improve(plan, capacity, SMALL)
    assert better is plan or value_of(better) < value_of(plan)
    assert violations(better, capacity) == ()


@settings(max_examples=30, deadline=None)
@given(any_scenario())
def test_a_plan_told_its_own_sequences_is_no_worse(document: Json) -> None:
    plan, capacity = planned(document)
    again = decode(plan.problem.scenario, capacity, sequences_of(plan))
    assert again is not None
    assert value_of(again) <= value_of(plan)
    assert violations(again, capacity) == ()


@settings(max_examples=30, deadline=None)
@given(any_scenario(), st.randoms(use_true_random=False))
def test_any_sequences_give_a_sound_plan_or_none(document: Json, dice: Any) -> None:
    plan, capacity = planned(document)
    told = {center: list(keys) for center, keys in sequences_of(plan).items()}
    for keys in told.values():
        dice.shuffle(keys)
    found = decode(plan.problem.scenario, capacity, {one: tuple(told[one]) for one in told})
    assert found is None or violations(found, capacity) == ()


def test_sequences_that_wait_for_each_other_are_no_plan() -> None:
    plan, capacity = planned(job_shop([(0, 1), (1, 1)], [(1, 1), (0, 1)]))
    circle = {"M0": (("J1", 20), ("J0", 10)), "M1": (("J0", 20), ("J1", 10))}
    assert decode(plan.problem.scenario, capacity, circle) is None


def test_without_the_library_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools", None)
    assert not installed()
    with pytest.raises(OptimizerMissing, match="optimizer"):
        library()


ONE_HASH = """
import json, hashlib
from tests.unit.planning.optimizing.test_improving import SHOP, SMALL, planned
from edge.planning.optimizing.improving import improve
from edge.planning.explaining.explained import explained
plan, capacity = planned(SHOP)
text = json.dumps(explained(improve(plan, capacity, SMALL), capacity, 0))
print(hashlib.sha256(text.encode()).hexdigest())
"""


@NEEDS
def test_the_same_bytes_in_any_process() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", ONE_HASH],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1
