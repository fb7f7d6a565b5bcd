"""Levelled orders whose material comes by date, and sequences that name each of their lots."""

from itertools import accumulate
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time, to_datetime
from edge.planning.levels.levelling import levelled
from edge.planning.months.planned import planned_jobs
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import MONDAY, order, scenario, step
from tests.unit.planning.test_lots import MIX, lots, planned

Json = dict[str, Any]
HOUR = 3_600_000_000
BEGIN = parse_time(MONDAY)


def at(hours: int) -> str:
    return to_datetime(BEGIN + hours * HOUR).isoformat()


def arrivals(gaps: list[int], parts: list[int]) -> list[Json]:
    totals = accumulate(parts)
    return [
        {"from": at(hour), "quantity": total}
        for hour, total in zip(accumulate(gaps), totals, strict=True)
    ]


@settings(max_examples=25, deadline=None)
@given(
    parts=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    gaps=st.lists(st.integers(1, 30), min_size=5, max_size=5),
    stages=st.integers(1, 2),
)
def test_no_piece_of_any_lot_is_begun_before_its_material(
    parts: list[int], gaps: list[int], stages: int
) -> None:
    """Judged by the checker, and here by what all lots together have begun."""
    steps = [step(10 * (1 + n), center=("L1", "L2")[n], cycle=120, setup=60) for n in range(stages)]
    material = arrivals(gaps[: len(parts)], parts)
    document = scenario(
        order("A", *steps, quantity=sum(parts), material=material),
        order("B", step(10, setup=60), quantity=50, family="F2"),
        levelling=MIX,
    )
    schedule = planned(document)
    assert sum(lots(schedule, "A")) == sum(parts)
    runs = [one for one in schedule["blocks"] if one["kind"] == "run" and one["order"] == "A"]
    begun = sorted((one["lot"], one["start"], one["quantity"]) for one in runs if one["seq"] == 10)
    before = 0
    for _, start, quantity in begun:
        there = [one for one in material if one["quantity"] > before]
        assert parse_time(start) >= parse_time(there[0]["from"])
        before += quantity


def test_what_is_there_late_makes_its_lots_late_and_no_others() -> None:
    late = [{"from": MONDAY, "quantity": 20}, {"from": at(50), "quantity": 100}]
    whole = planned(scenario(order("A", quantity=100), levelling=MIX))
    short = planned(scenario(order("A", quantity=100, material=late), levelling=MIX))
    assert whole["levelled"][0]["late_lots"] == 0
    assert 0 < short["levelled"][0]["late_lots"] < short["levelled"][0]["lots"]
    assert sorted(lots(short, "A")) == sorted(lots(whole, "A"))


def test_a_level_plan_is_kept_level_by_a_turn_for_each_of_its_lots() -> None:
    document = scenario(
        order("A", step(10, setup=60), quantity=300),
        order("B", step(10, setup=60), quantity=200, family="F2"),
        order("C", step(10, center="L2", setup=60), product="Q", quantity=100),
        levelling=MIX,
    )
    read = parse(document)
    schedule = solve(read)
    kept = levelled(read, planned_jobs(schedule), schedule)
    turns = [one for one in kept.follow if one.order in "AB"]
    assert len(turns) == len(lots(schedule, "A")) + len(lots(schedule, "B"))
    again = solve(kept)
    assert [again[name] for name in ("blocks", "hours", "orders")] == [
        schedule[name] for name in ("blocks", "hours", "orders")
    ]


def test_a_sequence_that_names_an_order_once_is_of_no_mix() -> None:
    document = scenario(order("A", quantity=300), order("B", quantity=200), levelling=MIX)
    turns = [{"work_center": "L1", "order": one, "seq": 10} for one in "BA"]
    free, told = solve(parse(document)), solve(parse({**document, "follow": turns}))
    assert told["blocks"] == free["blocks"]
