"""Dates and times in a plan's cells: four styles of text, real dates, and serial dates.

Texts: 2026-06-30 (also 2026/6/30), 30.06.2026, 6/30/2026 or 30/6/2026, 2026年6月30日, each
with or without a time of day; and ISO 8601 with an offset, which is kept as it is written.
Serial dates are days since 1899-12-30, or since 1904-01-01 in workbooks of the 1904 system
(ECMA-376 part 1, 18.17.4.1).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from edge.domain.clock import parse_time
from edge.domain.reach import FIRST_YEAR, LAST_YEAR, MEND_YEAR
from erp_sync.planfiles.cells import Broken, Cell
from erp_sync.planfiles.options import Options

EPOCHS: Mapping[int, date] = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
EXAMPLE = "write for example 2026-06-30 14:00"
CLOCK = (
    r"(?:(?P<hour>\d{1,2})(?::|时|点)(?P<minute>\d{2})?(?:分|:(?P<second>\d{2}))?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)"
)
REST = rf"(?:(?:\s*[T,]\s*|\s+|(?<=日)){CLOCK})?"
YEAR_FIRST = re.compile(rf"(?P<y>\d{{4}})([-/.])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}}){REST}")
CHINESE = re.compile(
    rf"(?P<y>\d{{4}})\s*年\s*(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*[日号]{REST}"
)
DOTTED = re.compile(rf"(?P<d>\d{{1,2}})\.\s?(?P<m>\d{{1,2}})\.\s?(?P<y>\d{{4}}){REST}")
TWO_WAYS = re.compile(rf"(?P<a>\d{{1,2}})([-/])(?P<b>\d{{1,2}})\2(?P<y>\d{{4}}){REST}")
SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}(?!\d).*")
SERIAL = re.compile(r"\d{4,6}(?:[.,]\d+)?")
OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}T.*([+-]\d{2}:?\d{2}|Z)")


class NotADate(ValueError):
    """Why a value is no date, and what would mend it."""

    def __init__(self, message: str, mend: str = EXAMPLE) -> None:
        super().__init__(message)
        self.message, self.mend = message, mend


def moment(cell: Cell, options: Options, epoch: int | None, *, ends: bool) -> str:
    """ISO 8601 with offset; raises NotADate.

    A day without a time is its beginning, or, of what `ends`, its end: the beginning of
    the next one. Local times that a clock change leaves out or has twice are refused.
    """
    if isinstance(cell, Broken):
        raise NotADate(*cell.why)
    if isinstance(cell, bool) or cell is None or isinstance(cell, time | timedelta):
        raise NotADate("is no date")
    if isinstance(cell, datetime):
        return _local(_to_milliseconds(cell), options.zone)
    if isinstance(cell, date):
        return _of_day(cell, options.zone, ends)
    if isinstance(cell, int | float):
        return _of_serial(float(cell), options, epoch, ends)
    return _of_text(unicodedata.normalize("NFKC", cell).strip(), options, epoch, ends)


def _of_text(text: str, options: Options, epoch: int | None, ends: bool) -> str:
    if OFFSET.fullmatch(text):
        return _with_offset(text)
    for style in (YEAR_FIRST, CHINESE, DOTTED):
        if found := style.fullmatch(text):
            return _resolved(_day(found["y"], found["m"], found["d"]), found, options, ends)
    if found := TWO_WAYS.fullmatch(text):
        return _resolved(_of_two_ways(found, options.dates), found, options, ends)
    if SERIAL.fullmatch(text):
        return _of_serial(float(text.replace(",", ".")), options, epoch, ends)
    if SHORT_YEAR.fullmatch(text):
        raise NotADate("has a year of two digits", "write the year with four digits")
    raise NotADate("is no date")


def _with_offset(text: str) -> str:
    try:
        parse_time(text)
    except ValueError:
        raise NotADate("is no date") from None
    _plausible(datetime.fromisoformat(text).date())
    return text


def _day(year: str, month: str, day: str) -> date:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise NotADate("is a day that no calendar has") from None
    return _plausible(found)


def _plausible(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotADate(f"reads as {day}, which is no date of a plan", MEND_YEAR)
    return day


def _of_two_ways(found: re.Match[str], said: str) -> date:
    """6/30/2026 can only be one day; 6/5/2026 is two, and the option decides."""
    first, second, year = found["a"], found["b"], found["y"]
    orders = {"day-first": (second, first), "month-first": (first, second)}
    days = {}
    for name, (month, day) in orders.items():
        try:
            days[name] = date(int(year), int(month), int(day))
        except ValueError:
            continue
    if not days:
        raise NotADate("is a day that no calendar has")
    if said:
        if said not in days:
            raise NotADate(f"is no day where dates are said to be {said}")
        return _plausible(days[said])
    if len({*days.values()}) > 1:
        ways = " or ".join(f"{day} (dates={name})" for name, day in days.items())
        raise NotADate(
            f"is {ways}", "say which, dates=day-first or dates=month-first (--dates), or "
            "write it as 2026-06-30"
        )  # fmt: skip
    return _plausible(next(iter(days.values())))


def _resolved(day: date, found: re.Match[str], options: Options, ends: bool) -> str:
    if found["hour"] is None:
        return _of_day(day, options.zone, ends)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if half := found["half"]:
        if not 1 <= hour <= 12:
            raise NotADate("has a time that no clock shows")
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    if (hour, minute, second) == (24, 0, 0):
        return _of_day(day, options.zone, ends=True)
    try:
        clock = time(hour, minute, second)
    except ValueError:
        raise NotADate("has a time that no clock shows") from None
    return _local(datetime.combine(day, clock), options.zone)


def _of_serial(number: float, options: Options, epoch: int | None, ends: bool) -> str:
    said = epoch if epoch is not None else int(options.epoch) if options.epoch else None
    if not 10**4 <= number < 10**6:
        raise NotADate("is no date")
    if said is None:
        ways = [EPOCHS[one] + timedelta(days=int(number)) for one in (1900, 1904)]
        raise NotADate(
            f"is a serial date: {ways[0]} where days count from 1900, {ways[1]} from 1904",
            "write the date, or say epoch=1900 or epoch=1904 (--epoch)",
        )
    whole, rest = divmod(number, 1)
    day = _plausible(EPOCHS[said] + timedelta(days=int(whole)))
    if not rest:
        return _of_day(day, options.zone, ends)
    return _local(
        _to_milliseconds(datetime.combine(day, time()) + timedelta(days=rest)), options.zone
    )


def _to_milliseconds(moment_: datetime) -> datetime:
    """A spreadsheet's times are fractions of a day; what is below a millisecond is rounding."""
    moment_ = moment_.replace(tzinfo=None) + timedelta(microseconds=500)
    return moment_.replace(microsecond=moment_.microsecond // 1000 * 1000)


def _of_day(day: date, zone: ZoneInfo, ends: bool) -> str:
    """The beginning of a day; of one that ends something, of the next day."""
    midnight = datetime.combine(_plausible(day) + timedelta(days=int(ends)), time())
    first = midnight.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)  # over a gap: its end
    return first.isoformat()


def _local(naive: datetime, zone: ZoneInfo) -> str:
    _plausible(naive.date())
    early, late = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return early.isoformat()
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        raise NotADate("is a time that the clock change leaves out", "write a time that there is")
    raise NotADate(
        "is a time that comes twice on that day",
        f"write which, with its offset: {early.isoformat()} or {late.isoformat()}",
    )
