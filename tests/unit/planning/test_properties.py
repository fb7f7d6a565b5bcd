"""What holds for every scenario: sums, the checker's silence, input order, round trips."""

import json
import random
from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edge.planning.checking.check import check
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.solving import solve
from tests.unit.planning.scenarios import any_scenario

Json = dict[str, Any]


def through_json(schedule: Json) -> Json:
    found: Json = json.loads(json.dumps(schedule))
    return found


@given(any_scenario())
def test_the_checker_finds_nothing_and_hours_add_up(document: Json) -> None:
    scenario = parse(document)
    schedule = solve(scenario)
    assert check(scenario, through_json(schedule)) == ()
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for row in schedule["hours"]:
        sums[row["order"], row["seq"]] += row["quantity"]
    for order in document["orders"]:
        steps = order["operations"]
        made = {sums[order["id"], one["seq"]] for one in steps}
        if all(one["yield"] == "1" for one in steps):
            assert made == {order["quantity"]}
        else:
            assert min(made) >= order["quantity"]
    for order in schedule["orders"]:
        assert not order["reasons"] or order["tardiness_s"] > 0
        assert (order["late_quantity"] > 0) == (order["tardiness_s"] > 0)


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
