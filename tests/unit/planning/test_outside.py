"""Steps outside: out as pieces are passed on, back a lead time later, also in a re-plan."""

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.planning.checking.check import check
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import EARLY, LATE, order, scenario, step

Json = dict[str, Any]
HOUR = 3600
ALWAYS = {"early": {"weekly": [EARLY]}, "day_and_night": {"always": True}}
CENTERS = [{"id": "L1", "calendar": "early"}, {"id": "L2", "calendar": "day_and_night"}]


def planned(document: Json) -> Json:
    """The schedule, in which the checker finds nothing."""
    found: Json = json.loads(json.dumps(solve(parse(document))))
    assert check(parse(document), found) == ()
    return found


def spans(schedule: Json) -> list[tuple[int, str, str, int]]:
    return [
        (one["seq"], one["start"][8:16], one["end"][8:16], one["quantity"])
        for one in schedule["blocks"]
        if one["kind"] == "run"
    ]


def out(lead_s: int, batch: int | None = None, **more: Any) -> Json:
    return {"seq": 20, "lead_time_s": lead_s, "transfer_batch": batch, **more}


def again(document: Json, schedule: Json, now: str, *counts: tuple[int, int, int]) -> Json:
    """The scenario at another moment: (operation, good, scrap) of its only order."""
    actuals = [
        {"order": "O1", "seq": seq, "good": good, "scrap": scrap} for seq, good, scrap in counts
    ]
    return {**document, "now": now, "actuals": actuals, "previous": schedule}


def test_pieces_come_back_as_unevenly_as_they_were_passed_on() -> None:
    """The early shift ends while the next work center goes on: it must not run out of pieces."""
    made = order("O1", step(10, cycle=600, transfer_batch=1), out(HOUR, 1), step(30, "L2", 1200))
    document = scenario(made, calendars=ALWAYS, work_centers=CENTERS)
    assert spans(planned(document))[1][3] == 100


def test_what_may_not_go_out_earlier_is_not_back_earlier() -> None:
    held = out(HOUR, 1, not_before="2026-06-09T06:00+02:00")
    made = order("O1", step(10, cycle=60, transfer_batch=1), held, step(30, "L2"))
    assert spans(planned(scenario(made)))[1:] == [
        (20, "09T06:00", "09T07:00", 100),
        (30, "09T07:00", "09T08:00", 100),
    ]


def test_what_was_lost_outside_goes_out_anew_for_a_whole_lead_time() -> None:
    document = scenario(order("O1", step(10), out(24 * HOUR), step(30, "L2"), quantity=10))
    first = planned(document)
    lost = again(document, first, "2026-06-09T07:00+02:00", (10, 12, 0), (20, 8, 2))
    assert spans(planned(lost))[0] == (20, "09T07:00", "10T07:00", 2)


def test_what_is_late_to_go_out_is_late_to_come_back() -> None:
    document = scenario(order("O1", step(10, cycle=60), out(HOUR), quantity=10))
    late = again(document, planned(document), "2026-06-08T06:30+02:00", (10, 5, 0))
    assert spans(planned(late))[1] == (20, "08T06:35", "08T07:35", 10)


def test_what_is_out_comes_back_when_it_was_to() -> None:
    document = scenario(order("O1", step(10, cycle=60), out(HOUR), step(30, "L2"), quantity=10))
    first = planned(document)
    level = again(document, first, "2026-06-08T06:30+02:00", (10, 10, 0))
    assert spans(planned(level))[0][1:3] == ("08T06:30", "08T07:10")
    assert spans(planned(level))[1] == spans(first)[2]


@st.composite
def floors(draw: st.DrawFn) -> Json:
    """One order over a step outside; the work centers are closed at times of their own."""
    calendars = {"a": {"weekly": [EARLY]}, "b": {"weekly": [EARLY, LATE]}, "c": {"always": True}}
    centers = [
        {"id": name, "calendar": draw(st.sampled_from(sorted(calendars)))} for name in ("L1", "L2")
    ]
    cycle = st.sampled_from([36, "125/3", 600, 1200])
    batch = st.sampled_from([None, 1, 2, 7, 25])
    first = step(10, "L1", draw(cycle), transfer_batch=draw(batch))
    if draw(st.booleans()):
        first["yield"] = "0.9"
    outside = out(draw(st.sampled_from([0, 1800, HOUR, 30 * HOUR])), draw(batch))
    if draw(st.booleans()):
        outside["not_before"] = "2026-06-09T04:20+02:00"
    last = step(30, "L2", draw(cycle), min_gap_s=draw(st.sampled_from([0, 900])))
    made = order("O1", first, outside, last, quantity=draw(st.integers(1, 120)))
    return scenario(made, calendars=calendars, work_centers=centers)


@settings(max_examples=60)
@given(floors())
def test_no_piece_is_begun_before_it_is_back(document: Json) -> None:
    planned(document)


@settings(max_examples=60)
@given(floors(), st.integers(1, 60), st.integers(0, 40), st.integers(0, 30))
def test_what_goes_out_after_a_re_plan_is_out_for_its_lead_time(
    document: Json, hours: int, behind: int, lost: int
) -> None:
    """Whatever was made by then: what is not out yet takes the lead time from then on."""
    first = planned(document)
    begin = datetime.fromisoformat(document["plan_start"])
    now = (begin + timedelta(hours=hours)).isoformat()
    at = parse_time(now)
    made = dict.fromkeys((10, 20, 30), 0)
    for row in first["hours"]:
        if parse_time(row["hour"]) < at:
            made[row["seq"]] += row["quantity"]
    share = 9 if "yield" in document["orders"][0]["operations"][0] else 10
    good = max(made[10] * share // 10 - behind, 0)
    back = next(one for one in first["blocks"] if one["seq"] == 20)
    returned = min(good, back["quantity"]) if parse_time(back["end"]) <= at else 0
    lost = min(lost, returned)
    last = min(made[30], returned - lost)
    counts = ((10, good, made[10] - made[10] * share // 10), (20, returned - lost, lost))
    schedule = planned(again(document, first, now, *counts, (30, last, 0)))
    lead = document["orders"][0]["operations"][1]["lead_time_s"] * 1_000_000
    for one in schedule["blocks"]:
        went = min(good, back["quantity"]) - returned
        if one["seq"] == 20 and one["quantity"] > max(went, 0):
            assert parse_time(one["end"]) - parse_time(one["start"]) >= lead
