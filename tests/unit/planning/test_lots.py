"""Levelled orders and products without a cycle time: whole, even, and judged by the checker."""

import json
from collections import Counter, defaultdict
from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.planning.checking.check import check
from edge.planning.errors import ScenarioInvalid
from edge.planning.levels.shares import even_shares
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.schedules.tables import schedule_text
from edge.planning.solving import solve
from edge.planning.views.words import Words
from tests.unit.planning.scenarios import EARLY, any_scenario, order, scenario, step

Json = dict[str, Any]
WEIGHTS = st.lists(st.integers(0, 10**10), min_size=1, max_size=60).filter(any)


def through_json(value: Json) -> Json:
    found: Json = json.loads(json.dumps(value))
    return found


def planned(document: Json) -> Json:
    """Solved, and found sound by the checker."""
    plant = parse(document)
    assert parse(through_json(scenario_json(plant))) == plant
    schedule = through_json(solve(plant))
    assert check(plant, schedule) == ()
    assert through_json(solve(parse(document))) == schedule
    return schedule


def lots(schedule: Json, id_: str, seq: int = 10) -> list[int]:
    runs = [one for one in schedule["blocks"] if one["kind"] == "run" and one["order"] == id_]
    return [one["quantity"] for one in runs if one["seq"] == seq]


@given(st.integers(0, 10**6), WEIGHTS, st.integers(1, 5), st.data())
def test_shares_are_whole_and_each_is_its_exact_one_rounded(
    quantity: int, weights: list[int], of: int, data: st.DataObject
) -> None:
    shares = even_shares(quantity, weights, (data.draw(st.integers(0, of - 1)), of))
    assert sum(shares) == quantity
    for share, weight in zip(shares, weights, strict=True):
        exact = Fraction(quantity * weight, sum(weights))
        assert exact - 1 < share < exact + 1


@given(st.integers(1, 400), st.integers(1, 40))
def test_equal_parts_are_even_at_every_moment(quantity: int, parts: int) -> None:
    """Not the first ones a piece more and the last ones a piece less."""
    shares, made = even_shares(quantity, [7] * parts), 0
    for place, share in enumerate(shares, start=1):
        made += share
        assert abs(made - Fraction(quantity * place, parts)) <= 1


def test_products_take_turns() -> None:
    turns = [even_shares(2, [1] * 6, (which, 3)) for which in range(3)]
    assert [sum(column) for column in zip(*turns, strict=True)] == [1, 1, 1, 1, 1, 1]


MIX = [{"pitch_s": 3600, "products": ["P"]}]


def test_a_mix_repeats_in_every_pitch() -> None:
    """Two products on one line: each hour some of both, in whole pieces, to the due date."""
    schedule = planned(
        scenario(
            order("A", step(10, setup=60), quantity=777),
            order("B", step(10, setup=60), quantity=333, family="F2"),
            levelling=MIX,
        )
    )
    hours = [row["hour"] for row in schedule["hours"] if row["order"] == "A"]
    assert len(hours) == 5 * 8
    assert sum(lots(schedule, "A")) == 777
    assert sum(lots(schedule, "B")) == 333
    # 37.5 working hours; a pitch has 20.72 and 8.88 of them, the last half hour of a day half.
    assert Counter(lots(schedule, "A")) == {21: 27, 20: 8, 10: 5}
    assert set(lots(schedule, "B")) <= {4, 5, 8, 9}
    assert schedule["levelled"] == [
        {"order": "A", "lots": 40, "late_lots": 0, "why": None},
        {"order": "B", "lots": 40, "late_lots": 0, "why": None},
    ]
    places = [one["order"] for one in schedule["blocks"] if one["kind"] == "run"]
    assert all({one, two} == {"A", "B"} for one, two in zip(places[::2], places[1::2], strict=True))


def test_the_product_of_the_month_is_so_many_a_day_and_set_up_once() -> None:
    schedule = planned(
        scenario(
            order("A", step(10, setup=600), quantity=503, due="2026-06-19T14:00+02:00"),
            levelling=[{"pitch_s": "day", "work_centers": ["L1"]}],
        )
    )
    assert sorted(lots(schedule, "A")) == [50] * 7 + [51] * 3
    assert schedule["objective"]["setup_s"] == 600
    days = Counter(row["hour"][:10] for row in schedule["hours"])
    assert len(days) == 10


