"""What an hour that runs still owes, by what was made in it and the time that is left."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.clock import MICROS, parse_time
from edge.domain.hours import HOUR, hour_start, next_hour
from edge.domain.intervals import Interval, union
from edge.planning.checking.check import check
from edge.planning.months.owing import owing
from edge.planning.placing.solver import make_plan
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Actual, HourRow, Operation, Scenario
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.schedules.hours import pieces_by
from edge.planning.solving import solve
from tests.unit.planning.scenarios import any_scenario, order, scenario, step

SIX = parse_time("2026-06-08T06:00+02:00")
MINUTE = 60 * MICROS
Json = dict[str, Any]


def running(quantity: int, setup_s: int = 0, name: str = "O1") -> HourRow:
    return HourRow(
        order=name,
        seq=10,
        work_center="L1",
        hour=SIX,
        label="06:00+02:00",
        quantity=quantity,
        setup_s=setup_s,
    )


def comes(row: HourRow) -> int:
    """What is still to come of a frozen hour's row."""
    return row.quantity if row.owed is None else row.owed


def owed(
    rows: tuple[HourRow, ...], minutes: int, actuals: tuple[Actual, ...] = (), **made: int
) -> list[int | None]:
    """Two orders of 3 s a piece on L1, some minutes past six."""
    floor = parse(scenario(*(order(name, step(10, cycle=3), quantity=4_000) for name in "AB")))
    at = replace(floor, now=SIX + minutes * MINUTE, previous=rows, actuals=actuals)
    return [
        one.owed
        for one in owing(at, {(name, 10): pieces for name, pieces in made.items()}).previous
    ]


@pytest.mark.parametrize(
    ("quantity", "setup_s", "minutes", "made", "wanted"),
    [
        (900, 300, 10, 0, 900),  # planned from ten past on: 45 minutes are enough for all
        (900, 300, 15, 0, 800),  # not begun, and still to be set up
        (600, 0, 15, 300, 300),  # it ends at half past
        (600, 0, 45, 500, 100),
        (600, 0, 55, 300, 100),  # behind: so much can still be made
        (600, 0, 30, 700, 0),  # more than it says
    ],
)
def test_what_is_left_of_an_hour(
    quantity: int, setup_s: int, minutes: int, made: int, wanted: int
) -> None:
    begun = (Actual(order="A", seq=10, good=made, running_on="L1"),) if made else ()
    assert owed((running(quantity, setup_s, "A"),), minutes, begun, A=made) == [wanted]


def test_what_is_set_up_needs_no_set_up() -> None:
    begun = (Actual(order="A", seq=10, running_on="L1"),)
    assert owed((running(900, 300, "A"),), 15, begun) == [900]


def test_what_is_under_way_goes_first() -> None:
    """B waits for A, whichever stands first: of 15 minutes A takes ten."""
    rows = (running(400, 0, "B"), running(800, 0, "A"))
    begun = (Actual(order="A", seq=10, good=600, running_on="L1"),)
    assert owed(rows, 45, begun, A=600) == [101, 200]


def test_of_what_has_no_cycle_time_all_may_still_come() -> None:
    """It is spread over the hour by nobody's measure: a share of it would be planned again."""
    loose = order("A", step(10, cycle=None), quantity=4_000)
    floor = parse(scenario(loose, order("B", step(10, cycle=3), quantity=4_000)))
    row = replace(running(600, 0, "A"), unchecked=True)
    at = replace(floor, now=SIX + 45 * MINUTE, previous=(row, running(1_200, 0, "B")))
    found = owing(at, {("A", 10): 100, ("B", 10): 900}).previous
    assert [one.owed for one in found] == [500, 300]


def test_what_was_made_is_taken_from_one_row_only() -> None:
    """An operation that was moved amid the hour has a row on each of its work centers."""
    ways = [{"work_center": one, "cycle_s": 3, "setup_s": 0} for one in ("L1", "L2")]
    floor = parse(scenario(order("A", step(10, alternatives=ways), quantity=4_000)))
    rows = (running(300, 0, "A"), replace(running(400, 0, "A"), work_center="L2"))
    at = replace(floor, now=SIX + 30 * MINUTE, previous=rows)
    assert [one.owed for one in owing(at, {("A", 10): 250}).previous] == [50, 400]
    assert [one.owed for one in owing(at, {("A", 10): 350}).previous] == [0, 350]


def test_the_next_hours_owe_what_they_say() -> None:
    row = replace(running(1_200, 0, "A"), hour=SIX + HOUR)
    assert owed((row,), 30) == [None]


