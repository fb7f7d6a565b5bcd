"""Working time of work centers, as far into the future as the plan needs it.

`amount(t)` is the microseconds worked since the timeline's origin; work is planned
by these amounts, so that closed time never has to be looked at twice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import Final

from edge.domain.calendars import CalendarEnds, WorkCalendar, compile_calendar
from edge.domain.hours import DAY, hour_start, next_hour
from edge.domain.intervals import Interval, subtract, union
from edge.planning.scenario.model import Person, Scenario, WorkCenter

FIRST_SPAN: Final = 60 * DAY
LONGEST_SPAN: Final = 20 * 366 * DAY
BEFORE: Final = DAY


@lru_cache(maxsize=32)
def _working(calendar: WorkCalendar, start: int, end: int) -> tuple[Interval, ...]:
    """Working time of a calendar; each proof of a reason asks for the same ones again."""
    return compile_calendar(calendar, start, end).working


class Timeline:
    """Working time from `origin` on; compiled further when it is asked for more."""

    def __init__(
        self, calendar: WorkCalendar, maintenance: tuple[Interval, ...], origin: int, until: int
    ) -> None:
        self.calendar, self.maintenance, self.origin = calendar, union(maintenance), origin
        self._zone = calendar.zone
        self._longest = max(until, origin) + LONGEST_SPAN
        self._compile(max(until, origin) + FIRST_SPAN)

    def _compile(self, end: int) -> None:
        self.end = end
        working = _working(self.calendar, self.origin, end)
        self.working = subtract(working, self.maintenance)
        self._starts = [one.start for one in self.working]
        self._ends = [one.end for one in self.working]
        self._before = [0, *accumulate(one.length for one in self.working)]
        self._parts: list[tuple[int, int, int]] | None = None

    def lists(self) -> tuple[list[int], list[int], list[int]]:
        """Starts and ends of the working intervals, and the work before each (one more: all)."""
        return self._starts, self._ends, self._before

    def known(self) -> int:
        """All the work from the origin on, as far as it was compiled."""
        return self._before[-1]

    def extend(self) -> None:
        """Twice the span; raises CalendarEnds where a calendar has no more to give, and
        LONGEST_SPAN after the horizon."""
        if self.end >= self._longest or not (self.calendar.always or self.calendar.shifts):
            raise CalendarEnds(self.calendar.id, Interval(self.origin, self.end), None)
        self._compile(min(2 * self.end - self.origin, self._longest))

    def amount(self, at: int) -> int:
        """Microseconds worked from the origin to `at`."""
        while at > self.end:
            self.extend()
        found = bisect_right(self._starts, at) - 1
        if found < 0:
            return 0
        return self._before[found] + min(at, self._ends[found]) - self._starts[found]

    def moment(self, amount: int) -> int:
        """The first moment by which `amount` was worked since the origin."""
        while amount > self._before[-1]:
            self.extend()
        if amount <= 0:
            return self.origin
        found = bisect_left(self._before, amount)
        return self._ends[found - 1] - (self._before[found] - amount)

    def after(self, start: int, work: int) -> int:
        """The first moment by which `work` was done since `start`."""
        return self.moment(self.amount(start) + work) if work > 0 else start

    def open_at(self, at: int) -> int:
        """The first working moment at or after `at`."""
        while True:
            found = bisect_right(self._starts, at) - 1
            if found >= 0 and at < self._ends[found]:
                return at
            if found + 1 < len(self._starts):
                return self._starts[found + 1]
            self.extend()

    def borders(self, start: int, end: int) -> list[int]:
        """Where working time begins or ends after `start` and before `end`."""
        self.amount(end)
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        edges = [edge for one in self.working[first:last] for edge in (one.start, one.end)]
        return [edge for edge in edges if start < edge < end]

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """(start, end, hour) of the working time between, cut at clock hours of the site."""
        self.amount(end)
        if self._parts is None:
            self._parts = []
        parts = self._parts
        while (not parts or parts[-1][1] < end) and self._cut_next():
            pass
        first = bisect_right(parts, start, key=lambda part: part[1])
        for index in range(first, len(parts)):
            left, right, hour = parts[index]
            if left >= end:
                return
            yield max(left, start), min(right, end), hour

    def _cut_next(self) -> bool:
        """Cut one more working interval at clock hours; False if there is none."""
        parts = self._parts
        assert parts is not None
        found = bisect_left(self._starts, parts[-1][1]) if parts else 0
        if found == len(self._starts):
            return False
        start, end = self._starts[found], self._ends[found]
        while start < end:
            following = next_hour(start, self._zone)
            hour = hour_start(start, self._zone)
            parts.append((start, min(following, end), hour))
            start = following
        return True


class Capacity:
    """The timelines of a scenario's work centers, shared by all solves of it."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._calendars = {one.id: one for one in scenario.calendars}
        self._made: dict[tuple[object, ...], Timeline] = {}
        earlier = [block.start for block in scenario.previous_blocks]
        earlier += [row.hour for row in scenario.previous]
        self.origin = min([scenario.plan_start, *earlier]) - BEFORE
        self._always = WorkCalendar("always open", scenario.timezone, always=True)

    @property
    def latest(self) -> int:
        """The moment to which a plan reaches at most."""
        return max(self._scenario.horizon, self.origin) + LONGEST_SPAN

    def timeline(self, center: WorkCenter, *, exceptions: bool = True) -> Timeline:
        """Working time of a work center; without `exceptions` nothing is closed specially."""
        key = (center.calendar, center.maintenance, exceptions)
        if key not in self._made:
            calendar = self._calendars[center.calendar]
            if not exceptions:
                calendar = replace(calendar, closed=())
            maintenance = center.maintenance if exceptions else ()
            self._made[key] = self._new(calendar, maintenance)
        return self._made[key]

    def of_person(self, person: Person, *, exceptions: bool = True) -> Timeline:
        """When a person is at work; without `exceptions` nobody is absent."""
        absent = person.absent if exceptions else ()
        key = (person.calendar, absent, exceptions)
        if key not in self._made:
            calendar = self._calendars[person.calendar]
            if not exceptions:
                calendar = replace(calendar, closed=())
            self._made[key] = self._new(calendar, absent)
        return self._made[key]

    def endless(self) -> Timeline:
        """A work center that never closes."""
        if ("endless",) not in self._made:
            self._made["endless",] = self._new(self._always, ())
        return self._made["endless",]

    def _new(self, calendar: WorkCalendar, maintenance: tuple[Interval, ...]) -> Timeline:
        return Timeline(calendar, maintenance, self.origin, self._scenario.horizon)
