"""Maintenance plans of a plant.toml: keys, what contradicts what, and what the edge works with."""

from collections.abc import Iterator

from pydantic import Field

from edge.configuration.faults import Fault, Finder
from edge.configuration.field_types import Id, Shape, Text
from edge.configuration.rows import Row, repeated
from edge.domain.hours import HOUR
from edge.domain.maintenance import MaintenancePlan

MEASURES = ("every_hours", "every_cycles", "every_days")


class MaintenanceShape(Shape):
    id: Id = Field(description="Name of the plan in facts", examples=["oil_L1"])
    work_center: Id = Field(description="Id of the work center", examples=["L1"])
    en: Text = Field(description="What is to be done, in English", examples=["Change the oil"])
    zh: Text | None = Field(
        None, description="What is to be done, in Chinese; else the English", examples=["换油"]
    )
    every_hours: int | None = Field(
        None, ge=1, le=1_000_000, description="Due after so many running hours", examples=[500]
    )
    every_cycles: int | None = Field(
        None,
        ge=1,
        le=10**12,
        description="Due after so many cycles: pieces, or strokes where they are counted",
        examples=[100_000],
    )
    every_days: int | None = Field(
        None, ge=1, le=36_500, description="Due after so many days", examples=[90]
    )
    warn_percent: int = Field(
        90, ge=1, le=100, description="Of any of them, from which on it is soon due", examples=[90]
    )
    forbids: bool = Field(
        False, description="Whether it forbids the next start once it is overdue", examples=[True]
    )


def build_plan(shape: MaintenanceShape) -> MaintenancePlan:
    """The plan of a shape in which nothing is at fault."""
    return MaintenancePlan(
        id=shape.id,
        work_center=shape.work_center,
        en=shape.en,
        zh=shape.zh or shape.en,
        hours=None if shape.every_hours is None else shape.every_hours * HOUR,
        cycles=shape.every_cycles,
        days=shape.every_days,
        warn_percent=shape.warn_percent,
        forbids=shape.forbids,
    )


def maintenance_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    """Plans that stand twice, of no work center, or that never come round."""
    plans = plant.rows("maintenance")
    for row, first in repeated(plans, "id"):
        message = f"stands in {first.key} too"
        yield finder.fault(row.at("id"), row.get("id"), message, "give it another id")
    known = [center.data.get("id") for center in plant.rows("work_center")]
    for plan in plans:
        wanted = plan.get("work_center")
        if wanted is not None and wanted not in known:
            mend = f"write one of {', '.join(str(each) for each in known if each)}"
            key, message = plan.at("work_center"), "is no work_center of this file"
            yield finder.fault(key, wanted, message, mend)
        if not any(name in plan.data for name in MEASURES):
            mend = f"add {', '.join(MEASURES[:-1])} or {MEASURES[-1]}"
            yield finder.fault(plan.key, plan.get("id"), "never comes round", mend)
