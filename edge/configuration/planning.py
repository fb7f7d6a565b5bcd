"""The keys of planning in plant.toml; docs/plant_toml.md is held against them."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from edge.configuration.faults import Fault, Finder
from edge.configuration.field_types import Id, Shape, Text
from edge.configuration.rows import Row
from edge.domain.pace import MINUTE, LevelRule, ReplanRules
from edge.domain.plan_versions import ReleaseRules

NAMED = ("products", "families", "work_centers")
Minutes = Annotated[int, Field(ge=0, le=10_080)]
Lasting = Annotated[int, Field(ge=1, le=43_200)]


class LevelShape(Shape):
    pitch_minutes: Minutes = Field(
        0,
        description="Minutes of working time of a pitch, in each of which a little is made; "
        "0: a production day",
        examples=[60],
    )
    products: list[Text] = Field(
        [], description="Products that are levelled", examples=[["BOLT-M8"]]
    )
    families: list[Text] = Field([], description="Families that are levelled", examples=[["hinge"]])
    work_centers: list[Id] = Field(
        [],
        description="Work centers whose orders are levelled, all that can run there",
        examples=[["L1"]],
    )


class PlanningShape(Shape):
    off_pace_minutes: Minutes = Field(
        10,
        description="A work center that is so many minutes of work behind or ahead of its plan is "
        "planned again; 0: never for that",
        examples=[10],
    )
    back_in_pace_minutes: Minutes = Field(
        4,
        description="It counts as back in pace once no more than so many minutes of work are "
        "missing; less than off_pace_minutes, so that a count that wavers does not plan each time",
        examples=[4],
    )
    breakdown_minutes: Minutes = Field(
        10,
        description="A stop that lasts longer, and is no planned one, is a breakdown: what is left "
        "is planned without the machine; 0: never for that",
        examples=[10],
    )
    repair_minutes: Lasting = Field(
        60,
        description="How long a breakdown is taken to last in all where no planned stop says when "
        "the machine is back; the plan says that it is assumed",
        examples=[60],
    )
    hold_minutes: Lasting = Field(
        480,
        description="How long a hold is taken to last, and as long again when that is over; "
        "nobody says when one is released, and the plan says that it is assumed",
        examples=[480],
    )
    absence_minutes: Minutes = Field(
        15,
        description="Minutes of working time without the people that a work center needs to start "
        "what is planned on it, after which it is planned without it; 0: never for that",
        examples=[15],
    )
    return_minutes: Lasting = Field(
        60,
        description="How long people who are missing are taken to be away, and as long again when "
        "that is over",
        examples=[60],
    )
    scrap_minutes: Minutes = Field(
        10,
        description="Scrap and rework of a job order beyond what is planned of it, in minutes of "
        "work, for which what is left is planned again; 0: never for that",
        examples=[10],
    )

    better_after_minutes: Minutes = Field(
        0,
        description="After so many minutes without a new plan a better one is looked for, by a "
        "process of low priority, and proposed where it is worth moving; 0: never",
        examples=[15],
    )
    ask_above_hours: Annotated[int, Field(ge=0, le=10_000)] = Field(
        8,
        description="A plan that moves more planned hours to other work centers, or out of their "
        "order, waits until somebody releases it; 0: whatever moves asks",
        examples=[8],
    )
    frozen_hours: Annotated[int, Field(ge=0, le=168)] = Field(
        0,
        description="So many hours after the one that runs stay as they were released, whatever "
        "is planned; a supervisor can unfreeze them",
        examples=[2],
    )
    acknowledge_minutes: Minutes = Field(
        10,
        description="A version that changes a work center's shift and that nobody there has "
        "acknowledged within so many minutes is shown as such; 0: never",
        examples=[10],
    )
    keep_versions: Annotated[int, Field(ge=1, le=100_000)] = Field(
        100,
        description="So many versions of the plan stay whole, beside the last one of each day",
        examples=[100],
    )
    level: list[LevelShape] = Field(
        [], description="What is planned level; an order goes by the first that holds it"
    )


def build_releases(shape: PlanningShape) -> ReleaseRules:
    """What may be released without asking, and what is kept, by the same shape."""
    return ReleaseRules(
        ask_above_s=shape.ask_above_hours * 3600,
        keep=shape.keep_versions,
        frozen_hours=shape.frozen_hours,
        acknowledge_within_us=shape.acknowledge_minutes * MINUTE,
    )


def build_planning(shape: PlanningShape) -> ReplanRules:
    """The rules of a shape in which nothing is at fault."""
    return ReplanRules(
        off_pace=shape.off_pace_minutes * MINUTE,
        back_in_pace=shape.back_in_pace_minutes * MINUTE,
        breakdown=shape.breakdown_minutes * MINUTE,
        repair=shape.repair_minutes * MINUTE,
        hold=shape.hold_minutes * MINUTE,
        absence=shape.absence_minutes * MINUTE,
        back=shape.return_minutes * MINUTE,
        scrap=shape.scrap_minutes * MINUTE,
        better=shape.better_after_minutes * MINUTE,
        levels=tuple(
            LevelRule(
                pitch=one.pitch_minutes * MINUTE or None,
                products=tuple(one.products),
                families=tuple(one.families),
                work_centers=tuple(one.work_centers),
            )
            for one in shape.level
        ),
    )


def planning_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    """Thresholds between which a count could waver; levels that level nothing."""
    row = plant.table("planning")
    known = [one.get("id") for one in plant.rows("work_center")]
    for level in row.rows("level"):
        if not any(level.data.get(name) for name in NAMED):
            mend = "name products, families or work_centers"
            yield finder.fault(level.key, None, "levels nothing", mend)
        named = level.get("work_centers")
        for center in named if isinstance(named, list) else ():
            if center not in known:
                mend = "name a [[work_center]] of this file"
                yield finder.fault(level.at("work_centers"), center, "no such work center", mend)
    off, back = row.get("off_pace_minutes"), row.get("back_in_pace_minutes")
    fields = PlanningShape.model_fields
    off = fields["off_pace_minutes"].default if off is None else off
    said, back = back, fields["back_in_pace_minutes"].default if back is None else back
    if off and back >= off:
        name = "off_pace_minutes" if said is None else "back_in_pace_minutes"
        message = f"leaves nothing between back_in_pace_minutes {back} and off_pace_minutes {off}"
        mend = "let back_in_pace_minutes be less than off_pace_minutes"
        yield finder.fault(row.at(name), off if said is None else back, message, mend)
