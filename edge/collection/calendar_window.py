"""A work calendar compiled around the present, and compiled anew when time moves on."""

from collections.abc import Mapping
from itertools import pairwise
from zoneinfo import ZoneInfo

from edge.domain.calendars import CompiledCalendar, WorkCalendar, compile_calendar
from edge.domain.facts import Json
from edge.domain.hours import DAY, hour_start, next_hour
from edge.domain.intervals import Interval, intersect

BEFORE, AFTER = 2 * DAY, 8 * DAY


class CalendarWindow:
    """Answers what facts need of a calendar, for any time; `zone` makes the clock hours."""

    def __init__(self, calendar: WorkCalendar, zone: ZoneInfo) -> None:
        self._calendar, self._zone = calendar, zone
        self._compiled: CompiledCalendar | None = None

    def in_work(self, at: int) -> bool:
        """Whether `at` is working time."""
        return self._covering(at, at).is_working(at)

    def body(self, at: int) -> Mapping[str, Json] | None:
        """`calendar` of a fact's body at `at`; None outside any shift."""
        shift = self._covering(at, at).shift_at(at)
        if shift is None:
            return None
        return {
            "id": self._calendar.id,
            "revision": self._calendar.revision,
            "shift": shift.name,
            "production_day": shift.production_day.isoformat(),
        }

    def hour(self, at: int) -> int:
        """UTC start of the clock hour of `at`."""
        return hour_start(at, self._zone)

    def next_border(self, at: int) -> int | None:
        """When shift or working time changes next after `at`; None if not within days."""
        return self._covering(at, at).next_border(at)

    def borders(self, start: int, end: int) -> tuple[int, ...]:
        """When shift or working time changes, strictly between `start` and `end`, in order."""
        compiled, borders = self._covering(start, end), []
        border = compiled.next_border(start)
        while border is not None and border < end:
            borders.append(border)
            border = compiled.next_border(border)
        return tuple(borders)

    def segments(self, start: int, end: int) -> tuple[Interval, ...]:
        """The span cut at every clock hour and border; empty if no time passed."""
        if end <= start:
            return ()
        cuts, hour = set(self.borders(start, end)), next_hour(start, self._zone)
        while hour < end:
            cuts.add(hour)
            hour = next_hour(hour, self._zone)
        edges = [start, *sorted(cuts), end]
        return tuple(Interval(a, b) for a, b in pairwise(edges))

    def working(self, start: int, end: int) -> tuple[Interval, ...]:
        """Working time within a span (`end` after `start`)."""
        return intersect(self._covering(start, end).working, [Interval(start, end)])

    def _covering(self, start: int, end: int) -> CompiledCalendar:
        compiled = self._compiled
        if compiled is None or start <= compiled.span.start or end + DAY >= compiled.span.end:
            compiled = compile_calendar(self._calendar, start - BEFORE, end + AFTER)
            self._compiled = compiled
        return compiled
