"""`plan why` explains the very plan that `plan solve` prints, and refuses what that refuses."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.planning.errors import ScenarioInvalid
from edge.planning.explaining.advising import Advice, adviser_of
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import Json, order, scenario, step
from tests.unit.planning.test_lots import levelled_scenario, through_json

DAILY = [{"pitch_s": "day", "products": ["P"]}]
AMOUNTS = ("OVERTIME", "SOONER")
NO_REASON = ("OVERDUE", "OWN", "RELEASED")


def told(document: Json) -> dict[str, list[Advice]]:
    """Advice by late order: of the plan that solve makes, reason by reason, and all proved."""
    read = parse(document)
    late = {one["id"]: one for one in solve(read)["orders"] if one["tardiness_s"]}
    adviser = adviser_of(read)
    assert set(adviser.late) == set(late)
    found = {name: adviser.of(name) for name in adviser.late}
    for name, advice in found.items():
        reasons = [one for one in advice if one.kind not in (*AMOUNTS, *NO_REASON)]
        assert advice, "each late order says something"
        assert [(one.kind, one.completion) for one in reasons] == [
            (row["type"], parse_time(row["relaxed"])) for row in late[name]["reasons"]
        ]
        assert all(one.sound for one in advice)
        due = parse_time(late[name]["due"])
        assert all(one.completion <= due for one in advice if one.kind in AMOUNTS)
    return found


@settings(max_examples=10, deadline=None)
@given(levelled_scenario())
def test_it_is_told_of_the_plan_that_is_printed(document: Json) -> None:
    told(document)


@settings(max_examples=6, deadline=None)
@given(levelled_scenario(), st.integers(1, 30), st.integers(0, 60))
def test_also_of_a_replan(document: Json, hours: int, made: int) -> None:
    before = through_json(solve(parse(document)))
    rows = [row for row in before["hours"] if row["hour"] >= document["plan_start"][:10]]
    again = deepcopy(document)
    again |= {"now": rows[min(hours, len(rows) - 1)]["hour"], "previous": before}
    again["actuals"] = [
        {
            "order": one["id"],
            "seq": one["operations"][0]["seq"],
            "good": min(made, one["quantity"]),
        }
        for one in again["orders"]
    ]
    told(again)


def test_the_order_of_the_plan_in_force_is_explained() -> None:
    """O2 goes on first although O1 is due sooner: an order that is late in that plan alone."""
    document = scenario(
        order("O1", step(10, cycle=60), quantity=10, due="2026-06-08T06:10+02:00"),
        order("O2", step(10, cycle=60), quantity=30, due="2026-06-08T07:00+02:00"),
    )
    turns = [{"work_center": "L1", "order": one, "seq": 10} for one in ("O2", "O1")]
    in_force = solve(parse({**document, "follow": turns}))
    document["orders"][1]["quantity"] = 29
    found = told({**document, "now": document["plan_start"], "previous": in_force})
    assert list(found) == ["O1"]


def test_hours_more_cut_a_levelled_order_anew() -> None:
    """400 pieces of 2 min by Tuesday 10:00: 13 h 20 min of work in 11 h 30 min.

    The second day's lot is 139 pieces, 4 h 38 min. With two hours more on Monday it is 118 or
    119, 3 h 58 min at most; with one hour 128, 4 h 16 min.
    """
    late = order("O1", step(10, cycle=120), quantity=400, due="2026-06-09T10:00+02:00")
    found = told(scenario(late, levelling=DAILY))["O1"]
    assert [(one.kind, one.completion) for one in found] == [
        ("CAPACITY", parse_time("2026-06-09T10:38+02:00")),
        ("OVERTIME", parse_time("2026-06-09T09:58+02:00")),
    ]
    assert found[1].english == "2 h more on L1 by 2026-06-08 16:00: on time"


def test_a_step_without_a_cycle_time_is_explained_too() -> None:
    steps = (step(10, cycle=600), step(20, "L2", None))
    found = told(scenario(order("O1", *steps, due="2026-06-08T14:00+02:00")))
    assert list(found) == ["O1"]


def test_what_solve_refuses_is_refused_with_the_same_faults() -> None:
    read, faults = parse(scenario(order("O1", quantity=10**9))), []
    for make in (solve, adviser_of):
        with pytest.raises(ScenarioInvalid) as invalid:
            make(read)
        faults.append(invalid.value.faults)
    assert faults[0] == faults[1]


def test_an_order_that_is_released_when_it_is_over_says_so() -> None:
    late, due = "2026-06-10T06:00+02:00", "2026-06-09T14:00+02:00"
    found = told(scenario(order("O1", release=late, due=due), order("O2", quantity=10)))
    (said,) = found["O1"]
    assert said.kind == "RELEASED"
    assert "released 2026-06-10 06:00 and was due 2026-06-09 14:00" in said.english
    assert "2026-06-10 06:00" in said.chinese


def test_an_order_that_was_due_before_planning_begins_says_so() -> None:
    late = order("O1", due="2026-06-08T07:00+02:00", quantity=1)
    found = told(scenario(late, now="2026-06-08T08:00+02:00"))
    assert [one.kind for one in found["O1"]] == ["OVERDUE"]


def test_an_order_whose_own_way_is_too_long_says_so() -> None:
    """Two days of gap between two operations, and a day until it is due."""
    steps = (step(10), step(20, "L2", min_gap_s=172_800))
    found = told(scenario(order("O1", *steps, due="2026-06-09T06:00+02:00", quantity=1)))
    assert [one.kind for one in found["O1"]] == ["OWN"]
