"""One window as people name it: an hour, shift, day or week of a site's clock."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from edge.domain.calendars import resolve
from edge.domain.clock import to_micros
from edge.domain.hours import DAY, hour_label
from edge.domain.intervals import Interval
from edge.kpi.errors import KpiRefused
from edge.kpi.scopes import Period

WEEK = re.compile(r"(\d{4})-W(\d{2})")


def window(period: Period, text: str, zone: ZoneInfo) -> tuple[Interval, str]:
    """What to ask for, and the label of the window in the answer. Raises KpiRefused.

    Hours are `2026-11-03T10`, with an offset (`2026-10-25T02+01:00`) where the hour comes twice;
    shifts `2026-11-03/early`; days `2026-11-03`; weeks `2026-W45`.
    """
    try:
        return _window(period, text, zone)
    except (ValueError, OverflowError) as error:
        raise KpiRefused(f"{period} {text!r}: {error}; write {EXAMPLES[period]}") from error


EXAMPLES = {
    Period.HOUR: "2026-11-03T10",
    Period.SHIFT: "2026-11-03/early",
    Period.DAY: "2026-11-03",
    Period.WEEK: "2026-W45",
}


def _window(period: Period, text: str, zone: ZoneInfo) -> tuple[Interval, str]:
    if period == Period.HOUR:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            start = resolve(moment.date(), moment.time().replace(minute=0, second=0), zone)
        else:
            start = to_micros(moment)
        return Interval(start, start + 1), hour_label(start, zone, date=True)
    if period == Period.SHIFT:
        day_text, slash, shift = text.partition("/")
        if not slash or not shift:
            raise ValueError("it names no shift")
        start = resolve(date.fromisoformat(day_text), time(0), zone)
        return Interval(start, start + 2 * DAY), f"{day_text} {shift}"
    if period == Period.DAY:
        return _midnight(date.fromisoformat(text), zone), text
    if not (found := WEEK.fullmatch(text)):
        raise ValueError("it is no week")
    monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    return _midnight(monday, zone), text


def _midnight(day: date, zone: ZoneInfo) -> Interval:
    start = resolve(day, time(0), zone)
    return Interval(start, start + 1)
