"""Gauges of a plant.toml: until when each is calibrated."""

from collections.abc import Iterator
from datetime import date

from pydantic import Field

from edge.configuration.faults import Fault, Finder
from edge.configuration.field_types import Id, Shape, Text
from edge.configuration.rows import Row, repeated
from edge.domain.quality.gauges import Gauge


class GaugeShape(Shape):
    id: Id = Field(description="Name of the gauge, as inspection plans have it", examples=["CAL-1"])
    en: Text = Field(description="What it is, in English", examples=["Caliper 150 mm"])
    zh: Text | None = Field(
        None, description="What it is, in Chinese; else the English", examples=["游标卡尺"]
    )
    calibrated_until: Text | None = Field(
        None,
        description="Last local day on which its calibration holds; without it, it never ends",
        examples=["2027-03-31"],
    )


def build_gauge(shape: GaugeShape) -> Gauge:
    """The gauge of a shape in which nothing is at fault."""
    until = shape.calibrated_until
    return Gauge(
        id=shape.id,
        en=shape.en,
        zh=shape.zh or shape.en,
        calibrated_until=date.fromisoformat(until) if until else None,
    )


def gauge_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    """Gauges that stand twice, and days that are none."""
    gauges = plant.rows("gauge")
    for row, first in repeated(gauges, "id"):
        message = f"stands in {first.key} too"
        yield finder.fault(row.at("id"), row.get("id"), message, "give it another id")
    for gauge in gauges:
        until = gauge.get("calibrated_until")
        if isinstance(until, str) and not _day(until):
            key = gauge.at("calibrated_until")
            yield finder.fault(key, until, "is no day", "write for example 2027-03-31")


def _day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
