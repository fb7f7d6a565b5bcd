"""Why orders are late: worked out by hand, and for any scenario proved and judged."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from typer.testing import CliRunner

from edge.planning.checking.check import check
from edge.planning.cli import plan
from edge.planning.explaining.advising import Adviser, adviser_of
from edge.planning.explaining.reasons import Reasons
from edge.planning.explaining.remedies import HOUR, by_sequences, overtime
from edge.planning.placing.solver import make_plan
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Order, Scenario
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.full_scenarios import full_scenario
from tests.unit.planning.scenarios import any_scenario, order, scenario, step

Json = dict[str, Any]
CASES = sorted((Path(__file__).parents[2] / "cases" / "planning" / "reasons").glob("*.json"))


def test_the_designed_cases_are_there_for_each_type() -> None:
    found = {
        reason["type"]
        for path in CASES
        for late in json.loads(path.read_text())["expect"].values()
        for reason in late["reasons"]
    }
    assert found == {"MATERIAL", "PRECEDENCE", "CALENDAR", "FROZEN", "CAPACITY"}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_designed_case(path: Path) -> None:
    case = json.loads(path.read_text())
    read = parse(case["scenario"])
    rows = {one["id"]: one for one in solve(read)["orders"] if one["tardiness_s"]}
    adviser = adviser_of(read)
    assert set(rows) == set(case["expect"]) == set(adviser.late)
    for name, expected in case["expect"].items():
        assert rows[name]["reasons"] == expected["reasons"]
        advice = adviser.of(name)
        assert [one.english for one in advice] == expected["advice"]
        assert all(one.sound for one in advice)


@settings(max_examples=25, deadline=None)
@given(any_scenario())
def test_every_reason_is_a_sound_plan_of_its_own_in_which_the_order_is_earlier(
    document: Json,
) -> None:
    read = parse(document)
    capacity = Capacity(read)
    found = make_plan(read, capacity)
    ends = {one.id: found.completion(one.id) for one in read.orders}
    late = {one.id: end for one in read.orders if (end := ends[one.id]) and end > (one.due or 0)}
    reasons = Reasons(found, capacity, late)
    for name, completion in late.items():
        for row, proof in reasons.proved(name):
            assert proof is not None
            assert proof.completion < completion
            assert proof.holds(), row


@settings(max_examples=15, deadline=None)
@given(any_scenario())
def test_every_amount_is_enough(document: Json) -> None:
    read = parse(document)
    capacity = Capacity(read)
    adviser = Adviser(make_plan(read, capacity), capacity)
    dues = {one.id: one.due or 0 for one in read.orders}
    for name in adviser.late:
        for one in adviser.of(name):
            assert one.sound
            assert one.chinese
            if one.kind in ("OVERTIME", "SOONER"):
                assert one.completion <= dues[name]


def test_an_hour_less_than_the_fewest_hours_is_not_enough() -> None:
    work = {"work_center": "L1", "cycle_s": 72}
    step = {"seq": 10, "alternatives": [work], "transfer_batch": None}
    read = parse(scenario(order("S", step, quantity=500, due="2026-06-08T22:00+02:00")))
    made = make_plan(read, Capacity(read))
    found = overtime(made, read.orders[0], "L1", by_sequences(made, "S"))
    assert found is not None
    assert (found.hours, found.work_center) == (3, "L1")
    assert read.orders[0].due is not None
    assert read.orders[0].due - found.by == 5 * HOUR


def test_a_large_plan_says_why_for_each_late_order_within_a_bound() -> None:
    """Looked at one by one as far as the bound goes, the others together; all have reasons."""
    due = "2026-06-08T10:00+02:00"
    orders = [order(f"O{n:03}", due=due, weight=1 + n % 3) for n in range(200)]
    late = [one for one in solve(parse(scenario(*orders)))["orders"] if one["tardiness_s"]]
    assert len(late) == 196
    assert all(one["reasons"] for one in late)


def test_the_command_says_it_in_both_languages() -> None:
    path = str(CASES[0].with_stem("capacity_of_the_shift"))
    told = CliRunner().invoke(plan, ["why", path, "--order", "S"])
    assert told.stdout.splitlines()[1] == "S: 3 h more on L1 by 2026-06-08 17:00: on time"
    chinese = CliRunner().invoke(plan, ["why", path, "--language", "zh"])
    assert "加班 3 小时" in chinese.stdout
    rows = json.loads(CliRunner().invoke(plan, ["why", path, "--json"]).stdout)["advice"]
    assert [one["kind"] for one in rows] == ["CAPACITY", "OVERTIME"]
    assert all(one["sound"] for one in rows)
    unknown = CliRunner().invoke(plan, ["why", path, "--order", "X"])
    assert unknown.exit_code == 2
    assert "no order X" in unknown.output


def late_reasons(document: dict[str, Any]) -> dict[str, list[str]]:
    schedule = solve(parse(document))
    return {
        one["id"]: [reason["type"] for reason in one["reasons"]]
        for one in schedule["orders"]
        if one["tardiness_s"]
    }


WELDED = {**step(10), "skills": ["weld"]}
EVA = {"id": "eva", "calendar": "early", "skills": ["weld"]}
SOON = "2026-06-08T08:00+02:00"


def test_somebody_is_absent() -> None:
    """What closes people is a closure as any other, and named."""
    away = {**EVA, "absent": [["2026-06-08T06:00+02:00", "2026-06-08T09:00+02:00"]]}
    schedule = solve(parse(scenario(order("O1", WELDED, due=SOON), people=[away])))
    (late,) = schedule["orders"]
    assert [one["type"] for one in late["reasons"]] == ["CALENDAR", "CAPACITY"]
    assert late["reasons"][0]["closed"] == [
        ["2026-06-08T06:00:00+02:00", "2026-06-08T09:00:00+02:00"]
    ]


def test_who_can_do_it_is_busy_elsewhere() -> None:
    """The work center is free; only she can do both orders."""
    other = {**step(10, "L2"), "skills": ["weld"]}
    both = (order("O1", WELDED, due=SOON), order("O2", other, due=SOON, quantity=200))
    schedule = solve(parse(scenario(*both, people=[EVA])))
    late = {one["id"]: one["reasons"] for one in schedule["orders"] if one["tardiness_s"]}
    (reason,) = late["O2"]
    assert (reason["type"], reason["work_center"], reason["skills"]) == ("CAPACITY", "L2", ["weld"])
    sentences = [one.english for one in adviser_of(parse(scenario(*both, people=[EVA]))).of("O2")]
    assert sentences[0].startswith("with L2 and who can do it (weld) to itself, never closed: done")


def test_pieces_may_not_wait() -> None:
    """Each batch waits for the one before it to be taken."""
    slow = {**step(20, "L2", 72), "wip_limit": 20}
    made = order("O1", {**step(10), "transfer_batch": 20}, slow, step(30), due=SOON)
    assert late_reasons(scenario(made)) == {"O1": ["PRECEDENCE"]}


@settings(max_examples=25)
@given(full_scenario())
def test_one_by_one_and_together_know_the_same_constraints(document: dict[str, Any]) -> None:
    """A large plan lifts for an order what a small one lifts for it."""
    problem = parse(document)
    capacity = Capacity(problem)
    plan_ = make_plan(problem, capacity)
    late = {
        one.id: done
        for one in problem.orders
        if one.due is not None and (done := plan_.completion(one.id)) and done > one.due
    }
    reasons = Reasons(plan_, capacity, late)
    for name in late:
        for suspect in reasons.suspects(name):
            lifted = suspect.lift(problem)
            alike = suspect.relax(frozenset((name,)))
            limits = any(one.wip_limit for one in _order(lifted, name).operations)
            assert not (alike.precedence and limits)
            absent = any(one.absent for one in lifted.people)
            assert not (alike.calendar and absent)


def _order(problem: Scenario, name: str) -> Order:
    return next(one for one in problem.orders if one.id == name)


def test_a_plan_that_must_not_wait_for_its_reasons_says_which_it_has_not_looked_for() -> None:
    late = scenario(order("O1", quantity=3_000, due="2026-06-08T08:00+02:00"), order("O2"))
    parsed = parse(late)
    told, silent = solve(parsed), solve(parsed, proofs=0)
    assert "unexplained" not in told
    assert silent["unexplained"] == ["O1"]
    assert [one["reasons"] for one in silent["orders"]] == [[], []]
    assert check(parsed, silent) == ()
