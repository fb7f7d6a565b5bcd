"""Work calendars: weekly shifts with breaks and exceptions become intervals in UTC.

Local times are resolved so: a time that does not exist (clocks go forward) is the
first moment after the gap; a time that comes twice (clocks go back) is its first
occurrence; a break keeps its length. So a night from 22 to 06 has 7 or 9 real hours,
and shifts that do not overlap by the clock never overlap in fact. `closed` takes
working time away, `open` gives it and wins over `closed`.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge.domain.clock import to_datetime, to_micros
from edge.domain.faults import Fault
from edge.domain.intervals import Interval, intersect, subtract, union

DAY = timedelta(days=1)
WHOLE_DAY = 86_400_000_000
WEEK_MINUTES = 7 * 24 * 60
EXTRA = "extra"
ALWAYS = "day"


class CalendarInvalid(ValueError):
    """The calendar contradicts itself; mend what `faults` say."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


class CalendarEnds(Exception):
    """A moment outside the compiled span was asked for; compile a longer span."""

    def __init__(self, calendar: str, span: Interval, at: int | None) -> None:
        first, last = to_datetime(span.start).date(), to_datetime(span.end).date()
        asked = "more working time" if at is None else to_datetime(at).isoformat()
        super().__init__(
            f"calendar {calendar!r} was compiled from {first} to {last} (UTC) and is asked for"
            f" {asked}; compile it for a longer span"
        )
        self.calendar, self.span, self.at = calendar, span, at


@dataclass(frozen=True)
class ShiftPattern:
    """A shift as people write it; an end at or before the start is on the next day.

    `days` are those on which it starts, 0 is Monday; breaks are local times within it.
    """

    name: str
    days: frozenset[int]
    start: time
    end: time
    breaks: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True)
