"""Arithmetic on working time, however far it reaches."""

from datetime import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.calendars import CalendarEnds, ShiftPattern, WorkCalendar
from edge.domain.clock import parse_time
from edge.domain.hours import DAY, hour_start
from edge.domain.intervals import Interval
from edge.planning.placing.timeline import FIRST_SPAN, Timeline

ORIGIN = parse_time("2026-09-01T00:00+02:00")  # the first span holds the clock change
EARLY = ShiftPattern("early", frozenset(range(5)), time(6), time(14), ((time(10), time(10, 30)),))
NIGHT = ShiftPattern("night", frozenset(range(7)), time(22), time(6))
CLOSED = Interval(ORIGIN + 3 * DAY, ORIGIN + 9 * DAY)
CALENDAR = WorkCalendar("c", "Europe/Berlin", (EARLY, NIGHT), closed=(CLOSED,))
MAINTENANCE = (Interval(ORIGIN + 20 * DAY, ORIGIN + 21 * DAY),)
REACH = 2 * FIRST_SPAN  # beyond what is compiled at first
moments = st.integers(ORIGIN, ORIGIN + REACH)


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    return Timeline(CALENDAR, MAINTENANCE, ORIGIN, ORIGIN)


@given(start=moments, work=st.integers(1, 20 * DAY))
def test_after_is_the_first_moment_with_so_much_worked(
    timeline: Timeline, start: int, work: int
) -> None:
    end = timeline.after(start, work)
    assert timeline.amount(end) - timeline.amount(start) == work
    assert timeline.amount(end - 1) - timeline.amount(start) == work - 1


@given(at=moments)
def test_open_at_is_the_next_working_moment(timeline: Timeline, at: int) -> None:
    opens = timeline.open_at(at)
    assert opens >= at
    assert timeline.amount(opens) == timeline.amount(at)
    assert timeline.amount(opens + 1) == timeline.amount(at) + 1
    assert not any(one.start <= opens < one.end for one in (CLOSED, *MAINTENANCE))


@given(start=moments, length=st.integers(1, 10 * DAY))
def test_parts_are_the_working_time_each_in_its_hour(
    timeline: Timeline, start: int, length: int
) -> None:
    end = start + length
    parts = list(timeline.parts(start, end))
    worked = timeline.amount(end) - timeline.amount(start)
    assert sum(right - left for left, right, _ in parts) == worked
    for left, right, hour in parts:
        assert start <= left < right <= end
        assert hour == hour_start(left, CALENDAR.zone) == hour_start(right - 1, CALENDAR.zone)


@given(start=moments, length=st.integers(1, 10 * DAY))
def test_between_borders_it_is_open_throughout_or_closed(
    timeline: Timeline, start: int, length: int
) -> None:
    end = start + length
    edges = [start, *timeline.borders(start, end), end]
    for first, last in pairwise(edges):
        worked = timeline.amount(last) - timeline.amount(first)
        assert worked in {0, last - first}


def test_a_calendar_that_has_no_more_to_give_says_so() -> None:
    once = WorkCalendar("once", "Europe/Berlin", open=(Interval(ORIGIN, ORIGIN + DAY),))
    timeline = Timeline(once, (), ORIGIN, ORIGIN)
    assert timeline.after(ORIGIN, DAY) == ORIGIN + DAY
    with pytest.raises(CalendarEnds, match=r"'once'.*more working time"):
        timeline.after(ORIGIN, DAY + 1)
