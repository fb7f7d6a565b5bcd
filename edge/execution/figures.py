"""KPIs of a work center by hour, shift or as a whole, from the projections."""

from collections.abc import Iterable, Sequence

from edge.domain.calendars import CalendarEnds, CompiledCalendar, Shift, compile_calendar
from edge.domain.clock import MICROS
from edge.domain.hours import cut_at_hours, hour_label
from edge.domain.intervals import Interval
from edge.domain.ports import HourQuantity, ProductionReader
from edge.execution.errors import InvalidAction
from edge.execution.floor import WorkCenter
from edge.kpi.elements import elements
from edge.kpi.projections import made_of, spans_of
from edge.kpi.report import Window, kpi_report

HOUR = 3_600 * MICROS
DAY = 24 * HOUR
BY = ("hour", "shift", "line")
LONGEST = 40 * DAY


def reports(
    reader: ProductionReader, work_center: WorkCenter, start: int, end: int, by: str, now: int
) -> list[dict[str, object]]:
    """KPI reports of a work center for [start, end) in µs, cut by hour, shift or not at all.

    Nothing is said of the future. Raises InvalidAction if the span or `by` is off.
    """
    if by not in BY:
        raise InvalidAction(f"by={by!r}: one of {', '.join(BY)}")
    if not start < end or end - start > LONGEST:
        raise InvalidAction("from must be before to, and at most 40 days before")
    end = min(end, now)
    if start >= end:
        return []
    spans = list(spans_of(reader.state_intervals(work_center.id, start, end), now))
    rows = reader.hour_quantities(work_center.id, start - HOUR, end)
    return [
        kpi_report(
            work_center.id,
            window,
            elements(
                spans,
                (made.quantities for made in made_of(_rows_in(rows, window, shift))),
                window.start,
                window.end,
            ),
        )
        for window, shift in _windows(work_center, start, end, by)
    ]


def _windows(
    work_center: WorkCenter, start: int, end: int, by: str
) -> Iterable[tuple[Window, Shift | None]]:
    zone = work_center.calendar.zone
    if by == "hour":
        for part in cut_at_hours(Interval(start, end), zone):
            yield Window(start=part.start, end=part.end, label=hour_label(part.start, zone)), None
    elif by == "shift":
        for shift in shifts_in(compiled(work_center, start, end), start, end):
            first, last = max(shift.start, start), min(shift.end, end)
            label = f"{shift.production_day.isoformat()} {shift.name}"
            yield Window(start=first, end=last, label=label), shift
    else:
        yield Window(start=start, end=end, label=work_center.line), None


def _rows_in(
    rows: Sequence[HourQuantity], window: Window, shift: Shift | None
) -> list[HourQuantity]:
    """Buckets of a window. Counts are cut at shift borders, so a shift's are told by its name."""
    if shift is None:
        return [row for row in rows if window.start <= row.hour < window.end]
    day = shift.production_day.isoformat()
    return [row for row in rows if (row.shift, row.production_day) == (shift.name, day)]


def compiled(work_center: WorkCenter, start: int, end: int) -> CompiledCalendar:
    """The work center's calendar in UTC with a day to spare on both sides."""
    return compile_calendar(work_center.calendar, start - DAY, end + DAY)


def shifts_in(calendar: CompiledCalendar, start: int, end: int) -> list[Shift]:
    """Shifts that touch [start, end), in order."""
    return [shift for shift in calendar.shifts if shift.start < end and start < shift.end]


def shift_for(work_center: WorkCenter, now: int) -> Shift | None:
    """The shift that is on; else the next one within a week, else the last of a week."""
    calendar = compile_calendar(work_center.calendar, now - 8 * DAY, now + 8 * DAY)
    try:
        if current := calendar.shift_at(now):
            return current
    except CalendarEnds:
        return None
    coming = [shift for shift in calendar.shifts if shift.start > now]
    return coming[0] if coming else (calendar.shifts[-1] if calendar.shifts else None)
