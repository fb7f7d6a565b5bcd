"""Public holidays of a calendar in plant.toml: what may stand there, and what it closes."""

from collections.abc import Iterator
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import Field

from edge.configuration.faults import Fault, Finder
from edge.configuration.field_types import Shape, Text
from edge.configuration.rows import Row
from edge.domain.intervals import Interval
from edge.public_holidays import HolidayRule, closed_spans, rule_faults

# A plant's calendar has no end, and reads no clock: it is expanded once, for these years.
FIRST: Final = date(2020, 1, 1)
LAST: Final = date(2049, 12, 31)


class HolidaysShape(Shape):
    country: Text = Field(
        description="Country whose holidays are closed, ISO 3166", examples=["DE"]
    )
    subdivision: Text | None = Field(
        None, description="Region of it; else those of the whole country", examples=["BY"]
    )
    categories: list[Text] = Field(
        [],
        description="Kinds of holidays, by the country; without them the public ones",
        examples=[["public", "catholic"]],
    )
    worked: list[Text] = Field(
        [],
        description="Holidays on which work goes on, by date or by name",
        examples=[["2026-06-04", "Epiphany"]],
    )


def holidays_closed(shape: HolidaysShape | None, zone: ZoneInfo) -> list[Interval]:
    """Closed local days of 2020 to 2049."""
    return [] if shape is None else closed_spans(_rule(shape), FIRST, LAST, zone)


def holidays_faults(row: Row, shape: HolidaysShape | None, finder: Finder) -> Iterator[Fault]:
    """What of a calendar's holidays is not known, each with what is."""
    if shape is None:
        return
    for fault in rule_faults(_rule(shape), range(FIRST.year, LAST.year + 1)):
        key = row.table("holidays").at(fault.place)
        yield finder.fault(key, fault.value, fault.message, fault.mend)


def _rule(shape: HolidaysShape) -> HolidayRule:
    return HolidayRule(
        country=shape.country,
        subdivision=shape.subdivision,
        categories=tuple(shape.categories),
        worked=tuple(shape.worked),
    )
