"""What a work center's records add to the elements, cut into cells of hour, shift, day and job.

Every figure is a sum of these entries, chosen by their cell: by hour, shift, production day or
week, for a work center, line, area, site, order or product. So a day is the sum of its shifts
and of what lies outside of them, and nothing is counted for one level and not for another.
Each entry names the record that it comes from.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from edge.domain.clock import MICROS, to_datetime
from edge.domain.figures import NO_RECORDS, JobKnown, Place, Records
from edge.domain.hours import HOUR, hour_start, next_hour
from edge.domain.intervals import Interval
from edge.domain.production import HourQuantity
from edge.domain.states import StateInterval
from edge.domain.stops import NO_STOPS, StopBook, StopClass, Stretch, parts_of
from edge.domain.vocabulary import SpanClass, TimeClass
from edge.kpi.attendance import PersonShare
from edge.kpi.elements import TIME_ELEMENTS, StateSpan, clipped, ordered
from edge.kpi.projections import quantities_of, spans_of

Exact = int | Fraction
NOT_THERE = ""  # in place of a time class, before a work center's first state
RUNNING = {TimeClass.APT, TimeClass.ASUT, TimeClass.APT_OUTSIDE, SpanClass.MICRO}


class Cell(NamedTuple):
    """Hour (its UTC start), shift ("" outside any), production day, job order ("" without)."""

    hour: int
    shift: str
    day: str
    job: str


class Entry(NamedTuple):
    """What one record adds: `values` to the elements of `names`, in a cell.

    `start` and `end` are those of time (us), both None for what has none.
    """

    cell: Cell
    start: int | None
    end: int | None
    names: tuple[str, ...]
    values: tuple[Exact, ...]
    record: Any


@dataclass(frozen=True)
class Grid:
    """Clock hours of a zone over a stretch of time, with their local dates."""

    starts: Sequence[int]
    days: Sequence[str]

    def at(self, moment: int) -> int:
        """Which hour a moment lies in."""
        return max(bisect_right(self.starts, moment) - 1, 0)


@lru_cache(maxsize=16)
def grid(zone: ZoneInfo, start: int, end: int) -> Grid:
    """The hours that touch [start, end), and the one behind."""
    starts = [hour_start(start, zone)]
    while starts[-1] < end:
        starts.append(next_hour(starts[-1], zone))
    return Grid(starts, [local_day(one, zone) for one in starts])


def local_day(at: int, zone: ZoneInfo) -> str:
    """The local date of a moment."""
    return to_datetime(at).astimezone(zone).date().isoformat()


class Tile(NamedTuple):
    """A stretch of a unit's time with one time class; `of` None where nothing is recorded."""

    start: int
    end: int
    time_class: str
    shift: str
    day: str
    job: str
    of: Stretch | None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What is known of one work center; `asked`, which begins before `until`, in microseconds UTC.

    `intervals`, `pieces`, `stops` and `records` are those that touch `read`. `first` is when its
    first state of all began; None: nobody has seen it yet.
    """

    equipment_id: str
    asked: Interval
    until: int
    intervals: Sequence[StateInterval]
    pieces: Sequence[HourQuantity]
    zone: ZoneInfo
    read: Interval
    place: Place
    stops: StopBook = NO_STOPS
    records: Records = NO_RECORDS
    jobs: Mapping[str, JobKnown] = field(default_factory=dict)
    first: int | None = None

    @cached_property
    def grid(self) -> Grid:
        return grid(self.zone, self.read.start, self.read.end)

    @cached_property
    def tiles(self) -> list[Tile]:
        """The whole of `read`, without gap: where nothing is recorded the state is unknown.

        Before its first state a work center was not there, and no time is missing: its first day
        begins with it, as its first shift does. Raises SpansOverlap.
        """
        spans = ordered(
            clipped(
                spans_of(self.intervals, self.until, self.stops), self.read.start, self.read.end
            )
        )
        covered = min(max(self.first or 0, self.read.start), self.read.end)
        found: list[Tile] = []
        if self.read.start < covered:
            found.append(Tile(self.read.start, covered, NOT_THERE, "", "", "", None))
        for span in spans:
            tile = _tile(span)
            if covered < tile.start:
                found.append(_gap(covered, tile.start, found[-1] if found else None, tile))
            found.append(tile)
            covered = tile.end
        if covered < self.read.end:
            found.append(_gap(covered, self.read.end, None, None))
        return found

    @property
    def running(self) -> list[Interval]:
        """When it produced or was set up."""
        return [Interval(tile.start, tile.end) for tile in self.tiles if tile.time_class in RUNNING]

    @cached_property
    def _tile_starts(self) -> list[int]:
        return [tile.start for tile in self.tiles]

    def cut(self, start: int, end: int) -> Iterator[tuple[Tile, int, int]]:
        """The tiles that [start, end) touches, with the part of each in it."""
        first = max(bisect_right(self._tile_starts, start) - 1, 0)
        last = bisect_left(self._tile_starts, end)
        for tile in self.tiles[first:last]:
            low, high = max(tile.start, start), min(tile.end, end)
            if low < high:
                yield tile, low, high

    def cell_of(self, tile: Tile, at: int, job: str | None = None) -> Cell:
        """The cell of a moment in a tile."""
        here = self.grid.at(at)
        day = tile.day or self.grid.days[here]
        return Cell(self.grid.starts[here], tile.shift, day, tile.job if job is None else job)

    def day_of(self, row_day: str, hour: int) -> str:
        """The production day of pieces: outside any shift the local date."""
        return row_day or self.grid.days[self.grid.at(hour)]


def entries(ledger: Ledger) -> Iterator[Entry]:
    """All that a work center's records add. Raises SpansOverlap and KpiInputInvalid."""
    yield from _times(ledger)
    yield from _pieces(ledger)
    yield from _of_hours(ledger)
    yield from _materials(ledger)
    yield from _uses(ledger)
    yield from _failures(ledger)
    yield from _maintenance(ledger)


