"""Skills that nobody has, or that nobody has while the work center is open."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from edge.domain.calendars import WorkCalendar, calendar_faults, compile_calendar
from edge.domain.clock import MICROS
from edge.domain.faults import Fault
from edge.domain.hours import DAY
from edge.domain.intervals import Interval, intersect, subtract, union
from edge.planning.scenario.crosschecks_flow import within_gap
from edge.planning.scenario.reading import BAD, clean

Record = Mapping[str, Any]
BEYOND = 60 * DAY


def gap_faults(scenario: Record, calendars: Mapping[str, WorkCalendar]) -> Iterator[Fault]:
    """Longest gaps that closed time between two steps makes longer than they may be, always."""
    if scenario["orders"] is BAD:
        return
    meetings = _Meetings(scenario, calendars)
    for order in scenario["orders"]:
        if order is BAD or order["operations"] is BAD or not clean(order["operations"]):
            continue
        for before, after in pairwise(sorted(order["operations"], key=lambda one: one["seq"])):
            if after["max_gap_s"] is not None and not meetings.follow(before, after):
                yield Fault(
                    f"orders[{order['id']}].operations[{after['seq']}].max_gap_s",
                    str(after["max_gap_s"] // MICROS),
                    f"the step is never open so soon after operation {before['seq']}",
                    "write more, or change a calendar",
                )


def people_faults(scenario: Record, calendars: Mapping[str, WorkCalendar]) -> Iterator[Fault]:
    """Operations that no one person can be with; without people skills bind nothing."""
    if not scenario["people"] or not clean(scenario["people"]) or scenario["orders"] is BAD:
        return
    meetings = _Meetings(scenario, calendars)
    for order in scenario["orders"]:
        if order is BAD or order["operations"] is BAD:
            continue
        for operation in order["operations"]:
            if clean(operation) and operation["skills"]:
                place = f"orders[{order['id']}].operations[{operation['seq']}].skills"
                yield from meetings.faults(operation, place)


class _Meetings:
    """Who has which skills, and whether they are ever at an open work center."""

    def __init__(self, scenario: Record, calendars: Mapping[str, WorkCalendar]) -> None:
        self._people = scenario["people"]
        self._sound = {
            name: one for name, one in calendars.items() if not any(calendar_faults(one))
        }
        centers = [] if scenario["work_centers"] is BAD else scenario["work_centers"]
        self._centers = {one["id"]: one for one in centers if clean(one)}
        self._span = _span(scenario)
        self.working = cache(self._working)
        self.meet = cache(self._meet)
        self.open = cache(self._open)

    def faults(self, operation: Record, place: str) -> Iterator[Fault]:
        wanted = frozenset(operation["skills"])
        able = [one for one in self._people if wanted <= {*one["skills"]}]
        value = ", ".join(sorted(wanted))
        if not able:
            known = ", ".join(sorted({skill for one in self._people for skill in one["skills"]}))
            mend = f"give one person all of them; there is: {known or 'no skill at all'}"
            yield Fault(place, value, "nobody has all of these skills", mend)
            return
        centers = sorted({one["work_center"] for one in operation["alternatives"]})
        if centers and not any(self.meet(center, wanted) for center in centers):
            names = ", ".join(sorted(one["id"] for one in able))
            message = f"{names} never works while {' or '.join(centers)} is open"
            yield Fault(place, value, message, "change a calendar, or teach somebody else")

    def _meet(self, center: str, wanted: frozenset[str]) -> bool:
        """Whether somebody who has the skills is at work when the work center is open."""
        row = self._centers.get(center)
        if self._span is None or row is None or row["calendar"] not in self._sound:
            return True  # it has a fault of its own
        there = subtract(self.working(row["calendar"]), union(row["maintenance"]))
        for one in self._people:
            if wanted <= {*one["skills"]}:
                if one["calendar"] not in self._sound:
                    return True
                at_work = subtract(self.working(one["calendar"]), union(one["absent"]))
                if intersect(there, at_work):
                    return True
        return False

    def follow(self, before: Record, after: Record) -> bool:
        """Whether pieces of one step can ever be begun at the next within its longest gap."""
        ways = [
            [self.open(way["work_center"], frozenset(one["skills"])) for way in one["alternatives"]]
            for one in (before, after)
        ]
        if not all(ways) or any(None in one for one in ways):
            return True  # it has a fault of its own, or is done outside
        return any(
            within_gap(first or (), second or (), after["max_gap_s"])
            for first in ways[0]
            for second in ways[1]
        )

    def _open(self, center: str, wanted: frozenset[str]) -> tuple[Interval, ...] | None:
        """When a work center is open and somebody can be there; None if that is not known."""
        row, people = self._centers.get(center), self._people
        if self._span is None or row is None or row["calendar"] not in self._sound:
            return None
        there = subtract(self.working(row["calendar"]), union(row["maintenance"]))
        if not wanted or people is BAD or not people or not clean(people):
            return there
        able = [one for one in people if wanted <= {*one["skills"]}]
        if any(one["calendar"] not in self._sound for one in able):
            return None
        at_work = [subtract(self.working(one["calendar"]), union(one["absent"])) for one in able]
        return intersect(there, union([one for times in at_work for one in times]))

    def _working(self, calendar: str) -> tuple[Interval, ...]:
        assert self._span is not None
        return compile_calendar(self._sound[calendar], *self._span).working


def _span(scenario: Record) -> tuple[int, int] | None:
    """From the plan's start to 60 days beyond its horizon."""
    start = scenario["plan_start"]
    if start is BAD:
        return None
    dues = [one["due"] for one in scenario["orders"] if one is not BAD]
    ends = [at for at in (scenario["plan_end"], *dues) if isinstance(at, int)]
    return start, max([start, *ends]) + BEYOND
