"""Frozen hours may say pieces whose input was not made: no piece behind them was begun without."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time, to_datetime
from edge.domain.hours import HOUR
from edge.planning.checking.check import check
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import MONDAY, order, scenario, step

Json = dict[str, Any]
START = parse_time(MONDAY)


def planned(document: Json) -> Json:
    plant = parse(document)
    schedule: Json = json.loads(json.dumps(solve(plant, proofs=0)))
    assert check(plant, schedule) == ()
    return schedule


def plant(*steps: Json, **more: Any) -> Json:
    centers = [{"id": name, "calendar": "always"} for name in ("L1", "L2", "L3")]
    calendars = {"always": {"always": True}}
    return scenario(order("A", *steps), calendars=calendars, work_centers=centers, **more)


@pytest.mark.parametrize(
    "first", [step(10), {"seq": 10, "lead_time_s": 50_000}], ids=["here", "outside"]
)
def test_no_piece_is_begun_before_the_one_that_it_is_made_of(first: Json) -> None:
    """It was to begin at 6:25. 41 pieces of the hour stay, and of their input nothing is made."""
    row = {"order": "A", "seq": 20, "work_center": "L2", "hour": "2026-06-08T04:00:00+00:00"}
    run = {
        "order": "A", "seq": 20, "work_center": "L2", "kind": "run", "quantity": 100,
        "start": "2026-06-08T06:25:00+02:00", "end": "2026-06-08T07:50:00+02:00", "used": 0,
        "credit_s": "0",
    }  # fmt: skip
    row |= {"label": "06:00+02:00", "quantity": 41, "setup_s": 0, "frozen": False}
    again = {
        "now": MONDAY,
        "frozen_until": "2026-06-08T07:00+02:00",
        "previous": {"hours": [row], "blocks": [run]},
    }
    schedule = planned(plant(first, step(20, "L2", 51), **again))
    (last,) = [one for one in schedule["blocks"] if one["seq"] == 20]
    assert (last["quantity"], last["used"], last["credit_s"]) == (59, 41, "0")
    # Had its input been made, the 42nd piece would go on with what is worked of it.
    done = [{"order": "A", "seq": 10, "good": 100}]
    schedule = planned(plant(first, step(20, "L2", 51), actuals=done, **again))
    (last,) = [one for one in schedule["blocks"] if one["seq"] == 20]
    assert last["credit_s"] == str(35 * 60 - 41 * 51)


@st.composite
def delayed(draw: st.DrawFn) -> Json:
    """A re-plan behind some frozen hours of a plan of which the input was never made."""
    cycles = st.sampled_from([37, 50, "125/3", 900])
    first = step(10, "L1", draw(st.sampled_from([1, 5, 37])))
    if draw(st.integers(0, 3)) == 0:
        first = {"seq": 10, "lead_time_s": draw(st.sampled_from([60, 1500, 7000]))}
    first["transfer_batch"] = draw(st.sampled_from([None, 1, 7]))
    second = step(20, "L2", draw(cycles), draw(st.sampled_from([0, 301])))
    second |= {"transfer_batch": draw(st.sampled_from([None, 7])), "yield": "0.9"}
    document = plant(first, second, step(30, "L3", draw(cycles)))
    before = planned(document)
    stay = draw(st.sampled_from([[20], [20, 30]]))
    rows = [one for one in before["hours"] if one["seq"] in stay]
    begins = min(parse_time(one["hour"]) for one in rows) + draw(st.integers(0, 2)) * HOUR
    return document | {
        "now": to_datetime(begins).isoformat(),
        "frozen_until": to_datetime(begins + draw(st.integers(1, 3)) * HOUR).isoformat(),
        "previous": before | {"hours": [one for one in rows if parse_time(one["hour"]) >= begins]},
    }


@settings(max_examples=60)
@given(delayed())
def test_a_plan_behind_frozen_hours_that_lack_their_input_is_sound(document: Json) -> None:
    planned(document)
