"""Stops, their parts and planned stops, and how they lie over the states of a work center. Pure.

A stop is a stretch of delay, made by the fold from states. People cut it afterwards, at any
instant inside, and join it again; each part has a reason of its own. A part is known by the
instant at which it begins (`cut`; 0 for the first), so parts always tile their stop exactly:
nothing else is kept of them. When a stop's own bounds move, its parts follow.

A planned stop is a window of time, told ahead, or a part whose reason is a planned one. Time in
it is planned down time, outside planned busy time; only what is produced there counts as
production outside of the calendar does. It cuts whatever it lies over, so nothing overlaps.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from edge.domain.states import StateInterval, Stop
from edge.domain.vocabulary import SpanClass, TimeClass

FIRST = 0  # the cut at which a stop's first part begins


class StopClass(StrEnum):
    """What kind of loss a reason stands for."""

    BREAKDOWN = "breakdown"
    MINOR = "minor"
    CHANGEOVER = "changeover"
    PLANNED = "planned"
    LOGISTICS = "logistics"
    QUALITY = "quality"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class StopPart:
    """A row of what people said of a stop from the instant `cut` on; `removed` 1: joined again.

    The first part's words stand in the stop itself.
    """

    equipment_id: str
    stop: int
    cut: int
    reason: str = ""
    note: str = ""
    class_: str = ""
    planned: int = 0
    removed: int = 0


@dataclass(frozen=True, kw_only=True)
class PlannedStop:
    """A window in which a work center is not to produce; `id` is the seq of its fact."""

    equipment_id: str
    id: int
    start: int
    end: int
    reason: str
    note: str
    class_: str
    cancelled: int = 0


@dataclass(frozen=True, kw_only=True)
class Changeover:
    """A job's set-up that has a standard; `seq` is that of the fact of its start at `at` (us)."""

    equipment_id: str
    seq: int
    at: int
    job_order_id: str
    from_: str
    to: str
    standard_us: int


@dataclass(frozen=True, kw_only=True)
class StopBook:
    """What is known of the stops of one work center in a span of time."""

    stops: Sequence[Stop] = ()
    parts: Sequence[StopPart] = ()
    planned: Sequence[PlannedStop] = ()
    changeovers: Sequence[Changeover] = ()


NO_STOPS = StopBook()


class StopReader(Protocol):
    """What the rooms read of stops."""

    def stop_book(self, equipment_id: str, start: int, end: int) -> StopBook:
        """Stops and planned stops that touch [start, end), in order, with all their parts."""
        ...

    def stop_parts(self, stop: int) -> Sequence[StopPart]: ...
    def planned_stop(self, id_: int) -> PlannedStop | None: ...
    def planned_stops(self, equipment_id: str, start: int, end: int) -> Sequence[PlannedStop]: ...


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of a stop with one reason: `start` <= t < `end`, None while it lasts.

    `reason` is a person's word (`given`), else what the fault's table says.
    """

    stop: int
    cut: int
    start: int
    end: int | None
    fault: int | None
    reason: str
    note: str
    class_: str
    planned: bool
    given: bool


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Time of a work center that is one thing: what it counts as, and why."""

    start: int
    end: int
    time_class: str
    interval: StateInterval
    part: Part | None = None
    window: PlannedStop | None = None
    changeover: Changeover | None = None
    beyond: bool = False  # set-up beyond its standard

    @property
    def planned(self) -> bool:
        return self.time_class == SpanClass.PLANNED


def is_micro(stop: Stop) -> bool:
    """Whether a stop was so short that the plant counts it as production (a deviation)."""
    return stop.end is not None and 0 < stop.end - stop.start <= (stop.micro_us or 0)


def parts_of(stop: Stop, rows: Iterable[StopPart]) -> tuple[Part, ...]:
    """The parts of a stop, in order; they tile it exactly, whatever was cut where."""
    first = StopPart(
        equipment_id=stop.equipment_id,
        stop=stop.id,
        cut=FIRST,
        reason=stop.reason,
        note=stop.note,
        class_=stop.class_,
        planned=stop.planned,
    )
    mine = [row for row in rows if row.stop == stop.id and not row.removed and row.cut != FIRST]
    mine.sort(key=lambda row: row.cut)
    # What was cut before the stop as it now stands begins holds from its beginning on.
    head = [row for row in mine if row.cut <= stop.start][-1:] or [first]
    inner = [
        row for row in mine if row.cut > stop.start and (stop.end is None or row.cut < stop.end)
    ]
    told = [*head, *inner]
    bounds = [stop.start, *(row.cut for row in inner), stop.end]
    return tuple(
        _part(stop, row, start, end)
        for row, (start, end) in zip(told, pairwise(bounds), strict=True)
        if start is not None
    )


def _part(stop: Stop, row: StopPart, start: int, end: int | None) -> Part:
    given = bool(row.reason)
    return Part(
        stop=stop.id,
        cut=row.cut,
        start=start,
        end=end,
        fault=stop.fault,
        reason=row.reason if given else stop.cause,
        note=row.note,
        class_=row.class_ if given else stop.cause_class,
        planned=bool(row.planned if given else stop.cause_planned),
        given=given,
    )


