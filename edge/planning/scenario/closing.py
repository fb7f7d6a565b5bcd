"""Holidays of a scenario's calendars: expanded to closed local days over its span.

What is planned, and hashed, are the days themselves. Written again, a scenario has
them as `closed`, so that another version of the library changes no plan that was made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from edge.domain.calendars import WorkCalendar
from edge.domain.clock import to_datetime
from edge.domain.faults import Fault
from edge.domain.hours import DAY
from edge.domain.intervals import Interval
from edge.planning.scenario.reading import BAD, clean
from edge.public_holidays import HolidayRule, closed_spans, rule_faults

Record = Mapping[str, Any]
Span = tuple[date, date]


def plan_days(read: Record) -> Span | None:
    """The local days that a plan may touch: from two before its first moment to the end of
    the year after its horizon, since what is late is planned beyond it. None if unknown.
    """
    if read["plan_start"] is BAD or read["timezone"] is BAD:
        return None
    previous = {"hours": [], "blocks": []} if read["previous"] is BAD else read["previous"]
    starts = [row["hour"][0] for row in _sound(previous["hours"])]
    starts += [block["start"] for block in _sound(previous["blocks"])]
    dues = [] if read["orders"] is BAD else [one["due"] for one in read["orders"] if one is not BAD]
    ends = [at for at in (read["plan_end"], *dues) if isinstance(at, int)]
    zone = ZoneInfo(read["timezone"])
    first, last = min([read["plan_start"], *starts]), max([read["plan_start"], *ends])
    end_of_next = date(to_datetime(last).astimezone(zone).year + 1, 12, 31)
    return to_datetime(first).astimezone(zone).date() - timedelta(days=2), end_of_next


def near(calendar: WorkCalendar, now: int, horizon: int) -> WorkCalendar:
    """A plant's calendar, closed for decades of holidays, with those that a plan can touch."""
    first, last = now - 31 * DAY, horizon + 2 * 366 * DAY
    closed = tuple(one for one in calendar.closed if one.start < last and first < one.end)
    return replace(calendar, closed=closed)


def _sound(rows: Any) -> list[Record]:
    return [] if rows is BAD else [one for one in rows if clean(one)]


def holiday_faults(read: Record) -> Iterator[Fault]:
    """Every rule of holidays that names what there is not."""
    days = plan_days(read)
    if days is None or read["calendars"] is BAD:
        return
    for name, calendar in read["calendars"].items():
        if calendar is BAD or not calendar["holidays"] or not clean(calendar["holidays"]):
            continue
        for fault in rule_faults(_rule(calendar["holidays"]), _years(days)):
            place = f"calendars.{name}.holidays.{fault.place}"
            yield Fault(place, fault.value, fault.message, fault.mend)


def closed_by(holidays: Record | None, days: Span | None, timezone: str) -> list[Interval]:
    """Closed local days of a calendar's rule; none of one that has a fault."""
    if not holidays or days is None:
        return []
    rule = _rule(holidays)
    if any(rule_faults(rule, _years(days))):
        return []
    return closed_spans(rule, *days, ZoneInfo(timezone))


def _rule(holidays: Record) -> HolidayRule:
    return HolidayRule(
        country=holidays["country"],
        subdivision=holidays["subdivision"],
        categories=tuple(sorted(set(holidays["categories"]))),
        worked=tuple(holidays["worked"]),
    )


def _years(days: Span) -> range:
    return range(days[0].year, days[1].year + 1)
