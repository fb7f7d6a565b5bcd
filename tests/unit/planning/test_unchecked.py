"""Operations without a cycle time: they have the time to the due date, and are not late in it."""

import json
from typing import Any

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
TIMELESS: Any = None


def at(hours: int) -> str:
    return to_datetime(START + hours * HOUR).isoformat()


def always(*orders: Json, **more: Any) -> Json:
    centers = [{"id": name, "calendar": "always"} for name in ("L1", "L2", "L3")]
    calendars = {"always": {"always": True}}
    return scenario(*orders, calendars=calendars, work_centers=centers, **more)


def planned(document: Json) -> Json:
    """Solved, and found sound by the checker."""
    plant = parse(document)
    schedule: Json = json.loads(json.dumps(solve(plant)))
    assert check(plant, schedule) == ()
    return schedule


def spans(schedule: Json) -> list[tuple[int, int]]:
    """Hours from Monday 06:00 to start and end of each block."""
    moments = ((parse_time(one["start"]), parse_time(one["end"])) for one in schedule["blocks"])
    return [((start - START) // HOUR, (end - START) // HOUR) for start, end in moments]


def test_a_gap_before_it_is_not_taken_from_the_due_date() -> None:
    last = step(20, "L2", TIMELESS, min_gap_s=36_000)
    schedule = planned(always(order("A", step(10), last, due=at(48))))
    assert spans(schedule) == [(0, 1), (11, 48)]
    assert schedule["orders"][0]["tardiness_s"] == 0


def test_it_begins_when_there_is_material_for_all_of_it() -> None:
    arrivals = [{"from": at(6), "quantity": 60}, {"from": at(24), "quantity": 100}]
    first = step(10, cycle=TIMELESS)
    schedule = planned(always(order("A", first, due=at(48), material=arrivals)))
    assert spans(schedule) == [(24, 48)]
    assert schedule["orders"][0]["tardiness_s"] == 0


def test_it_waits_for_an_operation_that_waits_for_its_material() -> None:
    """40 pieces come after 24 hours and take 24 minutes."""
    arrivals = [{"from": at(6), "quantity": 60}, {"from": at(24), "quantity": 100}]
    steps = (step(10), step(20, "L2", TIMELESS))
    schedule = planned(always(order("A", *steps, due=at(48), material=arrivals)))
    assert schedule["orders"][0]["completion"] == "2026-06-10T06:00:00+02:00"


def test_gaps_and_lead_times_after_it_are_left_to_them() -> None:
    """48 hours less 30 outside and 2 between: 16 for the two operations here."""
    outside = {"seq": 20, "lead_time_s": 30 * 3600, "min_gap_s": 7200}
    steps = (step(10, cycle=TIMELESS), outside, step(30, "L2", TIMELESS))
    schedule = planned(always(order("A", *steps, due=at(48))))
    assert spans(schedule) == [(0, 8), (10, 40), (40, 48)]


def test_release_holds_back_no_order_of_which_the_first_operation_is_done() -> None:
    steps = (step(10), step(20, "L2", TIMELESS))
    document = always(
        order("A", *steps, due=at(48), release=at(40)),
        now=MONDAY,
        actuals=[{"order": "A", "seq": 10, "good": 100}],
    )
    assert spans(planned(document)) == [(0, 48)]


@st.composite
def timeless(draw: st.DrawFn) -> Json:
    """An order without cycle times, with dates before which it cannot go on, and time for all."""
    steps: list[Json] = []
    gaps, latest = 0, 0
    for index in range(draw(st.integers(1, 4))):
        gap = draw(st.sampled_from([0, 0, 3, 30]))
        one: Json = step(10 * index + 10, draw(st.sampled_from(["L1", "L2", "L3"])), TIMELESS)
        if index and draw(st.integers(0, 3)) == 0:
            lead = draw(st.integers(1, 40))
            one = {"seq": one["seq"], "lead_time_s": lead * 3600}
            gaps += lead
        if draw(st.integers(0, 3)) == 0:
            one["not_before"] = at(draw(st.integers(0, 30)))
        one |= {"min_gap_s": gap * 3600, "transfer_batch": draw(st.sampled_from([None, 7]))}
        gaps += gap
        steps.append(one)
    held = {name: draw(st.integers(0, 50)) for name in ("release", "material_from")}
    first, second = sorted((draw(st.integers(0, 60)), draw(st.integers(61, 70))))
    latest = max(30, second, *held.values())
    made = order("A", *steps, quantity=draw(st.integers(1, 90)))
    made |= {name: at(hours) for name, hours in held.items()}
    made["material"] = [{"from": at(first), "quantity": 40}, {"from": at(second), "quantity": 90}]
    # What follows a date in the middle has all its gaps behind it.
    return made | {"due": at(latest + gaps + draw(st.integers(4, 200)))}


@settings(max_examples=150)
@given(timeless())
def test_with_time_for_its_gaps_it_is_never_late(document: Json) -> None:
    schedule = planned(always(document))
    assert schedule["orders"][0]["tardiness_s"] == 0