# Time class -> what it is inside a planned stop. Set-up and silence there are not in PBT, as
# they are not outside the calendar; production is, because it was made.
IN_PLANNED: Mapping[str, str] = {
    TimeClass.APT: TimeClass.APT_OUTSIDE,
    TimeClass.APT_OUTSIDE: TimeClass.APT_OUTSIDE,
    TimeClass.ASUT: SpanClass.PLANNED,
    TimeClass.ADET: SpanClass.PLANNED,
    TimeClass.ADOT: SpanClass.PLANNED,
    TimeClass.UNKNOWN: SpanClass.PLANNED,
    TimeClass.OFF: TimeClass.OFF,
}


def overlaid(intervals: Iterable[StateInterval], book: StopBook, until: int) -> Iterator[Stretch]:
    """The intervals up to `until`, cut at stops, parts and planned stops: they tile as before.

    Of planned windows that overlap the one that begins first holds, up to its end.
    """
    windows = _disjoint(book.planned)
    parts = _parts(book, until)
    set_up = _SetUp(book.changeovers)
    for interval in intervals:
        end = until if interval.end is None else min(interval.end, until)
        for start, stop, window in _pieces(interval.start, end, windows):
            if window is not None:
                time_class = IN_PLANNED[interval.time_class]
                planned = window if time_class == SpanClass.PLANNED else None
                yield Stretch(
                    start=start, end=stop, time_class=time_class, interval=interval, window=planned
                )
            elif interval.time_class == TimeClass.ADET:
                yield from _delayed(interval, start, stop, parts)
            elif interval.time_class == TimeClass.ASUT:
                yield from set_up.stretches(interval, start, stop)
            else:
                yield Stretch(
                    start=start, end=stop, time_class=interval.time_class, interval=interval
                )


class _SetUp:
    """Sums up each changeover's set-up, and cuts it where its standard is used up."""

    def __init__(self, changeovers: Sequence[Changeover]) -> None:
        self._by_job: dict[str, list[Changeover]] = {}
        for one in sorted(changeovers, key=lambda one: one.at):
            self._by_job.setdefault(one.job_order_id, []).append(one)
        self._spent: dict[int, int] = {}

    def stretches(self, interval: StateInterval, start: int, end: int) -> Iterator[Stretch]:
        known = self._by_job.get(interval.job_order_id, [])
        # The job's boundary may have been moved to before its start was said.
        mine = [one for one in known if one.at <= start] or known[:1]
        if not mine:
            yield Stretch(start=start, end=end, time_class=TimeClass.ASUT, interval=interval)
            return
        of = mine[-1]
        spent = self._spent.get(of.seq, 0)
        cut = min(start + max(of.standard_us - spent, 0), end)
        self._spent[of.seq] = spent + end - start
        for first, last, beyond in ((start, cut, False), (cut, end, True)):
            if first < last:
                yield Stretch(
                    start=first,
                    end=last,
                    time_class=TimeClass.ASUT,
                    interval=interval,
                    changeover=of,
                    beyond=beyond,
                )


@dataclass(frozen=True)
class _Span:
    """A part with its end, and what its time counts as."""

    start: int
    end: int
    part: Part
    time_class: str


def _parts(book: StopBook, until: int) -> list[_Span]:
    rows: dict[int, list[StopPart]] = {}
    for row in book.parts:
        rows.setdefault(row.stop, []).append(row)
    found = []
    for stop in book.stops:
        for part in parts_of(stop, rows.get(stop.id, ())):
            counts_as = TimeClass.ADET if not is_micro(stop) else SpanClass.MICRO
            if part.planned:
                counts_as = SpanClass.PLANNED
            end = until if part.end is None else min(part.end, until)
            if part.start < end:
                found.append(_Span(part.start, end, part, counts_as))
    return sorted(found, key=lambda span: span.start)


def _delayed(
    interval: StateInterval, start: int, end: int, parts: Sequence[_Span]
) -> Iterator[Stretch]:
    """Delay from `start` to `end` by the parts of its stop; delay that no stop knows is delay."""
    at = start
    first = max(bisect_right(parts, start, key=lambda span: span.start) - 1, 0)
    for span in parts[first:]:
        if span.start >= end:
            break
        if span.end <= at:
            continue
        begin = max(span.start, at)
        if at < begin:
            yield Stretch(start=at, end=begin, time_class=TimeClass.ADET, interval=interval)
        at = min(span.end, end)
        yield Stretch(
            start=begin, end=at, time_class=span.time_class, interval=interval, part=span.part
        )
    if at < end:
        yield Stretch(start=at, end=end, time_class=TimeClass.ADET, interval=interval)


def _disjoint(windows: Iterable[PlannedStop]) -> list[tuple[int, int, PlannedStop]]:
    found: list[tuple[int, int, PlannedStop]] = []
    for one in sorted(windows, key=lambda window: (window.start, window.id)):
        start = max(one.start, found[-1][1]) if found else one.start
        if not one.cancelled and start < one.end:
            found.append((start, one.end, one))
    return found


def _pieces(
    start: int, end: int, windows: Sequence[tuple[int, int, PlannedStop]]
) -> Iterator[tuple[int, int, PlannedStop | None]]:
    """[start, end) cut at the edges of the windows."""
    if start >= end:
        return
    at = start
    first = max(bisect_right(windows, start, key=lambda window: window[0]) - 1, 0)
    for begin, stop, window in windows[first:]:
        if begin >= end:
            break
        if stop <= at:
            continue
        if at < begin:
            yield at, begin, None
        at = min(stop, end)
        yield max(begin, start), at, window
    if at < end:
        yield at, end, None
