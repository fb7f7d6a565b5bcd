"""How far a plan reaches: twenty years beyond its horizon, wherever it begins."""

from datetime import time

import pytest

from edge.domain.calendars import CalendarEnds, ShiftPattern, WorkCalendar
from edge.domain.hours import DAY
from edge.planning.placing.timeline import LONGEST_SPAN, Timeline

START = 1_780_891_200_000_000
EARLY = ShiftPattern("early", frozenset(range(5)), time(6), time(14))
CALENDAR = WorkCalendar("day", "Europe/Berlin", shifts=(EARLY,))


@pytest.mark.parametrize("days", [0, 1, 30, 3_652])
def test_a_timeline_reaches_so_far_beyond_the_horizon(days: int) -> None:
    line = Timeline(CALENDAR, (), START - days * DAY, START)
    opens = line.open_at(START + LONGEST_SPAN - 7 * DAY)
    assert START + LONGEST_SPAN - 7 * DAY <= opens < START + LONGEST_SPAN
    with pytest.raises(CalendarEnds):
        line.open_at(START + LONGEST_SPAN + DAY)