_TIMES = {name: tuple(TIME_ELEMENTS[name]) for name in TIME_ELEMENTS}


def _times(ledger: Ledger) -> Iterator[Entry]:
    starts, days = ledger.grid.starts, ledger.grid.days
    capacity = ledger.place.capacity_per_hour
    at = 0
    for tile in ledger.tiles:
        if tile.time_class == NOT_THERE:
            continue
        names = _TIMES[tile.time_class]
        low = tile.start
        while starts[at + 1] <= low:
            at += 1
        while low < tile.end:
            here = at
            high = min(tile.end, starts[here + 1])
            if high < tile.end:
                at += 1
            cell = Cell(starts[here], tile.shift, tile.day or days[here], tile.job)
            length = high - low
            yield Entry(cell, low, high, names, (length,) * len(names), tile)
            if capacity is not None and names[0] == "planned_busy_time":
                could = capacity * length / HOUR
                yield Entry(cell, low, high, ("equipment_capacity",), (could,), tile)
            low = high


_NO_TIME = Fraction(0)
_PIECES = (
    "produced_quantity", "good_quantity", "scrap_quantity", "rework_quantity",
    "unrated_quantity", "standard_time_produced", "standard_time_good",
)  # fmt: skip


def _pieces(ledger: Ledger) -> Iterator[Entry]:
    for row, item in zip(ledger.pieces, quantities_of(ledger.pieces), strict=True):
        cell = Cell(row.hour, row.shift, ledger.day_of(row.production_day, row.hour), item.key)
        rate = item.run_time_per_item
        made = item.produced
        micros = _NO_TIME if rate is None else _micros(rate)
        unrated = made if rate is None else 0
        values = (made, item.good, item.scrap, item.rework, unrated, micros * made,
                  micros * item.good)  # fmt: skip
        yield Entry(cell, None, None, _PIECES, values, row)
        if job := ledger.jobs.get(item.key):
            yield from _of_job(job, cell, made, item.good, row)


@lru_cache(maxsize=4096)
def _micros(seconds: Fraction) -> Fraction:
    return seconds * MICROS


def _of_job(job: JobKnown, cell: Cell, made: int, good: int, row: HourQuantity) -> Iterator[Entry]:
    if job.planned_scrap_percent is not None:
        planned = job.planned_scrap_percent * made / 100
        yield Entry(cell, None, None, ("planned_scrap_quantity",), (planned,), row)
    if job.first:
        yield Entry(cell, None, None, ("first_operation_quantity",), (made,), row)
    if job.last:
        names = ("last_operation_quantity", "integrated_good_quantity")
        yield Entry(cell, None, None, names, (made, good), row)


def _of_hours(ledger: Ledger) -> Iterator[Entry]:
    """Energy and inspections, which are known by hour and shift as pieces are."""
    for one in ledger.records.energy or ():
        cell = Cell(one.hour, one.shift, ledger.day_of(one.production_day, one.hour),
                    one.job_order_id)  # fmt: skip
        yield Entry(cell, None, None, ("energy",), (one.energy,), one)
    names = ("inspected_quantity", "first_pass_good")
    for row in ledger.records.inspections or ():
        cell = Cell(row.hour, row.shift, ledger.day_of(row.production_day, row.hour),
                    row.job_order_id)  # fmt: skip
        yield Entry(cell, None, None, names, (row.inspected, row.first_pass_good), row)


_LOSSES = ("consumed_material", "production_loss", "storage_loss", "other_loss")


