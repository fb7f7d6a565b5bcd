"""What stands still: closed work centers do nothing, what is on hold begins no earlier."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from edge.domain.clock import parse_time
from edge.domain.intervals import Interval
from edge.planning.checking.check import check
from edge.planning.months.standing import hold_back
from edge.planning.scenario.model import Actual, Scenario
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.solving import solve

SIX = parse_time("2026-06-08T06:00+02:00")
HOUR = 3_600_000_000


def plant(*actuals: Actual) -> Scenario:
    """One order of two operations, four hours each, passed on in batches of a quarter."""
    operations = [
        {
            "seq": seq,
            "transfer_batch": 25,
            "alternatives": [{"work_center": center, "cycle_s": 144, "setup_s": 0}],
        }
        for seq, center in ((10, "L1"), (20, "L2"))
    ]
    scenario = parse(
        {
            "format": "taktline.scenario/1",
            "timezone": "Europe/Berlin",
            "calendars": {"all": {"always": True}},
            "work_centers": [{"id": "L1", "calendar": "all"}, {"id": "L2", "calendar": "all"}],
            "plan_start": "2026-06-08T06:00+02:00",
            "now": "2026-06-08T06:00+02:00",
            "orders": [
                {
                    "id": "O1",
                    "product": "P",
                    "family": "f",
                    "quantity": 100,
                    "due": "2026-06-09T06:00+02:00",
                    "operations": operations,
                }
            ],
        }
    )
    return replace(scenario, actuals=actuals)


def runs(scenario: Scenario) -> dict[int, tuple[Any, Any, int]]:
    """By operation: hours after six at which its run begins and ends, and its pieces."""
    schedule: dict[str, Any] = solve(scenario)
    assert not check(parse(scenario_json(scenario)), schedule)
    return {
        block["seq"]: (
            (parse_time(block["start"]) - SIX) / HOUR,
            (parse_time(block["end"]) - SIX) / HOUR,
            block["quantity"],
        )
        for block in schedule["blocks"]
        if block["kind"] == "run"
    }


def test_without_anything_it_goes_on() -> None:
    assert runs(hold_back(plant(), {}, {})) == {10: (0, 4, 100), 20: (1, 5, 100)}


def test_a_work_center_that_is_down_works_when_it_is_back() -> None:
    closed = {"L1": [Interval(SIX - HOUR, SIX + 2 * HOUR)]}
    assert runs(hold_back(plant(), closed, {}))[10] == (2, 6, 100)


def test_an_order_on_hold_begins_when_it_is_taken_to_be_released() -> None:
    held = hold_back(plant(), {}, {("O1", 10): SIX + 3 * HOUR})
    assert runs(held) == {10: (3, 7, 100), 20: (4, 8, 100)}


@pytest.mark.parametrize(("good", "left"), [(100, 100), (60, 60)])
def test_an_operation_on_hold_whose_input_is_made_waits_and_has_what_was_made(
    good: int, left: int
) -> None:
    done = Actual(order="O1", seq=10, good=good, ended=True)
    held = hold_back(plant(done), {}, {("O1", 20): SIX + 3 * HOUR})
    assert runs(held) == {20: (3, 3 + left / 25, left)}


def test_an_operation_on_hold_behind_one_that_works_waits_at_least_as_long() -> None:
    held = hold_back(plant(), {}, {("O1", 20): SIX + 3 * HOUR})
    found = runs(held)
    assert found[10] == (0, 4, 100)
    assert found[20][0] >= 3


def test_a_hold_that_is_over_changes_nothing() -> None:
    assert hold_back(plant(), {}, {("O1", 10): SIX - HOUR}) == plant()


def test_what_is_on_hold_lets_its_work_center_go() -> None:
    under_way = Actual(order="O1", seq=10, good=10, running_on="L1")
    held = hold_back(plant(under_way), {}, {("O1", 10): SIX + HOUR})
    assert [one.running_on for one in held.actuals] == [None]
    assert runs(held)[10] == (1, 4.6, 90)


def test_a_held_operation_whose_input_is_there_is_bound_to_nothing_before_it() -> None:
    """It is its order's first now: gaps, limits and material are of what was done already."""
    whole = plant(Actual(order="O1", seq=10, good=100, ended=True))
    order = whole.orders[0]
    first, second = order.operations
    bound = replace(second, min_gap_us=HOUR, max_gap_us=2 * HOUR, wip_limit=25)
    late = replace(order, operations=(first, bound), material_from=SIX + 20 * HOUR)
    held = hold_back(replace(whole, orders=(late,)), {}, {("O1", 20): SIX + 3 * HOUR})
    (step,) = held.orders[0].operations
    assert (step.min_gap_us, step.max_gap_us, step.wip_limit) == (0, None, None)
    assert held.orders[0].material_from is None
    assert runs(held)[20][0] == 3


def test_pieces_that_planned_scrap_takes_are_not_waited_for() -> None:
    """50 were passed on of which a tenth is planned to be lost: 45 come out."""
    whole = plant(Actual(order="O1", seq=10, good=50, ended=True))
    first, second = whole.orders[0].operations
    lossy = replace(whole.orders[0], operations=(first, replace(second, yield_=Fraction(9, 10))))
    held = hold_back(replace(whole, orders=(lossy,)), {}, {("O1", 20): SIX + HOUR})
    assert held.orders[0].quantity == 45
    assert runs(held)[20][2] == 50
