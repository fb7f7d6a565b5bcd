"""KPIs of a work center by hour, shift or as a whole, from the projections."""

from collections.abc import Sequence

from edge.domain.calendars import CalendarEnds, CompiledCalendar, Shift, compile_calendar
from edge.domain.hours import DAY, hour_start
from edge.domain.intervals import Interval
from edge.domain.ports import ProductionReader
from edge.execution.errors import InvalidAction
from edge.execution.floor import WorkCenter
from edge.kpi import windows
from edge.kpi.elements import elements
from edge.kpi.projections import quantities_of, spans_of
from edge.kpi.report import Window, kpi_report


def reports(
    reader: ProductionReader, work_center: WorkCenter, start: int, end: int, by: str, now: int
) -> list[dict[str, object]]:
    """KPI reports of a work center for what [start, end) in µs touches (`edge.kpi.windows`).

    Nothing is said of the future. Raises InvalidAction if the span or `by` is off.
    """
    _check(start, end, by)
    if start >= now:
        return []
    return windows.reports(_ledger(reader, work_center, Interval(start, end), now), by)


def line_reports(
    reader: ProductionReader, line: Sequence[WorkCenter], start: int, end: int, by: str, now: int
) -> list[dict[str, object]]:
    """KPI reports of the work centers of one line: a serial line's constraint, else their sum.

    Raises InvalidAction if the span or `by` is off.
    """
    _check(start, end, by)
    if start >= now:
        return []
    counted = [one for one in line if one.constraint] or line
    ledgers = [_ledger(reader, one, Interval(start, end), now) for one in counted]
    return windows.line_reports(line[0].line, ledgers, by)


def _check(start: int, end: int, by: str) -> None:
    if by not in windows.WINDOWS:
        raise InvalidAction(f"by={by!r}: one of {', '.join(windows.WINDOWS)}")
    if not start < end or end - start > windows.LONGEST:
        raise InvalidAction("from must be before to, and at most 40 days before")


def _ledger(
    reader: ProductionReader, work_center: WorkCenter, asked: Interval, now: int
) -> windows.Ledger:
    read = windows.to_read(asked, now)
    return windows.Ledger(
        equipment_id=work_center.id,
        asked=asked,
        until=now,
        intervals=reader.state_intervals(work_center.id, read.start, read.end),
        pieces=reader.hour_quantities(work_center.id, read.start, read.end),
        zone=work_center.calendar.zone,
        stops=reader.stop_book(work_center.id, read.start, read.end),
    )


def shift_report(
    reader: ProductionReader, work_center: WorkCenter, shift: Shift, now: int
) -> dict[str, object] | None:
    """KPI report of a shift of the calendar so far; None before it begins."""
    end = min(shift.end, now)
    if shift.start >= end:
        return None
    day = shift.production_day.isoformat()
    zone = work_center.calendar.zone
    # A shift may begin inside an hour that began before.
    rows = reader.hour_quantities(work_center.id, hour_start(shift.start, zone), end)
    made = quantities_of(filter(windows.of_shift(day, shift.name), rows))
    intervals = reader.state_intervals(work_center.id, shift.start, end)
    spans = spans_of(intervals, now, reader.stop_book(work_center.id, shift.start, end))
    of = elements(spans, made, shift.start, end)
    window = Window(start=shift.start, end=end, label=f"{day} {shift.name}")
    return kpi_report(work_center.id, window, of)


def compiled(work_center: WorkCenter, start: int, end: int) -> CompiledCalendar:
    """The work center's calendar in UTC with a day to spare on both sides."""
    return compile_calendar(work_center.calendar, start - DAY, end + DAY)


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
