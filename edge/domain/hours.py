"""Clock hours of a site: keyed by their UTC start, labelled with local time and offset.

A clock hour is a stretch of local time with the same date, hour and offset. Around
a clock change it can be shorter than 60 minutes (Lord Howe shifts by 30), and the
same local hour can come twice; its offset tells the two apart. Sites whose offset
has :30 or :45 have hours that begin at :30 or :15 UTC.
"""

from datetime import UTC, datetime, timedelta, tzinfo

from edge.domain.clock import MICROS, to_datetime
from edge.domain.intervals import Interval

HOUR = 3_600 * MICROS
STRETCH = 6 * HOUR  # no zone has changed its clock twice within it
DAY = 24 * HOUR  # an elapsed one; that of a site's clock may have 23 or 25 hours


def hour_start(at: int, zone: tzinfo) -> int:
    """UTC start (us) of the clock hour of `zone` in which `at` lies."""
    offset = offset_at(at, zone)
    start = at - (at + offset) % HOUR
    return start if offset_at(start, zone) == offset else _change(start, at, zone)


def next_hour(at: int, zone: tzinfo) -> int:
    """UTC start (us) of the clock hour after the one in which `at` lies."""
    offset = offset_at(at, zone)
    end = at - (at + offset) % HOUR + HOUR
    return end if offset_at(end - 1, zone) == offset else _change(at, end - 1, zone)


def hour_label(hour: int, zone: tzinfo, *, date: bool = False) -> str:
    """Local time of the hour's start with offset, `06:00+02:00`; with `date` in front if asked."""
    text = to_datetime(hour).astimezone(zone).isoformat(timespec="minutes")
    return text if date else text.partition("T")[2]


def moment_label(at: int, zone: tzinfo) -> str:
    """Local time in a sentence, `2026-06-08 08:20`; with its offset where it comes twice."""
    local = to_datetime(at).astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    text = local.isoformat(sep=" ", timespec="minutes")
    return text if twice else text[: len("2026-06-08 08:20")]


def cut_at_hours(interval: Interval, zone: tzinfo) -> tuple[Interval, ...]:
    """The interval's parts, one for each clock hour that it touches, in order."""
    parts, start = [], interval.start
    while start < interval.end:
        end = min(next_hour(start, zone), interval.end)
        parts.append(Interval(start, end))
        start = end
    return tuple(parts)


def hour_starts(start: int, end: int, zone: tzinfo) -> list[int]:
    """UTC starts (us) of the clock hours that touch [start, end), and that of the next one.

    Where the offset stays the same for a while they are counted on; around a change each is
    looked for.
    """
    at = hour_start(start, zone)
    found, offset = [at], offset_at(at, zone)
    while at < end:
        later = offset_at(at + STRETCH, zone)
        if later == offset and (at + offset) % HOUR == 0:
            found.extend(range(at + HOUR, at + STRETCH + 1, HOUR))
            at += STRETCH
        else:
            at = next_hour(at, zone)
            found.append(at)
            offset = offset_at(at, zone)
    return found


def offset_at(at: int, zone: tzinfo) -> int:
    """Offset of local time from UTC at a moment, microseconds."""
    offset = datetime.fromtimestamp(at // MICROS, UTC).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(microseconds=1)


def _change(before: int, after: int, zone: tzinfo) -> int:
    """The first whole second with the offset of `after`; `before` has another one."""
    offset = offset_at(after, zone)
    low, high = before // MICROS, after // MICROS
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(middle * MICROS, zone) == offset:
            high = middle
        else:
            low = middle
    return high * MICROS
