"""The timelines of a problem, each with a number, and as lists of whole numbers for the kernel."""

from typing import Any, Final

from edge.domain.calendars import CalendarEnds
from edge.domain.hours import DAY
from edge.planning.placing.relaxing import Relaxation
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.scenario.model import Person, WorkCenter

BUCKET: Final = 32  # working intervals are found by stretches of 2**32 microseconds
RATED_DAYS: Final = 28


class Lines:
    """Those that were asked for a number, in its order; as exceptional closures are relaxed."""

    def __init__(self, capacity: Capacity, relaxed: Relaxation) -> None:
        self._capacity, self._exceptions = capacity, not relaxed.calendar
        self._lines: list[Timeline] = []
        self._number_of: dict[int, int] = {}

    def __getitem__(self, number: int) -> Timeline:
        return self._lines[number]

    def of_center(self, center: WorkCenter) -> Timeline:
        return self._capacity.timeline(center, exceptions=self._exceptions)

    def of_person(self, person: Person) -> Timeline:
        return self._capacity.of_person(person, exceptions=self._exceptions)

    def number_of(self, line: Timeline) -> int:
        if id(line) not in self._number_of:
            self._number_of[id(line)] = len(self._lines)
            self._lines.append(line)
        return self._number_of[id(line)]

    def extend(self) -> None:
        """Twice as much of each timeline that goes on; raises CalendarEnds where none does.

        One that ends is no matter as long as all is placed on the others.
        """
        ended: list[CalendarEnds] = []
        for line in self._lines:
            try:
                line.extend()
            except CalendarEnds as ends:
                ended.append(ends)
        if len(ended) == len(self._lines):
            raise ended[0]

    def fields(self) -> dict[str, Any]:
        """The kernel's lists of working time, as far as it is known now."""
        off, ends, b_off, c_off = [0], list[int](), [0], [0]
        ws, we, wb, wa = list[int](), list[int](), list[int](), list[int]()
        b_at, c_at = list[int](), list[int]()
        for line in self._lines:
            starts, stops, before = line.lists()
            first = len(ws)
            ws += starts
            we += stops
            wb += before[:-1]
            wa += before[1:]
            b_at += _buckets(stops, self._capacity.origin, line.end, first, after=True)
            c_at += _buckets(before[1:], 0, before[-1], first, after=False)
            for offsets, where in ((off, ws), (b_off, b_at), (c_off, c_at)):
                offsets.append(len(where))
            ends.append(line.end)
        found = {"t_off": off, "t_end": ends, "ws": ws, "we": we, "wb": wb, "wa": wa}
        found |= {"b_off": b_off, "b_at": b_at, "c_off": c_off, "c_at": c_at}
        return {"bucket": BUCKET, "origin": self._capacity.origin, **found}

    def stretch(self, begin: int) -> tuple[int, int]:
        """How much longer than work time by the clock is, on all of them together."""
        end = begin + RATED_DAYS * DAY
        worked = sum(line.amount(end) - line.amount(begin) for line in self._lines)
        clock = (end - begin) * len(self._lines)
        return (clock // 1_000_000, max(worked // 1_000_000, 1)) if worked else (1, 1)


def _buckets(ends: list[int], origin: int, until: int, first: int, *, after: bool) -> list[int]:
    """For each stretch from `origin` to `until`, the first interval that ends in it or later."""
    found, count = list[int](), ((until - origin) >> BUCKET) + 1
    for index, end in enumerate(ends):  # it is found from all stretches that begin before it ends
        until_it = -((origin - end) >> BUCKET) if after else ((end - origin) >> BUCKET) + 1
        found += [first + index] * (min(until_it, count) - len(found))
    return found + [first + len(ends)] * (count - len(found))