def _materials(ledger: Ledger) -> Iterator[Entry]:
    for row in ledger.records.materials or ():
        day = ledger.day_of(row.production_day, row.hour)
        cell = Cell(row.hour, row.shift, day, row.job_order_id)
        amounts = (row.consumed, row.production_loss, row.storage_loss, row.other_loss)
        known = [(name, one) for name, one in zip(_LOSSES, amounts, strict=True) if one is not None]
        names = tuple(name for name, _ in known)
        yield Entry(cell, None, None, names, tuple(one for _, one in known), row)


# What of the elements a booking adds to: what is lost was drawn from the stock too.
_BOOKED: Mapping[str, tuple[str, ...]] = {
    "used": ("consumed_material",),
    "production": ("consumed_material", "production_loss"),
    "storage": ("consumed_material", "storage_loss"),
    "other": ("consumed_material", "other_loss"),
}


def _uses(ledger: Ledger) -> Iterator[Entry]:
    for row in ledger.records.uses:
        tile, _, _ = next(ledger.cut(row.hour, row.hour + 1), (None, 0, 0))
        if tile is None:  # its hour began before what is read
            continue
        names = _BOOKED[row.kind]
        cell = ledger.cell_of(tile, row.hour, row.job_order_id)
        yield Entry(cell, None, None, names, (row.amount,) * len(names), row)


def _failures(ledger: Ledger) -> Iterator[Entry]:
    """Stops that a breakdown made, each once, with the time of their parts that it lasted."""
    for stop in ledger.stops.stops:
        rows = [row for row in ledger.stops.parts if row.stop == stop.id]
        names: tuple[str, ...] = ("failures", "restoration_time")
        for part in parts_of(stop, rows):
            if part.class_ != StopClass.BREAKDOWN or part.planned:
                continue
            for tile, low, high in ledger.cut(part.start, _end(ledger, part.end)):
                # It is counted where it began, and its time where it lasted.
                values = (1, high - low) if names[1:] and low == part.start else (high - low,)
                yield from _lasting(ledger, tile, low, high, names[-len(values) :], values, part)
            names = names[-1:]


def _maintenance(ledger: Ledger) -> Iterator[Entry]:
    for one in ledger.records.maintenance or ():
        names = (f"{one.kind}_maintenance_time",)
        for tile, low, high in ledger.cut(one.start, _end(ledger, one.end)):
            yield from _lasting(ledger, tile, low, high, names, (high - low,), one)


def _lasting(
    ledger: Ledger,
    tile: Tile,
    low: int,
    high: int,
    names: tuple[str, ...],
    values: tuple[Exact, ...],
    record: object,
) -> Iterator[Entry]:
    """A stretch of one tile, cut at hours; what is no time is of the first part."""
    whole = high - low
    for start, end in _hours_of(ledger, low, high):
        parts = tuple(end - start if value == whole else value for value in values)
        yield Entry(ledger.cell_of(tile, start), None, None, names, parts, record)
        names, values = names[-1:], values[-1:]


def _hours_of(ledger: Ledger, low: int, high: int) -> Iterator[tuple[int, int]]:
    at = ledger.grid.at(low)
    while low < high:
        end = min(high, ledger.grid.starts[at + 1])
        yield low, end
        low, at = end, at + 1


_LABOUR = ("personnel_work_time", "personnel_attendance_time")


def labour_entries(ledger: Ledger, shares: Iterable[PersonShare]) -> Iterator[Entry]:
    """What people's time adds, in the shifts of a work center."""
    for share in shares:
        start, end = max(share.start, ledger.read.start), min(share.end, ledger.read.end)
        for tile, low, high in ledger.cut(start, end):
            for first, last in _hours_of(ledger, low, high):
                part = share.weight * (last - first)
                values = (part if share.work else Fraction(0), part)
                yield Entry(ledger.cell_of(tile, first), None, None, _LABOUR, values, share)


def _end(ledger: Ledger, end: int | None) -> int:
    return ledger.until if end is None else min(end, ledger.until)


def _tile(span: StateSpan) -> Tile:
    one = span.of.interval if span.of else None
    shift, day, job = (one.shift, one.production_day, one.job_order_id) if one else ("", "", "")
    return Tile(span.start, span.end, span.time_class, shift, day, job, span.of)


def _gap(start: int, end: int, before: Tile | None, after: Tile | None) -> Tile:
    """Nothing is recorded: unknown, in the shift that lasts on both sides of it, if one does."""
    inside = (
        before is not None
        and after is not None
        and before.shift
        and (before.shift, before.day) == (after.shift, after.day)
    )
    shift, day = (before.shift, before.day) if inside and before else ("", "")
    return Tile(start, end, TimeClass.UNKNOWN, shift, day, "", None)
