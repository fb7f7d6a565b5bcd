"""The pitches of a levelled order: its working time, day by day, in equal parts of work."""

from dataclasses import dataclass
from itertools import groupby

from edge.domain.calendars import WorkCalendar, compile_calendar
from edge.domain.hours import DAY
from edge.domain.intervals import Interval, subtract, union
from edge.planning.scenario.model import WorkCenter


@dataclass(frozen=True)
class Pitch:
    """A stretch of a production day with `worked` microseconds of work, breaks included.

    `whole`: those of all of the pitch, of which there may be less from where planning begins.
    """

    start: int
    end: int
    worked: int
    whole: int


def pitches(
    calendar: WorkCalendar, center: WorkCenter, pitch_us: int | None, start: int, end: int
) -> list[Pitch]:
    """The pitches of [start, end), cut to it.

    Each production day is cut from its first working moment on, so that the pitches stay
    where they are whenever the plan begins; the last one of a day can be shorter.
    """
    compiled = compile_calendar(calendar, start - DAY, end + DAY)
    shifts = sorted(compiled.shifts, key=lambda one: (one.production_day, one.start))
    found: list[Pitch] = []
    for _, day in groupby(shifts, key=lambda one: one.production_day):
        parts = [part for shift in day for part in shift.working]
        working = subtract(union(parts), union(center.maintenance))
        found += _of_day(working, pitch_us, start, end)
    return sorted(found, key=lambda one: one.start)


def _of_day(
    working: tuple[Interval, ...], pitch_us: int | None, start: int, end: int
) -> list[Pitch]:
    whole = sum(one.length for one in working)
    length = pitch_us or max(whole, 1)
    found: list[list[Interval]] = [[]]
    room = length
    for one in working:
        left = one.start
        while left < one.end:
            if not room:
                found.append([])
                room = length
            right = min(one.end, left + room)
            found[-1].append(Interval(left, right))
            room -= right - left
            left = right
    return [pitch for parts in found if (pitch := _cut(parts, start, end))]


def _cut(parts: list[Interval], start: int, end: int) -> Pitch | None:
    cut = [
        Interval(max(one.start, start), min(one.end, end))
        for one in parts
        if one.start < end and start < one.end
    ]
    if not cut:
        return None
    whole = sum(one.length for one in parts if one.start < end)
    return Pitch(cut[0].start, cut[-1].end, sum(one.length for one in cut), whole)
