"""Working time of work centers and people, for those who judge plans and do not make them.

The solver has timelines of its own; nothing of theirs is used here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import cache

from edge.domain.calendars import compile_calendar
from edge.domain.intervals import Interval, subtract, union
from edge.planning.scenario.model import Scenario


class Worktime:
    """Working microseconds of one work center or person, over a compiled span."""

    def __init__(self, working: Iterable[Interval]) -> None:
        self.working = tuple(working)
        self._starts = [one.start for one in self.working]
        self._sums = [0]
        for one in self.working:
            self._sums.append(self._sums[-1] + one.length)

    def until(self, at: int) -> int:
        """Worked microseconds from the span's start to a moment."""
        index = bisect_right(self._starts, at)
        if index == 0:
            return 0
        last = self.working[index - 1]
        return self._sums[index - 1] + min(at, last.end) - last.start

    def between(self, start: int, end: int) -> int:
        """Worked microseconds from a moment to another."""
        return self.until(end) - self.until(start)

    def first_at(self, amount: int) -> int:
        """The first moment by which so much was worked since the span's start."""
        if not self.working:
            return 0
        index = max(bisect_left(self._sums, amount), 1)
        return self._starts[index - 1] + amount - self._sums[index - 1]

    def last_at(self, amount: int) -> int:
        """The last moment by which no more was worked: after closed time when it opens."""
        if not self.working:
            return 0
        index = min(bisect_right(self._sums, amount), len(self._starts)) - 1
        return self._starts[index] + amount - self._sums[index]

    def works_at(self, at: int) -> bool:
        index = bisect_right(self._starts, at)
        return index > 0 and at < self.working[index - 1].end

    def within(self, start: int, end: int) -> list[Interval]:
        """The working time between two moments, cut to them."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        found: list[Interval] = []
        for one in self.working[first:] if start < end else ():
            if one.start >= end:
                break
            if one.end > start:
                found.append(Interval(max(one.start, start), min(one.end, end)))
        return found


def center_worktimes(scenario: Scenario, start: int, end: int) -> Mapping[str, Worktime]:
    """By work center: its calendar less its maintenance."""
    return _worktimes(
        scenario, [(one.id, one.calendar, one.maintenance) for one in scenario.work_centers],
        start, end,
    )  # fmt: skip


def person_worktimes(scenario: Scenario, start: int, end: int) -> Mapping[str, Worktime]:
    """By person: the calendar less when absent."""
    return _worktimes(
        scenario, [(one.id, one.calendar, one.absent) for one in scenario.people], start, end
    )


def _worktimes(
    scenario: Scenario,
    users: Iterable[tuple[str, str, tuple[Interval, ...]]],
    start: int,
    end: int,
) -> Mapping[str, Worktime]:
    calendars = {one.id: one for one in scenario.calendars}

    @cache
    def working(calendar: str) -> tuple[Interval, ...]:
        return compile_calendar(calendars[calendar], start, end).working

    return {
        name: Worktime(subtract(working(calendar), union(away))) for name, calendar, away in users
    }