def test_operations_pull_their_lot_a_pitch_ahead() -> None:
    schedule = planned(
        scenario(
            order("A", step(10) | {"yield": "0.9"}, step(20, "L2"), quantity=100),
            levelling=[{"pitch_s": "day", "families": ["F1"]}],
        )
    )
    assert lots(schedule, "A", 20) == [25, 25, 25, 25]
    assert lots(schedule, "A", 10) == [28, 28, 28, 28]  # 112, not four times 28 by rounding up
    starts = [one["start"][8:10] for one in schedule["blocks"] if one["seq"] == 20]
    assert starts == ["09", "10", "11", "12"]
    used = [one["used"] for one in schedule["blocks"] if one["seq"] == 10]
    assert used == [0, 28, 56, 84]


def test_a_step_outside_amid_a_levelled_order_has_no_hours_and_no_fault() -> None:
    plating = {"seq": 20, "lead_time_s": 3600, "transfer_batch": None}
    schedule = planned(
        scenario(
            order("A", step(10), plating, step(30, "L2"), quantity=100),
            levelling=[{"pitch_s": "day", "families": ["F1"]}],
        )
    )
    assert sum(lots(schedule, "A", 20)) == 100
    assert {row["seq"] for row in schedule["hours"]} == {10, 30}


def test_what_does_not_fit_is_late_and_said_to_be() -> None:
    schedule = planned(
        scenario(
            order("A", step(10, cycle=360), quantity=500),
            order("B", step(10, cycle=360, setup=1200), quantity=60, family="F2"),
            levelling=MIX,
        )
    )
    assert sum(lots(schedule, "A")) == 500
    assert schedule["levelled"][0]["late_lots"] > 0
    late = next(one for one in schedule["orders"] if one["id"] == "A")
    assert late["tardiness_s"] > 0
    assert [reason["type"] for reason in late["reasons"]] in ([], ["CAPACITY"])


def test_what_cannot_be_levelled_is_planned_as_one_and_says_why() -> None:
    schedule = planned(
        scenario(
            order("A", step(10), quantity=10, material_from="2026-06-12T14:00+02:00"),
            order("B", step(10, cycle=None), quantity=10),
            levelling=MIX,
        )
    )
    assert [one["why"] for one in schedule["levelled"]] == ["due", "unchecked"]
    assert lots(schedule, "A") == [10]


def test_a_product_without_a_cycle_time_is_spread_and_marked() -> None:
    schedule = planned(
        scenario(order("A", step(10, cycle=None), quantity=75), order("B", quantity=375))
    )
    rows = [row for row in schedule["hours"] if row["order"] == "A"]
    # 37.5 working hours: two pieces in each, one in the half hour beside the break.
    assert [row["quantity"] for row in rows] == [2, 2, 2, 2, 1, 2, 2, 2] * 5
    assert all(row["unchecked"] for row in rows)
    assert not any("unchecked" in row for row in schedule["hours"] if row["order"] == "B")
    block = next(one for one in schedule["blocks"] if one["order"] == "A")
    assert (block["unchecked"], block["work_center"]) == (True, "L1")
    assert schedule["orders"][0]["completion"] == "2026-06-12T14:00:00+02:00"
    # The table says so, too.
    assert schedule_text(schedule, Words()).count("  no cycle time\n") == 40
    # The line is not held: what has a cycle time runs beside it.
    assert schedule["orders"][1]["completion"] == "2026-06-08T09:45:00+02:00"


def test_a_cycle_time_is_null_or_a_number_and_never_left_out() -> None:
    lacking = scenario(order("A", step(10)))
    del lacking["orders"][0]["operations"][0]["alternatives"][0]["cycle_s"]
    with pytest.raises(ScenarioInvalid, match="is missing"):
        parse(lacking)
    ways = [{"work_center": one, "cycle_s": cycle} for one, cycle in (("L1", None), ("L2", 5))]
    with pytest.raises(ScenarioInvalid, match="some have none"):
        parse(scenario(order("A", {"seq": 10, "alternatives": ways})))
    for bad in ({"pitch_s": 0, "products": ["P"]}, {"pitch_s": 60}, {"pitch_s": 60, "lines": []}):
        with pytest.raises(ScenarioInvalid):
            parse(scenario(order("A"), levelling=[bad]))


@st.composite
def levelled_scenario(draw: st.DrawFn) -> Json:
    """Any scenario with a rule for some of its orders, and steps without a cycle time."""
    found = draw(any_scenario())
    found["levelling"] = [
        {
            "pitch_s": draw(st.sampled_from(["day", 1800, 3600, 25_000])),
            "families": draw(st.sampled_from([["F1"], ["F1", "F2"], ["F1", "F2", "F3"]])),
        }
    ]
    for one in found["orders"]:
        for operation in one["operations"]:
            if draw(st.integers(0, 9)) == 0:
                for way in operation["alternatives"]:
                    way["cycle_s"] = None
    return found


