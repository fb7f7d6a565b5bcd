"""KPI reports of a work center by hour, shift or line: for the edge and the sync alike; pure.

Pieces are known by clock hour and shift, so a window is made of whole ones: what is asked
for is widened to the hours, or to the shifts, that it touches. A figure never sets the
pieces of one stretch of time beside the time of another. Nothing is said of what is not
known yet: windows end at `until`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.domain.hours import DAY, HOUR, cut_at_hours, hour_label, hour_start, next_hour
from edge.domain.intervals import Interval
from edge.domain.ports import HourQuantity, StateInterval
from edge.domain.stops import NO_STOPS, StopBook
from edge.kpi.elements import Elements, StateSpan, elements, ordered
from edge.kpi.projections import quantities_of, spans_of
from edge.kpi.report import Window, kpi_report

LONGEST = 40 * DAY  # that is asked for at once
_Choice = Callable[[HourQuantity], bool]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What is known of one work center; `asked`, which begins before `until`, in microseconds UTC.

    `intervals`, `pieces` and `stops` are those that touch `to_read(asked, until)`.
    """

    equipment_id: str
    asked: Interval
    until: int
    intervals: Sequence[StateInterval]
    pieces: Sequence[HourQuantity]
    zone: ZoneInfo
    stops: StopBook = NO_STOPS


def to_read(asked: Interval, until: int) -> Interval:
    """What a ledger must hold: a shift may have begun a day before, in an hour before that."""
    return Interval(asked.start - DAY - HOUR, min(asked.end + DAY, until))


def reports(ledger: Ledger, by: str) -> list[dict[str, object]]:
    """One report a window; `by` is one of WINDOWS. Raises KpiInputInvalid."""
    found = _elements(ledger, by)
    return [kpi_report(ledger.equipment_id, window, of) for window, of in found]


def line_reports(line: str, ledgers: Sequence[Ledger], by: str) -> list[dict[str, object]]:
    """Reports of work centers that work in parallel: their elements add up, window by window.

    Serial ones do not: give the ledger of the line's constraint alone. Windows of the
    same label are one, from the first start to the last end. Raises KpiInputInvalid.
    """
    found: dict[str, tuple[Window, Elements]] = {}
    for ledger in ledgers:
        for window, of in _elements(ledger, by):
            label = line if by == "line" else window.label
            known = found.get(label)
            if known is not None:
                window, of = _joined(known[0], window), known[1] + of
            found[label] = (_window(Interval(window.start, window.end), label), of)
    rows = sorted(found.values(), key=lambda row: row[0].start)
    return [kpi_report(line, window, of) for window, of in rows]


def _joined(one: Window, other: Window) -> Window:
    span = Interval(min(one.start, other.start), max(one.end, other.end))
    return _window(span, one.label)


def _elements(ledger: Ledger, by: str) -> Iterator[tuple[Window, Elements]]:
    spans = ordered(spans_of(ledger.intervals, ledger.until, ledger.stops))
    for window, chosen in WINDOWS[by](ledger):
        quantities = quantities_of(filter(chosen, ledger.pieces))
        yield window, elements(_touching(spans, window), quantities, window.start, window.end)


def of_shift(day: str, shift: str) -> _Choice:
    """Which pieces were made in a shift: counts are cut at its borders and carry its name."""
    return lambda row: (row.production_day, row.shift) == (day, shift)


def _hours(ledger: Ledger) -> Iterator[tuple[Window, _Choice]]:
    for part in cut_at_hours(_whole_hours(ledger), ledger.zone):
        label = hour_label(part.start, ledger.zone, date=True)
        yield _window(part, label), _within(part)


def _line(ledger: Ledger) -> Iterator[tuple[Window, _Choice]]:
    whole = _whole_hours(ledger)
    yield _window(whole, ledger.equipment_id), _within(whole)


def _shifts(ledger: Ledger) -> Iterator[tuple[Window, _Choice]]:
    """A shift lasts from its first state to its last: states are cut at its borders."""
    found: dict[tuple[str, str], Interval] = {}
    for one in ledger.intervals:
        end = ledger.until if one.end is None else min(one.end, ledger.until)
        if not one.shift or one.start >= end:
            continue
        key = one.production_day, one.shift
        known = found.get(key, Interval(one.start, end))
        found[key] = Interval(min(known.start, one.start), max(known.end, end))
    for (day, shift), span in sorted(found.items(), key=lambda item: item[1].start):
        if span.start < ledger.asked.end and ledger.asked.start < span.end:
            yield _window(span, f"{day} {shift}"), of_shift(day, shift)


WINDOWS: Mapping[str, Callable[[Ledger], Iterator[tuple[Window, _Choice]]]] = {
    "hour": _hours,
    "shift": _shifts,
    "line": _line,
}


def _whole_hours(ledger: Ledger) -> Interval:
    start = hour_start(ledger.asked.start, ledger.zone)
    return Interval(start, min(next_hour(ledger.asked.end - 1, ledger.zone), ledger.until))


def _window(span: Interval, label: str) -> Window:
    return Window(start=span.start, end=span.end, label=label)


def _touching(spans: Sequence[StateSpan], window: Window) -> Sequence[StateSpan]:
    """The spans of a ledger in order that reach into a window."""
    first = bisect_right(spans, window.start, key=lambda span: span.end)
    return spans[first : bisect_left(spans, window.end, key=lambda span: span.start)]


def _within(span: Interval) -> _Choice:
    return lambda row: span.start <= row.hour < span.end