def behind(*rows: HourRow, closed: Interval | None = None, **waits: int) -> list[int | None]:
    """What rows at L1 owe at half past six, where it is closed for a while, or orders wait."""
    floor = parse(scenario(*(order(name, step(10, cycle=3), quantity=4_000) for name in "AB")))
    shut = (closed,) if closed else ()
    centers = tuple(
        replace(one, maintenance=shut) if one.id == "L1" else one for one in floor.work_centers
    )
    at = replace(floor, now=SIX + 30 * MINUTE, previous=rows, work_centers=centers)
    holds = {(name, 10): SIX + minutes * MINUTE for name, minutes in waits.items()}
    return [one.owed for one in owing(at, {}, holds).previous]


def test_a_frozen_hour_in_which_its_work_center_stands_owes_what_it_can_make() -> None:
    seven, eight = (replace(running(1_200, 0, "A"), hour=SIX + n * HOUR) for n in (1, 2))
    half = replace(running(600, 0, "A"), hour=SIX + HOUR)
    down = Interval(SIX + HOUR, SIX + HOUR + 40 * MINUTE)
    assert behind(seven, eight, closed=down) == [400, None]
    assert behind(half, eight, closed=Interval(SIX + HOUR, SIX + 90 * MINUTE)) == [None, None]
    assert behind(seven, eight, closed=Interval(SIX + HOUR, SIX + 3 * HOUR)) == [0, 0]
    rows = (replace(half, setup_s=300), replace(half, order="B", setup_s=300))
    assert behind(*rows, closed=Interval(SIX + HOUR, SIX + 75 * MINUTE)) == [600, 100]


def test_a_frozen_hour_owes_nothing_of_what_is_on_hold_when_it_begins() -> None:
    seven, eight = (replace(running(600, 0, "A"), hour=SIX + n * HOUR) for n in (1, 2))
    other = replace(seven, order="B")
    assert behind(seven, other, eight, A=90) == [0, None, None]
    assert behind(seven, other, eight, A=600) == [0, None, 0]
    assert behind(seven, other, eight, A=60) == [None, None, None]


@pytest.mark.parametrize(
    ("good", "used", "wanted"),
    [
        (0, 0, [0, 400, 300, 100]),  # 400 come of operation 10: 20 has as many to work on
        (500, 0, [0, 400, 300, 600]),  # 500 lie there
        (500, 300, [0, 400, 300, 300]),
        (2_000, 0, [0, 400, 300, 900]),
        (0, 900, [0, 400, 0, 0]),
    ],
)
def test_what_an_operation_cannot_bring_the_next_one_cannot_use(
    good: int, used: int, wanted: list[int]
) -> None:
    """L1 stands until 08:40, with 7:00 and 8:00 frozen; L2 makes the same order."""
    steps = (step(10, cycle=3), step(20, center="L2", cycle=3))
    floor = parse(scenario(order("A", *steps, quantity=4_000)))
    down = Interval(SIX + HOUR, SIX + 2 * HOUR + 40 * MINUTE)
    centers = tuple(
        replace(one, maintenance=(down,)) if one.id == "L1" else one for one in floor.work_centers
    )
    rows = [replace(running(1_200, 0, "A"), hour=SIX + n * HOUR) for n in (1, 2)]
    rows += [
        replace(running(many, 0, "A"), seq=20, work_center="L2", hour=SIX + n * HOUR)
        for n, many in ((1, 300), (2, 900))
    ]
    done = (Actual(order="A", seq=10, good=good), Actual(order="A", seq=20, good=used))
    at = replace(floor, now=SIX + 30 * MINUTE, previous=tuple(rows), work_centers=centers)
    assert [*map(comes, owing(replace(at, actuals=done), {}).previous)] == wanted


@given(any_scenario())
def test_hours_of_a_plan_that_stays_true_owe_all_that_they_say(document: Json) -> None:
    """Whatever a planner has laid into an hour fits into it."""
    plant = parse(document)
    first = solve(plant, proofs=0)
    before = parse(scenario_json(plant) | {"previous": {"hours": first["hours"]}})
    asked = owing(replace(before, now=plant.plan_start), {})
    assert {row.owed for row in asked.previous if row.hour >= plant.plan_start} <= {None}