def _sums(schedule: Json) -> Counter[tuple[str, int]]:
    sums: Counter[tuple[str, int]] = Counter()
    for row in schedule["hours"]:
        sums[row["order"], row["seq"]] += row["quantity"]
    return sums


@settings(max_examples=20)
@given(levelled_scenario())
def test_the_checker_finds_nothing_and_lots_and_hours_add_up(document: Json) -> None:
    schedule = planned(document)
    sums = _sums(schedule)
    runs: Counter[tuple[str, int]] = Counter()
    for block in schedule["blocks"]:
        if block["kind"] == "run":
            runs[block["order"], block["seq"]] += block["quantity"]
    for one in document["orders"]:
        for operation in one["operations"]:
            key = (one["id"], operation["seq"])
            assert sums[key] == runs[key]
            if all(step["yield"] == "1" for step in one["operations"]):
                assert sums[key] == one["quantity"]


@settings(max_examples=8)
@given(levelled_scenario(), st.integers(1, 30), st.integers(0, 120))
def test_after_a_replan_made_and_left_add_up(document: Json, hours: int, made: int) -> None:
    """Some hours later, with some pieces of the first operation of each order made."""
    before = planned(document)
    rows = [row for row in before["hours"] if row["hour"] >= document["plan_start"][:10]]
    now = rows[min(hours, len(rows) - 1)]["hour"]
    again = deepcopy(document)
    again |= {"now": now, "previous": before, "actuals": []}
    for one in again["orders"]:
        first = one["operations"][0]
        good = min(made, one["quantity"])
        again["actuals"].append({"order": one["id"], "seq": first["seq"], "good": good})
    after = planned(again)
    new: dict[tuple[str, int], int] = defaultdict(int)
    for block in after["blocks"]:
        if block["kind"] == "run":
            new[block["order"], block["seq"]] += block["quantity"]
    for one in again["orders"]:
        if all(step["yield"] == "1" for step in one["operations"]):
            first = one["operations"][0]["seq"]
            assert new[one["id"], first] + min(made, one["quantity"]) == one["quantity"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda plan: plan["blocks"][1].update(quantity=7), "QUANTITY"),
        (lambda plan: plan["hours"][0].update(quantity=1), "HOUR"),
        (lambda plan: plan["hours"].pop(), "SUM"),
        (lambda plan: plan["orders"][0].update(completion="2026-06-08T09:00+02:00"), "ORDER"),
        (lambda plan: plan["blocks"][0].update(lot=9), "LEVEL"),
        (lambda plan: plan["hours"][-1].update(label="05:00+02:00"), "LABEL"),
    ],
)
def test_the_checker_sees_what_is_wrong_with_a_level_plan(change: Any, rule: str) -> None:
    plant = parse(scenario(order("A", step(10), quantity=100), levelling=MIX))
    schedule = through_json(solve(plant))
    assert check(plant, schedule) == ()
    change(schedule)
    assert rule in {one.rule for one in check(plant, schedule)}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda plan: plan["hours"][0].update(quantity=9), "HOUR"),
        (lambda plan: plan["hours"].pop(), "SUM"),
        (lambda plan: plan["hours"][0].pop("unchecked"), "UNCHECKED"),
        (lambda plan: plan["blocks"][0].pop("unchecked"), "UNCHECKED"),
    ],
)
def test_the_checker_sees_what_is_wrong_with_what_is_spread(change: Any, rule: str) -> None:
    plant = parse(scenario(order("A", step(10, cycle=None), quantity=75)))
    schedule = through_json(solve(plant))
    change(schedule)
    assert rule in {one.rule for one in check(plant, schedule)}


def test_an_order_of_nothing_on_the_same_work_center_costs_no_set_up() -> None:
    level = {"levelling": [{"pitch_s": 3600, "products": ["P"]}]}
    alone = planned(scenario(order("A", step(10, setup=600), quantity=600), **level))
    nothing = order("B", step(10), quantity=0, product="Q")
    beside = planned(scenario(order("A", step(10, setup=600), quantity=600), nothing, **level))
    assert beside["blocks"] == alone["blocks"]
    assert alone["objective"]["setup_s"] == 600


