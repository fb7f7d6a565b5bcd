"""Strict reading of JSON: every value by a reader, every fault with its place.

A reader takes (value, place, faults) and returns what it read, or BAD after it has
added a fault. `record` reads an object by a table of fields.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Final

from edge.domain.calendars import is_timezone
from edge.domain.clock import MICROS, parse_time
from edge.domain.exact import exact as exact_of
from edge.domain.faults import Fault
from edge.domain.intervals import Interval
from edge.domain.plain_text import escaped, is_plain
from edge.domain.reach import MEND_YEAR, of_a_plan

Faults = list[Fault]
Reader = Callable[[Any, str, Faults], Any]


class Bad:
    """The type of BAD: a value whose fault is already reported."""

    def __str__(self) -> str:
        return "?"


BAD: Final = Bad()
_HALVES: Final = re.compile("[\\ud800-\\udfff]")  # of surrogates: no encoding has them
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME_MEND = "write ISO 8601 with an offset, for example 2026-06-08T06:00+02:00"


@dataclass(frozen=True)
class Field:
    """How a key is read; `default` is what stands for a missing or null one.

    A null that is written is None where the field is `nullable`, also if it is required.
    """

    read: Reader
    required: bool = True
    default: Any = None
    nullable: bool = False


def refuse(faults: Faults, place: str, value: object, message: str, mend: str) -> Bad:
    """Add a fault; the value is shown short."""
    place, shown = (
        escaped(one).encode("utf-8", "backslashreplace").decode() for one in (place, str(value))
    )
    faults.append(Fault(place, shown if len(shown) < 80 else shown[:77] + "...", message, mend))
    return BAD


def record(fields: Mapping[str, Field]) -> Reader:
    """Reader of an object with these fields and no others."""

    def read(value: Any, place: str, faults: Faults) -> Any:
        if not isinstance(value, Mapping):
            return refuse(faults, place, value, "is not an object", "write {...}")
        for key in value:
            if key not in fields:
                mend = "remove it, or use one of " + ", ".join(sorted(fields))
                refuse(faults, f"{place}.{key}".lstrip("."), value[key], "unknown key", mend)
        return {key: _field(value, key, one, place, faults) for key, one in fields.items()}

    return read


def _field(value: Mapping[str, Any], key: str, field: Field, place: str, faults: Faults) -> Any:
    if value.get(key) is not None:
        return field.read(value[key], f"{place}.{key}" if place else key, faults)
    if field.nullable and key in value:
        return None
    if field.required:
        return refuse(faults, f"{place}.{key}" if place else key, "", "is missing", "add it")
    return field.default


def list_of(reader: Reader, name: str | None = None) -> Reader:
    """Reader of a list; elements are placed by their key `name` where they have one."""

    def read(value: Any, place: str, faults: Faults) -> Any:
        if not isinstance(value, list):
            return refuse(faults, place, value, "is not a list", "write [...]")
        return [
            reader(one, f"{place}[{_named(one, name, index)}]", faults)
            for index, one in enumerate(value)
        ]

    return read


def _named(value: Any, name: str | None, index: int) -> object:
    if name is None or not isinstance(value, Mapping):
        return index
    return value.get(name, index)


def map_of(reader: Reader) -> Reader:
    """Reader of an object whose keys are names."""

    def read(value: Any, place: str, faults: Faults) -> Any:
        if not isinstance(value, Mapping):
            return refuse(faults, place, value, "is not an object", "write {name: ...}")
        return {
            key: reader(one, f"{place}.{key}", faults)
            for key, one in value.items()
            if text(key, f"{place}.{key}", faults) is not BAD
        }

    return read


def one_of(*allowed: str) -> Reader:
    def read(value: Any, place: str, faults: Faults) -> Any:
        if value in allowed:
            return value
        return refuse(faults, place, value, "is not known", "use one of " + ", ".join(allowed))

    return read


def text(value: Any, place: str, faults: Faults) -> Any:
    if not isinstance(value, str) or not value:
        return refuse(faults, place, value, "is not a text", "write a name in quotes")
    if is_plain(value) and not _HALVES.search(value):
        return value
    message = "has a character that cannot be shown, or that turns a text round"
    return refuse(faults, place, value, message, "write it without")


def zone(value: Any, place: str, faults: Faults) -> Any:
    """Name of an IANA time zone."""
    if isinstance(value, str) and is_timezone(value):
        return value
    mend = "write an IANA name, for example Europe/Berlin"
    return refuse(faults, place, value, "no such time zone", mend)


def flag(value: Any, place: str, faults: Faults) -> Any:
    if isinstance(value, bool):
        return value
    return refuse(faults, place, value, "is neither true nor false", "write true or false")


def whole(least: int) -> Reader:
    """Reader of an integer that is at least `least`; 2.0 and true are none."""

    def read(value: Any, place: str, faults: Faults) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        message = f"is not a whole number of at least {least}"
        return refuse(faults, place, value, message, f"write a whole number from {least}")

    return read


def fraction(value: Any, place: str, faults: Faults) -> Any:
    """Exact number above 0: 42, 2.5, "2.5" or "125/3"."""
    exact = exact_of(value)
    if exact is not None and exact > 0:
        return exact
    mend = 'write a number above 0, of up to 18 digits, or a fraction such as "125/3"'
    return refuse(faults, place, value, "is not a number above 0", mend)


def share(value: Any, place: str, faults: Faults) -> Any:
    """Exact number above 0 and at most 1."""
    exact = exact_of(value)
    if exact is not None and 0 < exact <= 1:
        return exact
    return refuse(faults, place, value, "is not a share", 'write for example "0.95", at most 1')


def seconds(value: Any, place: str, faults: Faults) -> Any:
    """Microseconds of a number of seconds, 0 or more, exact to the microsecond."""
    exact = exact_of(value)
    if exact is not None and exact >= 0 and (exact * MICROS).denominator == 1:
        return int(exact * MICROS)
    return refuse(faults, place, value, "is not a number of seconds", "write seconds from 0")


def pitch(value: Any, place: str, faults: Faults) -> Any:
    """Microseconds of work of a pitch; None for a "day"."""
    if value == "day":
        return None
    found = seconds(value, place, faults)
    if found is BAD or found > 0:
        return found
    return refuse(faults, place, value, "is not a pitch", 'write seconds above 0, or "day"')


def credit(value: Any, place: str, faults: Faults) -> Any:
    """Exact seconds, 0 or more."""
    exact = exact_of(value)
    if exact is not None and exact >= 0:
        return exact
    return refuse(faults, place, value, "is not a number of seconds", "write seconds from 0")


def moment(value: Any, place: str, faults: Faults) -> Any:
    """Microseconds UTC of an ISO time with an offset, of a year that plans are made for."""
    if not isinstance(value, str):
        return refuse(faults, place, value, "is not a time", TIME_MEND)
    try:
        at = parse_time(value)
    except ValueError:
        return refuse(faults, place, value, "is not a time with an offset", TIME_MEND)
    return at if of_a_plan(at) else refuse(faults, place, value, "is no time of a plan", MEND_YEAR)


def span(value: Any, place: str, faults: Faults) -> Any:
    """Interval of a pair of ISO times."""
    if not isinstance(value, list) or len(value) != 2:
        return refuse(faults, place, value, "is not a pair of times", "write [from, to]")
    start, end = (moment(one, f"{place}[{index}]", faults) for index, one in enumerate(value))
    if start is BAD or end is BAD:
        return BAD
    if end <= start:
        return refuse(faults, place, value, "ends before it starts", "put the earlier time first")
    return Interval(start, end)


def wall(value: Any, place: str, faults: Faults) -> Any:
    """Local time of day, to the minute; 24:00 is the next midnight."""
    try:
        found = time.fromisoformat("00:00" if value == "24:00" else value)
    except (TypeError, ValueError):
        return refuse(faults, place, value, "is not a time of day", "write for example 06:00")
    if found.tzinfo or found.second or found.microsecond:
        return refuse(faults, place, value, "is not a whole minute", "write for example 06:00")
    return found


def wall_pair(value: Any, place: str, faults: Faults) -> Any:
    if not isinstance(value, list) or len(value) != 2:
        return refuse(faults, place, value, "is not a pair of times", 'write ["10:00", "10:30"]')
    begin, end = (wall(one, f"{place}[{index}]", faults) for index, one in enumerate(value))
    return BAD if begin is BAD or end is BAD else (begin, end)


def day(value: Any, place: str, faults: Faults) -> Any:
    if value in DAYS:
        return DAYS.index(value)
    return refuse(faults, place, value, "is not a day", "use " + ", ".join(DAYS))


def clean(value: Any) -> bool:
    """Whether nothing in what was read is BAD."""
    if isinstance(value, Mapping):
        return all(clean(one) for one in value.values())
    if isinstance(value, list):
        return all(clean(one) for one in value)
    return value is not BAD