@given(any_scenario(), st.integers(0, 48), st.integers(1, 600), st.integers(1, 6))
def test_what_closed_frozen_hours_cannot_bring_is_planned_behind_them(
    document: Json, hours: int, minutes: int, frozen: int
) -> None:
    """Each piece of an order is owed by an hour that stays, or planned behind: none is missing, and
    none is there twice; and an hour owes no more than its open time can make."""
    plant = parse(document)
    if any(one.yield_ != 1 for each in plant.orders for one in each.operations):
        return
    first = solve(plant, proofs=0)
    begin = plant.plan_start
    until = hour_start(begin, plant.zone)
    for _ in range(frozen):
        until = next_hour(until, plant.zone)
    start = begin + hours * 10 * MINUTE
    shut = Interval(start, start + minutes * MINUTE)
    before = parse(scenario_json(plant) | {"previous": {"hours": first["hours"]}})
    centers = tuple(
        replace(one, maintenance=union([*one.maintenance, shut])) for one in before.work_centers
    )
    posed = replace(before, now=begin, frozen_until=until, work_centers=centers)
    asked = owing(posed, {})
    capacity = Capacity(asked)
    for row in asked.previous:
        if row.owed is not None and row.hour >= begin:
            center = next(one for one in centers if one.id == row.work_center)
            amount = capacity.timeline(center).amount
            step_ = _step(asked, row)
            way = next(one for one in step_.alternatives if one.work_center == row.work_center)
            rest = amount(next_hour(row.hour, plant.zone)) - amount(row.hour)
            assert 0 <= row.owed <= row.quantity
            assert max(row.owed - 1, 0) * way.cycle_us <= rest
    schedule = solve(asked, proofs=0)
    assert check(asked, schedule) == ()
    for each in plant.orders:
        for one in each.operations:
            key = (each.id, one.seq)
            stay = [row for row in asked.previous if (row.order, row.seq) == key]
            coming = sum(
                comes(row) for row in stay if begin < next_hour(row.hour, plant.zone) <= until
            )
            new = sum(
                row["quantity"]
                for row in schedule["hours"]
                if (row["order"], row["seq"]) == key and not row["frozen"]
            )
            if one.lead_time_us is None:
                assert coming + new == each.quantity


def _step(asked: Scenario, row: HourRow) -> Operation:
    each = next(one for one in asked.orders if one.id == row.order)
    return next(one for one in each.operations if one.seq == row.seq)


@given(any_scenario(), st.integers(0, 10 * 24 * 60))
def test_as_planned_all_of_it_is_owed_and_hours_add_up(document: Json, minutes: int) -> None:
    """Made exactly as planned, in the middle of an hour: what was made in it and what it still owes
    are what it says, and what is planned behind it is the rest."""
    plant = parse(document)
    if any(one.yield_ != 1 for each in plant.orders for one in each.operations):
        return
    plan, now = make_plan(plant, Capacity(plant)), plant.plan_start + minutes * MINUTE + MICROS
    hour = hour_start(now, plant.zone)
    if hour == now:
        return
    done: dict[tuple[str, int], int] = {}
    made: dict[tuple[str, int], int] = {}
    actuals = []
    for task in plan.tasks:
        placed = task.placed
        if placed is None or placed.timeline is None or placed.start >= now:
            continue
        amount = placed.timeline.amount
        done[task.key] = pieces_by(task, placed, amount(now))
        made[task.key] = done[task.key] - pieces_by(task, placed, amount(hour))
        runs = placed.start < now < placed.end
        actuals.append(
            Actual(
                order=task.order.id,
                seq=task.operation.seq,
                good=done[task.key],
                running_on=placed.center if runs else None,
                setup_left_us=max(amount(placed.setup_end) - amount(now), 0) if runs else 0,
            )
        )
    first = solve(plant, proofs=0)
    before = parse(
        scenario_json(plant)
        | {
            "previous": {"hours": first["hours"], "blocks": first["blocks"]},
            "plan_start": document["plan_start"],
        }
    )
    posed: Scenario = replace(
        before,
        now=now,
        frozen_until=next_hour(hour, plant.zone),
        actuals=tuple(sorted(actuals, key=lambda one: (one.order, one.seq))),
    )
    asked = owing(posed, made)
    for row in asked.previous:
        if row.hour == hour:
            assert row.owed == row.quantity - made.get((row.order, row.seq), 0)
    schedule = solve(asked, proofs=0)
    assert check(asked, schedule) == ()
    for each in plant.orders:
        for one in each.operations:
            key = (each.id, one.seq)
            kept = sum(
                row.quantity
                for row in asked.previous
                if row.hour == hour and (row.order, row.seq) == key
            )
            new = sum(
                row["quantity"]
                for row in schedule["hours"]
                if (row["order"], row["seq"]) == key and not row["frozen"]
            )
            earlier = done.get(key, 0) - made.get(key, 0)
            assert earlier + kept + new == Fraction(each.quantity)
