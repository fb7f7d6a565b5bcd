"""When the crew is at the machine: shifts and breaks of local time, as UTC stretches."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from simulators.blueprint import CrewSpec, Shift
from simulators.clock import to_datetime, to_micros

# Boundaries are laid out for so many days at a time.
WINDOW_DAYS = 8


class Presence(Enum):
    """What the crew does."""

    WORK = "work"
    BREAK = "break"
    OFF = "off"


class Crew:
    """Answers who is there; without a specification somebody always is."""

    def __init__(self, spec: CrewSpec | None) -> None:
        self._spec = spec
        self._edges: list[int] = []
        self._presence: list[Presence] = []

    def at(self, now: int) -> tuple[Presence, int]:
        """Presence at `now` and the time (microseconds UTC, later than `now`) until it lasts."""
        if self._spec is None:
            return Presence.WORK, now + WINDOW_DAYS * 86_400_000_000
        if not self._edges or not self._edges[0] <= now < self._edges[-1]:
            self._lay_out(self._spec, now)
        index = bisect_right(self._edges, now) - 1
        return self._presence[index], self._edges[index + 1]

    def _lay_out(self, spec: CrewSpec, now: int) -> None:
        zone = ZoneInfo(spec.timezone)
        today = to_datetime(now).astimezone(zone).date()
        first, last = (
            _utc(today + timedelta(days=days), time(), zone) for days in (-1, WINDOW_DAYS)
        )
        # The day before `first` may hold a night shift that reaches into the window.
        days = [today + timedelta(days=n) for n in range(-2, WINDOW_DAYS + 1)]
        work, breaks = _stretches(spec, days, zone)
        cuts = {edge for span in [*work, *breaks, *spec.closed] for edge in span}
        self._edges = [first, *sorted(cut for cut in cuts if first < cut < last), last]
        self._presence = [_presence(edge, work, breaks, spec.closed) for edge in self._edges]


Spans = list[tuple[int, int]]


def _stretches(spec: CrewSpec, days: list[date], zone: ZoneInfo) -> tuple[Spans, Spans]:
    work: Spans = []
    breaks: Spans = []
    for day in days:
        for shift in spec.shifts:
            if day.weekday() in shift.days:
                work.append(_span(day, shift.start, shift.end, zone))
                breaks.extend(_breaks(day, shift, zone))
    return work, breaks


def _breaks(day: date, shift: Shift, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    for start, end in shift.breaks:
        # In a night shift what lies before its start belongs to the next day.
        yield _span(day + timedelta(days=start < shift.start), start, end, zone)


def _span(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[int, int]:
    return _utc(day, start, zone), _utc(day + timedelta(days=end <= start), end, zone)


def _utc(day: date, at: time, zone: ZoneInfo) -> int:
    return to_micros(datetime.combine(day, at, tzinfo=zone))


def _presence(at: int, work: Spans, breaks: Spans, closed: tuple[tuple[int, int], ...]) -> Presence:
    def inside(spans: Spans | tuple[tuple[int, int], ...]) -> bool:
        return any(start <= at < end for start, end in spans)

    if not inside(work) or inside(closed):
        return Presence.OFF
    return Presence.BREAK if inside(breaks) else Presence.WORK
