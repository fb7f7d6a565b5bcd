"""Hours in every zone: their borders, labels and sums, also where a clock is changed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.clock import MICROS, to_datetime, to_micros
from edge.domain.hours import HOUR, hour_start, hour_starts, next_hour
from edge.planning.checking.check import check
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import iso
from edge.planning.solving import solve
from tests.unit.planning.scenarios import NIGHT, order, scenario, step

# Half hours, quarters of an hour, clock changes of 30 minutes, south and north, and none.
ZONES = (
    "Europe/Berlin",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
)
CHANGES = ("2026-03-28", "2026-10-03", "2026-10-24", "2026-03-07", "2026-04-03", "2026-09-26")
FIRST = to_micros(datetime(2015, 1, 1, tzinfo=UTC))
MOMENTS = st.integers(FIRST, FIRST + 22 * 365 * 24 * HOUR)


@given(MOMENTS, st.sampled_from(ZONES))
def test_times_are_written_as_the_library_writes_them(at: int, zone: str) -> None:
    for moment in (at, at - at % MICROS, at - at % (900 * MICROS)):
        assert iso(moment, ZoneInfo(zone)) == (
            to_datetime(moment).astimezone(ZoneInfo(zone)).isoformat()
        )


@given(MOMENTS, st.integers(1, 900), st.sampled_from(ZONES))
def test_hours_are_counted_on_as_they_are_looked_for(at: int, many: int, zone: str) -> None:
    place = ZoneInfo(zone)
    found = hour_starts(at, at + many * HOUR, place)
    assert found[0] == hour_start(at, place)
    assert found[-1] >= at + many * HOUR
    assert all(later == next_hour(one, place) for one, later in pairwise(found))


def at_a_change(zone: str, day: str, quantity: int, cycle: str, *, always: bool) -> dict[str, Any]:
    """One order over some nights around a change of the clock."""
    start = datetime.fromisoformat(f"{day}T17:40+00:00")
    calendars = {"early": {"always": True} if always else {"weekly": [NIGHT]}}
    due = (start + timedelta(days=3)).isoformat()
    return scenario(
        order("O1", step(10, cycle=cycle, setup=5400), quantity=quantity, due=due),
        calendars=calendars,
        timezone=zone,
        plan_start=start.isoformat(),
    )


@given(
    st.sampled_from(ZONES),
    st.sampled_from(CHANGES),
    st.integers(1, 5_000),
    st.sampled_from(["7", "125/48", "61/3", "4000"]),
    st.booleans(),
)
def test_hours_add_up_and_are_named_right_around_a_change(
    zone: str, day: str, quantity: int, cycle: str, always: bool
) -> None:
    plant = parse(at_a_change(zone, day, quantity, cycle, always=always))
    schedule = solve(plant)
    assert check(plant, schedule) == ()
    rows = schedule["hours"]
    assert sum(row["quantity"] for row in rows) == quantity
    assert sum(row["setup_s"] for row in rows) == 5400
    for row in rows:
        hour = datetime.fromisoformat(row["hour"])
        local = hour.astimezone(ZoneInfo(zone))
        assert row["label"] == local.isoformat(timespec="minutes")[11:]
        assert hour_start(to_micros(hour), plant.zone) == to_micros(hour)
    hours = [row["hour"] for row in rows]
    assert hours == sorted({*hours})


def test_the_hour_that_comes_twice_has_two_rows_and_the_short_one_half_the_pieces() -> None:
    """In Berlin 02:00 comes twice; Lord Howe puts its clock back by 30 minutes only."""
    berlin = solve(parse(at_a_change("Europe/Berlin", "2026-10-24", 5_000, "7", always=True)))
    twice = [row for row in berlin["hours"] if row["label"].startswith("02:00")][:2]
    assert [row["label"] for row in twice] == ["02:00+02:00", "02:00+01:00"]
    assert [row["quantity"] in (514, 515) for row in twice] == [True, True]
    howe = solve(parse(at_a_change("Australia/Lord_Howe", "2026-04-03", 15_000, "7", always=True)))
    short = [row for row in howe["hours"] if row["label"] == "01:30+10:30"]
    assert [row["quantity"] in (257, 258) for row in short] == [True]
