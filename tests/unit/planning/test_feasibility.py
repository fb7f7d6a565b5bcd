"""What is needed by each due date against what is there, worked out by hand; a bound for all."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from edge.commands.plan import plan
from edge.domain.clock import parse_time, to_datetime
from edge.planning.feasibility import MOST_ORDERS, feasibility
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import EARLY, MONDAY, any_scenario, order, scenario, step

Json = dict[str, Any]
TODAY, TOMORROW = "2026-06-08T14:00+02:00", "2026-06-09T14:00+02:00"


def either(seq: int, first: int, second: int, setup: int = 0) -> Json:
    """An operation that L1 or L2 can do, with cycles of so many seconds."""
    one, two = step(seq, "L1", first, setup), step(seq, "L2", second, setup)
    return {**one, "alternatives": [*one["alternatives"], *two["alternatives"]]}


def found(*orders: Json, **more: Any) -> Json:
    return feasibility(parse(scenario(*orders, **more))).as_json()


def test_what_fits_is_not_overloaded() -> None:
    """750 pieces of 36 s are 7.5 h: an early shift less its break, to the second."""
    fits = found(order("O1", quantity=750, due=TODAY))
    assert fits["overloads"] == []
    row = {
        "work_centers": ["L1"],
        "due": "2026-06-08T14:00:00+02:00",
        "required_s": 27_000,
        "available_s": 27_000,
    }
    assert fits["loads"] == [row]
    (over,) = found(order("O1", quantity=751, due=TODAY))["overloads"]
    assert (over["overload_s"], over["overload_h"]) == (36, "0.01")


def test_due_dates_add_up_and_shares_are_named() -> None:
    """Today 5 h + 300 s set-up of 7.5; by tomorrow 5 + 12 h and twice 300 s of 15 h."""
    today = order("A", step(10, setup=300), quantity=500, due=TODAY)
    tomorrow = order("B", step(10, setup=300), quantity=1200, due=TOMORROW)
    both = found(today, tomorrow)
    assert [one["required_s"] for one in both["loads"]] == [18_300, 18_300 + 43_500]
    (over,) = both["overloads"]
    assert (over["due"], over["overload_s"], over["overload_h"]) == (
        "2026-06-09T14:00:00+02:00",
        7_800,
        "2.17",
    )
    assert over["orders"] == [
        {"order": "B", "required_s": 43_500, "percent": "70.4"},
        {"order": "A", "required_s": 18_300, "percent": "29.6"},
    ]
    assert over["others"] == 0


def test_a_choice_is_certain_for_both_work_centers_alone_for_neither() -> None:
    """1,600 pieces of 36 s on L1 or of 72 s on L2: at least 16 h of the 15 h that both have."""
    (over,) = found(order("O1", either(10, 36, 72), quantity=1600, due=TODAY))["overloads"]
    assert over["work_centers"] == ["L1", "L2"]
    assert over["overload_h"] == "1.00"


def test_groups_that_hang_together_are_looked_at_together() -> None:
    """L1 must do 7.5 h, and L1 or L2 another 7.6 h: each fits alone, not both in 15 h."""
    hold = order("A", quantity=750, due=TODAY)
    more = order("B", either(10, 36, 36), quantity=760, due=TODAY)
    (over,) = found(hold, more)["overloads"]
    assert (over["work_centers"], over["overload_s"]) == (["L1", "L2"], 360)


def test_the_set_up_of_the_best_choice_counts_and_changeovers_do_not() -> None:
    matrix = {"F1": {"F2": 3600}, "F2": {"F1": 3600}}
    centers = [{"id": "L1", "calendar": "early", "setup_matrix_s": matrix}]
    pair = (order("A", quantity=375, due=TODAY), order("B", quantity=375, due=TODAY, family="F2"))
    assert not found(*pair, work_centers=centers)["overloaded"]


def test_the_yield_is_started_and_what_was_made_is_not_needed() -> None:
    """1,000 at 2 % loss start 1,021; 500 good of them made, 511 more are to be started."""
    one = order("O1", {**step(10), "yield": "0.98"}, quantity=1000)
    assert found(one)["loads"][0]["required_s"] == 1021 * 36
    at = {"now": "2026-06-08T08:00+02:00", "actuals": {"O1": {"10": {"good": 500, "scrap": 10}}}}
    again = found(one, **at)
    assert again["from"] == "2026-06-08T08:00:00+02:00"
    assert again["loads"][0]["required_s"] == 510 * 36  # the piece in work is left out
    assert again["loads"][0]["available_s"] == 127_800  # 5.5 h and 4 x 7.5 h


def test_a_due_date_that_has_passed_has_no_time() -> None:
    at = {"now": "2026-06-09T08:00+02:00"}
    (over,) = found(order("O1", quantity=10, due=TODAY), **at)["overloads"]
    assert (over["available_s"], over["overload_s"]) == (0, 360)


def test_outside_steps_need_no_work_center_and_no_due_date_is_the_plans_end() -> None:
    out = {"seq": 10, "lead_time_s": 900_000}
    assert found(order("O1", out, step(20)))["loads"][0]["required_s"] == 3600
    many = order("O1", quantity=751)
    del many["due"]
    makespan = {"objective": "makespan"}
    assert found(many, **makespan)["loads"] == []
    assert found(many, plan_end=TODAY, **makespan)["overloaded"]


def test_people_are_reckoned_by_the_skills_that_are_asked_for() -> None:
    """Ann alone can weld and is away for 2 h of her 7.5; Bob can check, as she can."""
    away = [[MONDAY, "2026-06-08T08:00+02:00"]]
    ann = {"id": "ann", "calendar": "early", "skills": ["weld", "check"], "absent": away}
    bob = {"id": "bob", "calendar": "early", "skills": ["check"]}
    weld = order("A", step(10, skills=["weld"]), quantity=600, due=TODAY)
    check = order("B", step(10, "L2", skills=["check"]), quantity=600, due=TODAY)
    both = found(weld, check, people=[ann, bob])
    people = [one for one in both["overloads"] if "people" in one]
    assert [(one["people"], one["skills"], one["overload_h"]) for one in people] == [
        (["ann"], ["weld"], "0.50")
    ]
    together = [one for one in both["loads"] if one.get("people") == ["ann", "bob"]]
    assert [(one["required_s"], one["available_s"]) for one in together] == [(43_200, 46_800)]
    assert together[0]["skills"] == ["check", "weld"]


def test_the_largest_orders_are_named_and_the_others_counted() -> None:
    many = [order(f"O{index:02}", quantity=100 + index, due=TODAY) for index in range(30)]
    (over,) = found(*many)["overloads"]
    assert [one["order"] for one in over["orders"][:2]] == ["O29", "O28"]
    assert (len(over["orders"]), over["others"]) == (MOST_ORDERS, 10)


def test_what_is_released_after_it_is_due_is_said(tmp_path: Path) -> None:
    late = order("O1", release="2026-06-10T06:00+02:00", due="2026-06-09T14:00+02:00", quantity=1)
    document = scenario(late, order("O2", quantity=1))
    assert "released_late" not in feasibility(parse(scenario(order("O2")))).as_json()
    assert feasibility(parse(document)).as_json()["released_late"] == [
        {
            "order": "O1",
            "release": "2026-06-10T06:00:00+02:00",
            "due": "2026-06-09T14:00:00+02:00",
        }
    ]
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(document))
    for command in ("feasibility", "solve"):
        said = run(path, command)
        assert said.exit_code == 0
        assert "O1 is released 2026-06-10 06:00 and due 2026-06-09 14:00: it is late" in said.stdout
        chinese = run(path, command, "--language", "zh").stdout
        assert "O1 于 2026-06-10 06:00 才放行，而交期是 2026-06-09 14:00" in chinese
    begun = document | {
        "now": "2026-06-08T07:00+02:00",
        "actuals": [{"order": "O1", "seq": 10, "good": 0, "scrap": 0, "running_on": "L1"}],
    }
    assert "released_late" not in feasibility(parse(begun)).as_json()


@settings(max_examples=40, deadline=None)
@given(any_scenario(), st.integers(0, 200))
def test_what_is_released_late_is_late_in_the_plan(document: Json, hours_later: int) -> None:
    first = document["orders"][0]
    due = parse_time(first["due"])
    first["release"] = to_datetime(due + hours_later * 3_600_000_000).isoformat()
    problem = parse(document)
    rows = {one["id"]: one for one in solve(problem)["orders"]}
    for one in feasibility(problem).released_late:
        assert rows[one.id]["tardiness_s"] > 0


def run(path: Path, *words: str) -> Any:
    return CliRunner().invoke(plan, [*words[:1], str(path), *words[1:]])


def test_the_command_and_the_part_of_solve(tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(scenario(order("O1", quantity=800, due=TODAY))))
    said = run(path, "feasibility")
    assert said.exit_code == 1
    assert "8.00      7.50     0.50     O1 100.0 %" in said.stdout
    assert json.loads(run(path, "feasibility", "--json").stdout)["overloaded"] is True
    solved = run(path, "solve", "--json")
    schedule = json.loads(solved.stdout)
    assert schedule["feasibility"]["overloads"][0]["overload_s"] == 1800
    assert "0.50     O1 100.0 %" in run(path, "solve").stdout
    written = tmp_path / "schedule.json"
    written.write_text(solved.stdout)
    assert CliRunner().invoke(plan, ["check", str(path), str(written)]).exit_code == 0
    path.write_text(json.dumps(scenario(order("O1"))))
    said = run(path, "feasibility")
    assert (said.exit_code, said.stdout.splitlines()[0][:27]) == (0, "No work center is overloade")
    path.write_text(json.dumps(scenario(order("O1", quantity=-1))))
    assert run(path, "feasibility").exit_code == 3


def test_early_shift_of_the_examples() -> None:
    """The examples above reckon with 7.5 h a day."""
    assert (EARLY["start"], EARLY["end"]) == ("06:00", "14:00")


@settings(max_examples=40)
@given(any_scenario())
def test_what_is_overloaded_is_late_in_every_plan(document: Json) -> None:
    one = parse(document)
    overloads = feasibility(one).overloads
    if not overloads:
        return
    schedule = solve(one)
    ends = {row["id"]: parse_time(row["completion"]) for row in schedule["orders"]}
    for over in overloads:
        due = [order.id for order in one.orders if order.due and order.due <= over.due]
        assert max(ends[order] for order in due) > over.due