@given(made=st.tuples(*[st.integers(0, 14)] * 3), loses=st.sampled_from(["1", "0.9", "0.8"]))
@settings(max_examples=60)
def test_in_a_re_plan_lots_have_all_that_is_left_of_each_operation(
    made: tuple[int, int, int], loses: str
) -> None:
    steps = (step(10), {**step(20, "L2"), "yield": loses}, step(30, "L3"))
    first, second, third = sorted(made, reverse=True)
    document = scenario(
        order("A", *steps, quantity=28, due="2026-06-09T10:00+02:00"),
        work_centers=[{"id": name, "calendar": "early"} for name in ("L1", "L2", "L3")],
        levelling=[{"pitch_s": 7200, "products": ["P"]}],
        now="2026-06-08T06:00+02:00",
        actuals=[
            {"order": "A", "seq": seq, "good": good}
            for seq, good in ((10, first), (20, second), (30, third))
        ],
    )
    planned(document)


@given(
    made=st.tuples(*[st.integers(0, 9)] * 3),
    kept=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    loses=st.sampled_from(["1", "0.9"]),
)
@settings(max_examples=60)
def test_what_kept_hours_still_wait_for_is_made_with_the_first_lot(
    made: tuple[int, int, int], kept: tuple[int, int], loses: str
) -> None:
    """Hours that stay say pieces whose input is not made yet: no lot and no piece is lost."""
    steps = (step(10), {**step(20, "L2"), "yield": loses}, step(30, "L3"))
    first, second, third = sorted(made, reverse=True)
    hours = [
        {
            "order": "A",
            "seq": seq,
            "work_center": center,
            "hour": "2026-06-08T04:00:00+00:00",
            "label": "06:00+02:00",
            "quantity": pieces,
            "setup_s": 0,
            "frozen": False,
        }
        for seq, center, pieces in ((20, "L2", kept[0]), (30, "L3", kept[1]))
        if pieces
    ]
    document = scenario(
        order("A", *steps, quantity=12, due="2026-06-12T10:00+02:00"),
        work_centers=[{"id": name, "calendar": "early"} for name in ("L1", "L2", "L3")],
        levelling=[{"pitch_s": 3600, "products": ["P"]}],
        now="2026-06-08T06:00+02:00",
        frozen_until="2026-06-08T07:00+02:00",
        previous=hours,
        actuals=[
            {"order": "A", "seq": seq, "good": good}
            for seq, good in ((10, first), (20, second), (30, third))
        ],
    )
    plan = parse(document)
    found = json.loads(json.dumps(solve(plan)))
    assert [one for one in check(plan, found) if one.rule == "QUANTITY"] == []


@settings(max_examples=40)
@given(
    quantity=st.integers(2, 60),
    cycles=st.tuples(*[st.sampled_from([5, 36, "125/3", 900])] * 2),
    pitch=st.sampled_from([3600, 7200, "day"]),
    limit=st.sampled_from([{"wip_limit": 1}, {"max_gap_s": 1800}, {"max_gap_s": 90_000}, {}]),
    skills=st.booleans(),
)
def test_lots_that_are_interrupted_are_all_of_their_blocks(
    quantity: int, cycles: tuple[Any, Any], pitch: Any, limit: Json, skills: bool
) -> None:
    """A run that waits for pieces or for people has several blocks, of a lot as of an order."""
    asked: Json = {"skills": ["press"]} if skills else {}
    first = {**step(10, "L1", cycles[0], **asked), "transfer_batch": 1}
    document = scenario(
        order("A", first, step(20, "L2", cycles[1], **limit), quantity=quantity),
        levelling=[{"pitch_s": pitch, "products": ["P"]}],
        people=[{"id": "Eva", "calendar": "late", "skills": ["press"]}] if skills else [],
    )
    document["calendars"]["late"] = {"weekly": [{**EARLY, "start": "08:20", "end": "12:07"}]}
    document["work_centers"][1]["calendar"] = "late"
    schedule = planned(document)
    assert sum(lots(schedule, "A")) == sum(lots(schedule, "A", 20)) == quantity


def test_of_a_lot_in_several_blocks_no_piece_is_missed() -> None:
    first = {**step(10, "L1", 36), "transfer_batch": 1}
    document = scenario(
        order("A", first, step(20, "L2", 300, max_gap_s=1800), quantity=60),
        levelling=[{"pitch_s": "day", "products": ["P"]}],
    )
    plant = parse(document)
    schedule = through_json(solve(plant))
    assert check(plant, schedule) == ()
    runs = [one for one in schedule["blocks"] if one["kind"] == "run"]
    assert max(Counter((one["seq"], one["lot"]) for one in runs).values()) > 1
    runs[0]["quantity"] += 1
    assert "QUANTITY" in {one.rule for one in check(plant, schedule)}
