"""Windows of a plan: what comes back is a plan that keeps every rule, and a better one is found."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edge.planning.checking.check import check
from edge.planning.efforts import Effort, Search
from edge.planning.optimizing import cutting
from edge.planning.optimizing.cutting import cut, put_back
from edge.planning.optimizing.decoding import decode, sequences_of
from edge.planning.optimizing.easing import eased, way_now
from edge.planning.optimizing.improving import Budget, improve
from edge.planning.optimizing.neighbours import LARGEST, around, late_orders
from edge.planning.optimizing.programs import Effort as Work
from edge.planning.optimizing.programs import solved
from edge.planning.optimizing.value import value_of
from edge.planning.optimizing.whole import whole_window
from edge.planning.optimizing.window import Window
from edge.planning.placing.preparing import prepared
from edge.planning.placing.solver import Plan, make_plan
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse
from edge.planning.schedules.schedule import schedule_of
from edge.planning.solving import solve
from tests.unit.planning.optimizing.as_it_stands import broken
from tests.unit.planning.optimizing.test_improving import NEEDS, planned, violations
from tests.unit.planning.scenarios import any_scenario, order, scenario, step
from tests.unit.planning.test_lots_set_up import busy_scenario

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


@settings(max_examples=60, deadline=None)
@given(any_scenario(), st.integers(0, 99))
def test_a_plan_keeps_the_windows_that_are_cut_out_of_it(document: Json, seed: int) -> None:
    """Else nothing is found in them: also where times are rounded, and hours differ."""
    plan, capacity = planned(document)
    assert broken(whole_window(plan, capacity)) == []
    if late := late_orders(plan):
        window = cut(plan, capacity, around(plan, late[0][0], Random(seed)))
        assert window is None or broken(window) == []


@pytest.mark.parametrize("seed", range(12))
def test_a_busy_week_keeps_its_windows_though_nothing_is_eased(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where hours are the same and ticks exact a window says what the planner does: the set-up of
    a change of family comes before the run, and not before the pieces' first batch."""

    def unchanged(window: Window, tasks: Any) -> Window:
        found = eased(window, tasks)
        assert [(one.hint, one.latest) for one in found.jobs] == [
            (one.hint, one.latest) for one in window.jobs
        ]
        assert (found.posts, found.horizon) == (window.posts, window.horizon)
        return found

    monkeypatch.setattr(cutting, "eased", unchanged)
    plan, capacity = planned(busy_week())
    dice = Random(seed)
    for order_id, _ in late_orders(plan)[:5]:
        window = cut(plan, capacity, around(plan, order_id, dice))
        assert window is not None
        assert broken(window) == []


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


@settings(max_examples=60, deadline=None)
@given(busy_scenario(), st.integers(0, 99))
def test_windows_know_that_a_lot_behind_its_own_is_not_set_up(document: Json, seed: int) -> None:
    plan, capacity = in_lots(document)
    window = whole_window(plan, capacity)
    assert broken(window) == []
    placed = {task.key: task.placed for task in plan.tasks if task.placed}
    for job in window.jobs:
        stands = placed[job.key]
        assert (job.change + way_now(job).setup > 0) == (stands.setup_us > 0)
    if late := late_orders(plan):
        cut_out = cut(plan, capacity, around(plan, late[0][0], Random(seed)))
        assert cut_out is None or broken(cut_out) == []


@NEEDS
def test_windows_put_lots_beside_each_other() -> None:
    """Sequences with every product twice in a pitch come back with fewer set-ups, and sound."""
    document = scenario(
        *(order(f"O{n}", step(10, setup=1800), quantity=90, family=f"F{n % 3}") for n in range(4)),
        levelling=[{"pitch_s": "day", "products": ["P"]}],
    )
    plan, capacity = in_lots(document)
    turned = {
        center: tuple(sorted(keys, key=lambda key: (key[0][-5:], key[0])))
        for center, keys in sequences_of(plan).items()
    }
    worse = decode(plan.problem.scenario, capacity, turned)
    assert worse is not None
    better = improve(worse, capacity, Budget(windows=2, work=0.5, whole=0.5, seed=1))
    assert value_of(better) < value_of(worse)
    schedule = json.loads(json.dumps(schedule_of(better, 0)))
    assert check(parse(document), schedule) == ()


def in_lots(document: Json) -> tuple[Plan, Capacity]:
    found = parse(document)
    capacity = Capacity(found)
    return make_plan(prepared(found, capacity), capacity), capacity
