"""What holds for every scenario: sums, the checker's silence, input order, round trips."""

import json
import random
from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edge.planning.check import check
from edge.planning.parse import parse
from edge.planning.schedule import solve
from edge.planning.writing import scenario_json
from tests.unit.planning.scenarios import any_scenario

Json = dict[str, Any]


def through_json(schedule: Json) -> Json:
    found: Json = json.loads(json.dumps(schedule))
    return found


@given(any_scenario())
def test_the_checker_finds_nothing(document: Json) -> None:
    scenario = parse(document)
    assert check(scenario, through_json(solve(scenario))) == ()


@given(any_scenario())
def test_hours_add_up_to_what_is_started(document: Json) -> None:
    schedule = solve(parse(document))
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for row in schedule["hours"]:
        sums[row["order"], row["seq"]] += row["quantity"]
    runs = {
        (one["order"], one["seq"]): one["quantity"]
        for one in schedule["blocks"]
        if one["kind"] == "run"
    }
    assert sums == runs
    lossless = [
        one for one in document["orders"] if {op["yield"] for op in one["operations"]} == {"1"}
    ]
    for order in lossless:
        assert {sums[order["id"], op["seq"]] for op in order["operations"]} == {order["quantity"]}


@given(any_scenario(), st.integers(0, 1000))
def test_the_input_order_does_not_matter(document: Json, seed: int) -> None:
    shuffled = through_json(document)
    dice = random.Random(seed)
    dice.shuffle(shuffled["orders"])
    dice.shuffle(shuffled["work_centers"])
    for order in shuffled["orders"]:
        dice.shuffle(order["operations"])
        for operation in order["operations"]:
            dice.shuffle(operation["alternatives"])
    assert json.dumps(solve(parse(shuffled))) == json.dumps(solve(parse(document)))


@given(any_scenario())
def test_a_written_scenario_is_the_same_scenario(document: Json) -> None:
    scenario = parse(document)
    assert parse(through_json(scenario_json(scenario))) == scenario


@given(any_scenario())
def test_reasons_help_and_only_late_orders_have_them(document: Json) -> None:
    for order in solve(parse(document))["orders"]:
        assert not order["reasons"] or order["tardiness_s"] > 0
        assert (order["late_quantity"] > 0) == (order["tardiness_s"] > 0)
