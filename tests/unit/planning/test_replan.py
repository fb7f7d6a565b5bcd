"""Re-planning what is left: past and frozen hours stay, the rest starts from the counts."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time, to_datetime
from edge.domain.hours import hour_start, next_hour
from edge.planning.checking.check import check
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import any_scenario, order, scenario, step

Json = dict[str, Any]


def plan(document: Json) -> Json:
    found: Json = json.loads(json.dumps(solve(parse(document))))
    return found


def unmarked(rows: list[Json]) -> list[Json]:
    return [{**row, "frozen": False} for row in rows]


def made_by(schedule: Json, now: int) -> list[Json]:
    """Counts at `now` if all went as planned: what the hours before it say."""
    counts: dict[tuple[str, int], int] = {}
    for row in schedule["hours"]:
        key = (row["order"], row["seq"])
        made = row["quantity"] if parse_time(row["hour"]) < now else 0
        counts[key] = counts.get(key, 0) + made
    return [{"order": one, "seq": seq, "good": made} for (one, seq), made in counts.items()]


def exact(document: Json) -> Json:
    """Without what a schedule does not tell again: good pieces of a share of an hour with
    yield, and when each batch of a finished operation was passed on."""
    for one in document["orders"]:
        for operation in one["operations"]:
            del operation["yield"]
        if any(operation["transfer_batch"] for operation in one["operations"]):
            for operation in one["operations"]:
                operation["min_gap_s"] = 0
    return document


@settings(max_examples=40)
@given(any_scenario().map(exact), st.integers(1, 60))
def test_as_planned_nothing_changes(document: Json, hours: int) -> None:
    """A plan, a re-plan of it, and a re-plan of that an hour later: all the same hours."""
    first = plan(document)
    before = {row["id"]: row["completion"] for row in first["orders"]}
    zone, previous = parse(document).zone, first
    now = hour_start(parse_time(document["plan_start"]), zone)
    for _ in range(hours):
        now = next_hour(now, zone)
    for _ in range(2):
        again = {**document, "now": _iso(now), "actuals": made_by(first, now)}
        again["previous"] = previous
        previous = plan(again)
        assert check(parse(again), previous) == ()
        assert unmarked(previous["hours"]) == first["hours"]
        assert all(row["completion"] in (None, before[row["id"]]) for row in previous["orders"])
        now = next_hour(now, zone)


def _iso(at: int) -> str:
    return to_datetime(at).isoformat()


def test_what_is_left_is_planned_from_the_counts() -> None:
    """100 an hour; at 08:00 only 150 of 200 are made, so 550 of 700 are left."""
    document = scenario(order("O1", quantity=700))
    first = plan(document)
    again = plan(
        {
            **document,
            "now": "2026-06-08T08:00+02:00",
            "actuals": {"O1": {"10": {"good": 150, "scrap": 3}}},
            "previous": first["hours"],
        }
    )
    rows = [(row["label"], row["quantity"], row["frozen"]) for row in again["hours"]]
    assert rows[:2] == [("06:00+02:00", 100, True), ("07:00+02:00", 100, True)]
    assert [one[1] for one in rows[2:]] == [100, 100, 50, 100, 100, 100]
    assert again["orders"][0]["completion"] == "2026-06-08T14:00:00+02:00"


def test_frozen_hours_stay_as_they_are_and_count() -> None:
    document = scenario(order("O1", quantity=700))
    first = plan(document)
    first["hours"][2]["quantity"] = 90
    again = {
        **document,
        "now": "2026-06-08T08:00+02:00",
        "frozen_until": "2026-06-08T09:30+02:00",
        "actuals": [{"order": "O1", "seq": 10, "good": 200}],
        "previous": first["hours"],
    }
    second = plan(again)
    assert check(parse(again), second) == ()
    assert unmarked(second["hours"][:4]) == first["hours"][:4]
    assert [row["frozen"] for row in second["hours"]] == [True] * 4 + [False] * 4
    assert sum(row["quantity"] for row in second["hours"]) == 700


def test_a_job_under_way_keeps_its_work_center_and_needs_no_set_up() -> None:
    slow_first = {
        "seq": 10,
        "alternatives": [
            {"work_center": "L1", "cycle_s": 36, "setup_s": 900},
            {"work_center": "L2", "cycle_s": 72, "setup_s": 900},
        ],
    }
    document = scenario(order("O1", slow_first, quantity=300), now="2026-06-08T07:00+02:00")
    running = {"order": "O1", "seq": 10, "good": 20, "running_on": "L2"}
    schedule = plan({**document, "actuals": [running]})
    (block,) = schedule["blocks"]
    assert (block["work_center"], block["kind"], block["quantity"]) == ("L2", "run", 280)
    half_set_up = plan({**document, "actuals": [{**running, "setup_left_s": 600}]})
    assert half_set_up["objective"]["setup_s"] == 600


def test_after_an_operation_that_ended_short_only_its_pieces_are_planned() -> None:
    document = scenario(
        order("O1", step(10), step(20, "L2")),
        now="2026-06-08T08:00+02:00",
        actuals=[
            {"order": "O1", "seq": 10, "good": 95, "scrap": 5, "ended": True},
            {"order": "O1", "seq": 20, "good": 40, "scrap": 2},
        ],
    )
    schedule = plan(document)
    assert check(parse(document), schedule) == ()
    (block,) = schedule["blocks"]
    assert (block["seq"], block["quantity"]) == (20, 53)


def test_a_finished_order_is_done_before() -> None:
    document = scenario(
        order("O1"),
        now="2026-06-08T08:00+02:00",
        actuals=[{"order": "O1", "seq": 10, "good": 100}],
    )
    schedule = plan(document)
    assert (schedule["blocks"], schedule["hours"]) == ([], [])
    (row,) = schedule["orders"]
    assert (row["completion"], row["tardiness_s"], row["reasons"]) == (None, 0, [])


def test_an_operation_under_way_makes_way_for_the_one_that_it_waits_for() -> None:
    """Both need L1: what is left of 10 comes first, and 20 is set up again after it."""
    document = scenario(
        order("O1", step(10, setup=600), step(20, setup=900)),
        now="2026-06-08T08:00+02:00",
        actuals=[
            {"order": "O1", "seq": 10, "good": 50},
            {"order": "O1", "seq": 20, "good": 20, "running_on": "L1"},
        ],
    )
    schedule = plan(document)
    assert check(parse(document), schedule) == ()
    blocks = [(block["seq"], block["kind"]) for block in schedule["blocks"]]
    assert blocks == [(10, "setup"), (10, "run"), (20, "setup"), (20, "run")]
    assert schedule["objective"]["setup_s"] == 1500


@st.composite
def any_replan(draw: st.DrawFn) -> Json:
    """A plan of which something else became, at some moment, with some hours frozen."""
    document = draw(any_scenario())
    first = plan(document)
    now = parse_time(document["plan_start"]) + draw(st.integers(0, 200)) * 1_234_567_890
    actuals: list[Json] = []
    for one in document["orders"]:
        most = one["quantity"]
        for operation in one["operations"]:
            good = draw(st.integers(0, most))
            most = good
            actual = {"order": one["id"], "seq": operation["seq"], "good": good}
            actual["scrap"] = draw(st.integers(0, 5))
            actual["ended"] = draw(st.sampled_from([False, False, True]))
            center = operation["alternatives"][0]["work_center"]
            taken = {one.get("running_on") for one in actuals}
            if center not in taken and draw(st.sampled_from([False, False, True])):
                actual["running_on"] = center
                actual["setup_left_s"] = draw(st.sampled_from([0, 100]))
            actuals.append(actual)
    frozen = now + draw(st.integers(-2, 9)) * 1_800_000_000
    return {
        **document,
        "now": _iso(now),
        "frozen_until": _iso(frozen),
        "actuals": actuals,
        "previous": draw(st.sampled_from([first, first["hours"], []])),
    }


@settings(max_examples=100)
@given(any_replan())
def test_whatever_became_of_the_plan_the_next_one_is_sound(document: Json) -> None:
    assert check(parse(document), plan(document)) == ()
