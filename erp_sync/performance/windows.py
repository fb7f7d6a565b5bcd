"""KPI reports of a work center by hour, shift or as a whole, from the projections; pure.

The figures are `edge.kpi`'s. Nothing is said of what is not known yet: windows end
where the edge's facts end.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.domain.hours import cut_at_hours, hour_label
from edge.domain.intervals import Interval
from edge.domain.ports import HourQuantity, StateInterval
from edge.kpi.elements import elements
from edge.kpi.projections import made_of, spans_of
from edge.kpi.report import Window, kpi_report

_Choice = Callable[[HourQuantity], bool]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What is known of one work center in [start, end), microseconds UTC."""

    equipment_id: str
    start: int
    end: int
    intervals: Sequence[StateInterval]
    pieces: Sequence[HourQuantity]
    zone: ZoneInfo


def reports(ledger: Ledger, by: str) -> list[dict[str, object]]:
    """One report a window; `by` is hour, shift or line."""
    spans = list(spans_of(ledger.intervals, ledger.end))
    return [
        kpi_report(
            ledger.equipment_id,
            window,
            elements(
                spans,
                (made.quantities for made in made_of(filter(chosen, ledger.pieces))),
                window.start,
                window.end,
            ),
        )
        for window, chosen in WINDOWS[by](ledger)
    ]


def _hours(ledger: Ledger) -> Iterator[tuple[Window, _Choice]]:
    for part in cut_at_hours(Interval(ledger.start, ledger.end), ledger.zone):
        label = hour_label(part.start, ledger.zone, date=True)
        yield _window(part.start, part.end, label), _between(part.start, part.end)


def _line(ledger: Ledger) -> Iterator[tuple[Window, _Choice]]:
    window = _window(ledger.start, ledger.end, ledger.equipment_id)
    yield window, _between(ledger.start, ledger.end)


def _shifts(ledger: Ledger) -> Iterator[tuple[Window, _Choice]]:
    """A shift lasts from its first state to its last: states are cut at its borders."""
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    for one in ledger.intervals:
        if not one.shift:
            continue
        start = max(one.start, ledger.start)
        end = min(ledger.end if one.end is None else one.end, ledger.end)
        key = one.production_day, one.shift
        known = spans.get(key, (start, end))
        spans[key] = min(known[0], start), max(known[1], end)
    for (day, shift), (start, end) in sorted(spans.items(), key=lambda item: item[1]):
        if start < end:
            yield _window(start, end, f"{day} {shift}"), _of_shift(day, shift)


WINDOWS: Mapping[str, Callable[[Ledger], Iterator[tuple[Window, _Choice]]]] = {
    "hour": _hours,
    "shift": _shifts,
    "line": _line,
}


def _window(start: int, end: int, label: str) -> Window:
    return Window(start=start, end=end, label=label)


def _between(start: int, end: int) -> _Choice:
    return lambda row: start <= row.hour < end


def _of_shift(day: str, shift: str) -> _Choice:
    return lambda row: (row.production_day, row.shift) == (day, shift)
