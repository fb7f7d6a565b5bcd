"""Who is at the machine, over breaks, nights, weekends and changes of the clock."""

from dataclasses import replace
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.blueprint import CrewSpec, Shift
from simulators.clock import parse_time
from simulators.crew import Crew, Presence
from tests.unit.simulators.plants import DAY, HOUR, MONDAY_6

NIGHT = replace(
    DAY,
    shifts=(
        Shift(
            name="night",
            days=frozenset({4, 5}),
            start=time(22),
            end=time(6),
            breaks=((time(23, 30), time(0, 15)), (time(2), time(2, 30))),
        ),
    ),
)


def worked(spec: CrewSpec, start: str, end: str) -> dict[Presence, int]:
    """Microseconds of each presence in a span."""
    crew, now, last = Crew(spec), parse_time(start), parse_time(end)
    found = dict.fromkeys(Presence, 0)
    while now < last:
        presence, until = crew.at(now)
        assert until > now
        found[presence] += min(until, last) - now
        now = until
    return found


def test_a_week_of_days() -> None:
    week = worked(DAY, "2026-06-08T00:00+02:00", "2026-06-15T00:00+02:00")
    assert week[Presence.WORK] == 5 * 7.5 * HOUR
    assert week[Presence.BREAK] == 5 * 0.5 * HOUR


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-06-12T12:00+02:00", "2026-06-13T12:00+02:00", 8),
        ("2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", 7),
        ("2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", 9),
    ],
)
def test_a_night_shift_follows_the_clock_change(start: str, end: str, hours: int) -> None:
    night = worked(NIGHT, start, end)
    assert night[Presence.WORK] + night[Presence.BREAK] == hours * HOUR


def test_breaks_of_a_night_lie_on_both_sides_of_midnight() -> None:
    night = worked(NIGHT, "2026-06-12T22:00+02:00", "2026-06-13T06:00+02:00")
    assert night[Presence.BREAK] == 1.25 * HOUR


def test_closed_wins() -> None:
    closed = (parse_time("2026-06-09T08:00+02:00"), parse_time("2026-06-10T07:00+02:00"))
    week = worked(
        replace(DAY, closed=(closed,)), "2026-06-08T00:00+02:00", "2026-06-15T00:00+02:00"
    )
    assert week[Presence.WORK] == (5 * 7.5 - 5.5 - 1) * HOUR


def test_without_a_crew_somebody_always_is() -> None:
    presence, until = Crew(None).at(0)
    assert presence is Presence.WORK
    assert until > 0


@given(st.lists(st.integers(-400 * 24 * HOUR, 400 * 24 * HOUR), min_size=1, max_size=8))
def test_answers_do_not_depend_on_what_was_asked_before(offsets: list[int]) -> None:
    asked_before = Crew(NIGHT)
    for offset in offsets:
        now = MONDAY_6 + offset
        presence, until = asked_before.at(now)
        fresh, fresh_until = Crew(NIGHT).at(now)
        assert presence is fresh
        assert now < until
        assert Crew(NIGHT).at(min(until, fresh_until) - 1)[0] is presence
