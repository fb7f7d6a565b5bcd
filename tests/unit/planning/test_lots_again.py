"""Levelled orders in a re-plan: as planned nothing changes, and what was made counts."""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time, to_datetime
from edge.domain.hours import HOUR, hour_start, next_hour
from edge.planning.checking.check import check
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import MONDAY, order, scenario, step
from tests.unit.planning.test_lots import MIX, levelled_scenario, through_json
from tests.unit.planning.test_lots_set_up import busy_scenario
from tests.unit.planning.test_replan import exact, made_by, unmarked

Json = dict[str, Any]
BEGIN = parse_time(MONDAY)


def judged(document: Json) -> Json:
    plant = parse(document)
    schedule = through_json(solve(plant, proofs=0))
    assert check(plant, schedule) == ()
    return schedule


def made_again(document: Json, previous: Json, now: int, actuals: list[Json]) -> Json:
    later = {"now": to_datetime(now).isoformat(), "actuals": actuals, "previous": previous}
    return judged({**document, **later})


def first_operations(document: Json) -> Json:
    """Orders of one operation each: what is made ahead hangs on pitches that may be over."""
    for one in document["orders"]:
        del one["operations"][1:]
    return document


@settings(max_examples=25, deadline=None)
@given(busy_scenario().map(exact).map(first_operations), st.integers(1, 60))
def test_as_planned_nothing_changes(document: Json, hours: int) -> None:
    """A plan, a re-plan of it, and a re-plan of that an hour later: all the same hours. Lots that
    are late are levelled anew."""
    first = judged(document)
    assume(all(one["lots"] and not one["late_lots"] for one in first["levelled"]))
    zone, previous = parse(document).zone, first
    now = hour_start(parse_time(document["plan_start"]), zone)
    for _ in range(hours):
        now = next_hour(now, zone)
    before = {row["id"]: row["completion"] for row in first["orders"]}
    for _ in range(2):
        previous = made_again(document, previous, now, made_by(first, now))
        assert unmarked(previous["hours"]) == first["hours"]
        assert all(row["completion"] in (None, before[row["id"]]) for row in previous["orders"])
        now = next_hour(now, zone)


@settings(max_examples=25, deadline=None)
@given(st.one_of(busy_scenario(), levelled_scenario()), st.integers(1, 40), st.data())
def test_whatever_was_made_all_that_is_left_is_planned_soundly(
    document: Json, hours: int, data: st.DataObject
) -> None:
    """Fewer pieces than planned, set-ups that are not done, something else that runs."""
    first = judged(document)
    now = parse_time(document["plan_start"]) + hours * HOUR
    actuals = made_by(first, now)
    for one in actuals:
        one["good"] = max(0, one["good"] - data.draw(st.sampled_from([0, 0, 0, 1, 5])))
    is_said: bool = data.draw(st.booleans())
    if actuals and is_said:
        runs = actuals[data.draw(st.integers(0, len(actuals) - 1))]
        whole = next(one for one in document["orders"] if one["id"] == runs["order"])
        made = next(one for one in whole["operations"] if one["seq"] == runs["seq"])
        runs["running_on"] = made["alternatives"][0]["work_center"]
        runs["setup_left_s"] = data.draw(st.sampled_from([0, 300]))
    second = made_again(document, first, now, actuals)
    made_again(document, second, now + HOUR, actuals)


DAYS = [{"pitch_s": "day", "products": ["P"]}]


def a_month(*others: Json) -> Json:
    return scenario(
        order("A", step(10, setup=600), quantity=500, due="2026-06-19T14:00+02:00"),
        *others,
        levelling=DAYS,
    )


def by_day(schedule: Json, id_: str) -> list[tuple[str, int]]:
    """New pieces of an order by day."""
    found: dict[str, int] = {}
    for row in schedule["hours"]:
        if row["order"] == id_ and not row["frozen"]:
            found[row["hour"][8:10]] = found.get(row["hour"][8:10], 0) + row["quantity"]
    return sorted(found.items())


def test_by_hand_what_was_made_of_a_day_counts() -> None:
    """500 in ten days are 50 a day. At 07:00 all 50 of Monday are made: none is planned for it any
    more. With 40 made there are 10 to come, and with 60 Monday has 10 more than its share, which
    the other nine days have less: 440 = 8 x 49 + 48.
    """
    document = a_month()
    first = judged(document)
    assert by_day(first, "A")[0] == ("08", 50)
    for made, monday, others in ((50, [], [50] * 9), (40, [10], [50] * 9)):
        counts = [{"order": "A", "seq": 10, "good": made}]
        second = made_again(document, first, BEGIN + HOUR, counts)
        assert [pieces for _, pieces in by_day(second, "A")] == [*monday, *others]
        assert second["objective"]["setup_s"] == 0
    counts = [{"order": "A", "seq": 10, "good": 60}]
    ahead = made_again(document, first, BEGIN + HOUR, counts)
    assert sorted(pieces for _, pieces in by_day(ahead, "A")) == [48, *[49] * 8]


def test_what_stands_on_a_work_center_is_what_was_there_last() -> None:
    """Monday is A and B, Tuesday B and A: on Monday afternoon the line stands for B."""
    other = order("B", step(10, setup=600), quantity=100, due="2026-06-19T14:00+02:00", family="F2")
    document = a_month(other)
    first = judged(document)
    now = BEGIN + 6 * HOUR
    second = made_again(document, first, now, made_by(first, now))
    new = [one for one in second["blocks"] if one["kind"] == "run"]
    assert [one["order"] for one in new][:4] == ["B", "A", "A", "B"]
    assert second["objective"]["setup_s"] == first["objective"]["setup_s"] - 2 * 600
    assert new[0]["start"] == "2026-06-09T06:00:00+02:00"


def test_both_work_centers_of_an_operation_stand_set_up() -> None:
    """Lots of an hour on two machines: whichever goes on, neither is set up again."""
    ways = [{"work_center": name, "cycle_s": 120, "setup_s": 600} for name in ("L1", "L2")]
    both = {"seq": 10, "alternatives": ways, "transfer_batch": None}
    document = scenario(order("A", both, quantity=1500), levelling=MIX)
    first = judged(document)
    now = BEGIN + 3 * HOUR
    second = made_again(document, first, now, made_by(first, now))
    assert {one["work_center"] for one in second["blocks"]} == {"L1", "L2"}
    assert first["objective"]["setup_s"] == 2 * 600
    assert second["objective"]["setup_s"] == 0
