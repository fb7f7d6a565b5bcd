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
OUTSIDE = {"seq": 10, "lead_time_s": 50_000}


def planned(document: Json) -> Json:
    plant = parse(document)
    schedule: Json = json.loads(json.dumps(solve(plant, proofs=0)))
    assert check(plant, schedule) == ()
    return schedule


def plant(*steps: Json, **more: Any) -> Json:
    centers = [{"id": name, "calendar": "always"} for name in ("L1", "L2", "L3")]
    calendars = {"always": {"always": True}}
    return scenario(order("A", *steps), calendars=calendars, work_centers=centers, **more)


@pytest.mark.parametrize("first", [step(10), OUTSIDE], ids=["here", "outside"])
def test_no_piece_is_begun_before_the_one_that_it_is_made_of(first: Json) -> None:
    """It was to begin at 6:25. 41 pieces of the hour stay, and of their input nothing is made."""
    row = {"order": "A", "seq": 20, "work_center": "L2", "hour": "2026-06-08T04:00:00+00:00"}
    run = {
        "order": "A", "seq": 20, "work_center": "L2", "kind": "run", "quantity": 100,
        "start": "2026-06-08T06:25:00+02:00", "end": "2026-06-08T07:48:20+02:00", "used": 0,
        "credit_s": "0",
    }  # fmt: skip
    row |= {"label": "06:00+02:00", "quantity": 41, "setup_s": 0, "frozen": False}
    again = {
        "now": MONDAY,
        "frozen_until": "2026-06-08T07:00+02:00",
        "previous": {"hours": [row], "blocks": [run]},
    }
    schedule = planned(plant(first, step(20, "L2", 50), **again))
    (last,) = [one for one in schedule["blocks"] if one["seq"] == 20]
    assert (last["quantity"], last["used"], last["credit_s"]) == (59, 41, "0")
    # Had its input been made, the 42nd piece would go on with 50 s behind it, less none made.
    done = [{"order": "A", "seq": 10, "good": 100}]
    schedule = planned(plant(first, step(20, "L2", 51), actuals=done, **again))
    (last,) = [one for one in schedule["blocks"] if one["seq"] == 20]
    assert last["credit_s"] == str(35 * 60 - 41 * 51)


@st.composite
def delayed(draw: st.DrawFn) -> Json:
    """A re-plan with some hours frozen, after any counts up to what was planned."""
    steps = []
    for index in range(draw(st.integers(2, 3))):
        one = step(10 * index + 10, f"L{index + 1}", draw(st.sampled_from([36, 50, "125/3", 900])))
        one |= {"transfer_batch": draw(st.sampled_from([None, 1, 7])), "yield": "0.9"}
        if index == 0 and draw(st.integers(0, 3)) == 0:
            one = OUTSIDE | {"transfer_batch": draw(st.sampled_from([None, 7]))}
        steps.append(one)
    document = plant(*steps)
    first = planned(document)
    now = START + draw(st.integers(0, 10 * 12)) * HOUR // 4
    frozen = draw(st.integers(1, 3))
    made, most = [], 10_000
    for one in steps:
        most = draw(st.integers(0, min(most, 60)))
        made.append({"order": "A", "seq": one["seq"], "good": most})
    return document | {
        "now": to_datetime(now).isoformat(),
        "frozen_until": to_datetime(now + frozen * HOUR).isoformat(),
        "actuals": made if draw(st.booleans()) else [],
        "previous": first,
    }


@settings(max_examples=60)
@given(delayed())
def test_a_plan_behind_frozen_hours_that_lack_their_input_is_sound(document: Json) -> None:
    planned(document)