class WorkCalendar:
    """What a plant says about its working time; `always` stands instead of shifts."""

    id: str
    timezone: str
    shifts: tuple[ShiftPattern, ...] = ()
    always: bool = False
    closed: tuple[Interval, ...] = ()
    open: tuple[Interval, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def revision(self) -> str:
        """12 hex digits that change with the content, for facts to name."""
        text = json.dumps(asdict(self), default=_plain, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Shift:
    """One shift of one day, whole even if the compiled span cuts it."""

    name: str
    production_day: date
    start: int
    end: int
    working: tuple[Interval, ...]


@dataclass(frozen=True)
class CompiledCalendar:
    """A calendar in UTC over `span`; `working` is cut to the span, shifts are whole.

    Whatever is asked outside the span raises CalendarEnds, but `next_border`.
    """

    id: str
    revision: str
    zone: ZoneInfo
    span: Interval
    shifts: tuple[Shift, ...]
    working: tuple[Interval, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [one.start for one in self.working]

    @cached_property
    def _before(self) -> list[int]:
        """Worked microseconds before each working interval."""
        return [0, *accumulate(one.length for one in self.working)]

    @cached_property
    def _shift_starts(self) -> list[int]:
        return [one.start for one in self.shifts]

    @cached_property
    def _borders(self) -> list[int]:
        borders = {edge for one in self.working for edge in (one.start, one.end)}
        borders |= {edge for one in self.shifts for edge in (one.start, one.end)}
        return sorted(edge for edge in borders if self.span.start < edge < self.span.end)

    def is_working(self, at: int) -> bool:
        """Whether `at` is working time: in a shift, not in a break, not closed."""
        self._within(at, self.span.end - 1)
        found = bisect_right(self._starts, at) - 1
        return found >= 0 and at < self.working[found].end

    def shift_at(self, at: int) -> Shift | None:
        """The shift in which `at` lies, its breaks included; None between shifts."""
        self._within(at, self.span.end - 1)
        found = bisect_right(self._shift_starts, at) - 1
        return self.shifts[found] if found >= 0 and at < self.shifts[found].end else None

    def next_border(self, at: int) -> int | None:
        """The next moment after `at` when working time or shift changes; None past the span."""
        found = bisect_right(self._borders, at)
        return self._borders[found] if found < len(self._borders) else None

    def worked(self, start: int, end: int) -> int:
        """Working microseconds from `start` to `end`; negative if they are turned round."""
        return self._worked_until(end) - self._worked_until(start)

    def _worked_until(self, at: int) -> int:
        self._within(at, self.span.end)
        found = bisect_right(self._starts, at) - 1
        if found < 0:
            return 0
        one = self.working[found]
        return self._before[found] + min(at, one.end) - one.start

    def _within(self, at: int, last: int) -> None:
        if not self.span.start <= at <= last:
            raise CalendarEnds(self.id, self.span, at)


def compile_calendar(calendar: WorkCalendar, start: int, end: int) -> CompiledCalendar:
    """The calendar in UTC from `start` to `end` (us). Raises CalendarInvalid with every fault."""
    faults = calendar_faults(calendar)
    if faults:
        raise CalendarInvalid(faults)
    span, opened = Interval(start, end), union(calendar.open)
    near = union([span, *(one for one in opened if one.overlaps(span))])
    reach = Interval(near[0].start, near[-1].end)
    weekly = _weekly_shifts(calendar, reach, opened)
    spans = [Interval(one.start, one.end) for one in weekly]
    extra = [_extra(one, calendar.zone) for one in subtract(opened, spans)]
    shifts = sorted([*weekly, *extra], key=lambda one: one.start)
    kept = tuple(one for one in shifts if one.start < end and start < one.end)
    working = intersect(union(part for one in kept for part in one.working), [span])
    return CompiledCalendar(calendar.id, calendar.revision, calendar.zone, span, kept, working)


def resolve(day: date, at: time, zone: ZoneInfo) -> int:
    """Microseconds UTC of a local time; in a gap the gap's end, if twice the first."""
    wall = datetime.combine(day, at)
    first, second = (to_micros(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if second >= first:
        return first
    # In a gap fold 0 reads the clock before the change, fold 1 the one after it, so
    # the change lies between; the first moment after it has the later offset.
    low, high = second, first
    offset = to_datetime(high).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high


def _weekly_shifts(
    calendar: WorkCalendar, reach: Interval, opened: tuple[Interval, ...]
) -> list[Shift]:
    """Shifts of the week over `reach`, with exceptions; one with nothing left is none."""
    # Holidays are closed for decades; those far off are asked about for every shift.
    wide = Interval(reach.start - 3 * WHOLE_DAY, reach.end + 3 * WHOLE_DAY)
    closed, shifts = [one for one in union(calendar.closed) if one.overlaps(wide)], []
    for day in _days(reach, calendar.zone):
        for name, span, breaks in _shifts_of(calendar, day):
            pause = union([*breaks, *closed])
            plain = subtract([span], pause)
            working = union([*plain, *intersect([span], opened)])
            if working:
                shifts.append(Shift(name, day, span.start, span.end, working))
    return sorted(shifts, key=lambda one: one.start)


def _shifts_of(
    calendar: WorkCalendar, day: date
) -> Iterator[tuple[str, Interval, tuple[Interval, ...]]]:
    """Name, span and breaks of the shifts that start on a local day."""
    zone, midnight = calendar.zone, time(0)
    if calendar.always:
        whole = Interval(resolve(day, midnight, zone), resolve(day + DAY, midnight, zone))
        yield ALWAYS, whole, ()
        return
    for pattern in calendar.shifts:
        if day.weekday() not in pattern.days:
            continue
        last = day if pattern.end > pattern.start else day + DAY
        start, end = resolve(day, pattern.start, zone), resolve(last, pattern.end, zone)
        if start < end:
            yield pattern.name, Interval(start, end), _breaks_of(pattern, day, zone)


def _breaks_of(pattern: ShiftPattern, day: date, zone: ZoneInfo) -> tuple[Interval, ...]:
    breaks = []
    for begin, finish in pattern.breaks:
        start = resolve(day if begin >= pattern.start else day + DAY, begin, zone)
        minutes = (_minutes(finish) - _minutes(begin)) % (24 * 60)
        breaks.append(Interval(start, start + minutes * 60_000_000))
    return tuple(breaks)


def _extra(span: Interval, zone: ZoneInfo) -> Shift:
    day = to_datetime(span.start).astimezone(zone).date()
    return Shift(EXTRA, day, span.start, span.end, (span,))


def _days(reach: Interval, zone: ZoneInfo) -> Iterator[date]:
    """Local days whose shifts can touch `reach`."""
    day = to_datetime(reach.start).astimezone(zone).date() - 2 * DAY
    last = to_datetime(reach.end).astimezone(zone).date() + DAY
    while day <= last:
        yield day
        day += DAY


def calendar_faults(calendar: WorkCalendar) -> tuple[Fault, ...]:
    """What contradicts itself in a calendar: every fault, place within the calendar."""
    if not is_timezone(calendar.timezone):
        mend = "write an IANA name, for example Europe/Berlin"
        return (Fault("timezone", calendar.timezone, "no such time zone", mend),)
    if calendar.always and calendar.shifts:
        mend = "give either always or shifts"
        return (Fault("always", "true", "stands beside shifts", mend),)
    faults = [fault for shift in calendar.shifts for fault in _shift_faults(shift)]
    return (*faults, *_overlap_faults(calendar))


def is_timezone(name: str) -> bool:
    """Whether the name is an IANA zone that is known here."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _shift_faults(shift: ShiftPattern) -> Iterator[Fault]:
    place = f"shift {shift.name}"
    if not shift.days <= set(range(7)) or not shift.days:
        value = str(sorted(shift.days))
        yield Fault(
            f"{place}.days", value, "not days of the week", "name one or more of mon to sun"
        )
    length = _length(shift)
    taken: list[tuple[int, int]] = []
    for begin, finish in shift.breaks:
        start = (_minutes(begin) - _minutes(shift.start)) % (24 * 60)
        end = start + (_minutes(finish) - _minutes(begin)) % (24 * 60)
        value = f"{begin:%H:%M}-{finish:%H:%M}"
        if end == start or end > length:
            mend = f"put it within {shift.start:%H:%M}-{shift.end:%H:%M}"
            yield Fault(f"{place}.breaks", value, "the break is empty or outside its shift", mend)
        elif any(start < other_end and other < end for other, other_end in taken):
            yield Fault(f"{place}.breaks", value, "overlaps another break", "join the two")
        taken.append((start, end))


def _overlap_faults(calendar: WorkCalendar) -> Iterator[Fault]:
    """Shifts that overlap on the clock of one week, over midnight and the week's end."""
    spans = sorted(
        (day * 24 * 60 + _minutes(shift.start), _length(shift), shift.name)
        for shift in calendar.shifts
        for day in shift.days
    )
    seen = set()
    for index, (start, length, name) in enumerate(spans):
        following, _, other = spans[(index + 1) % len(spans)]
        gap = (following - start) % WEEK_MINUTES if len(spans) > 1 else WEEK_MINUTES
        if length > gap and (name, other) not in seen:
            seen.add((name, other))
            value = f"{name} and {other}"
            yield Fault("shifts", value, "the shifts overlap", "end one when the next begins")


def _length(shift: ShiftPattern) -> int:
    """Minutes by the clock; a shift that ends when it starts lasts a day."""
    return (_minutes(shift.end) - _minutes(shift.start)) % (24 * 60) or 24 * 60


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, time):
        return value.isoformat()
    raise TypeError(f"cannot write {value!r}")
