"""The keys of people in plant.toml; docs/plant_toml.md is held against them."""

from typing import Annotated

from pydantic import Field

from edge.configuration.field_types import Id, Shape, Text, one_of

LocalDate = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*([+-]\d{2}:\d{2}|Z)$")]
ROLES = ("operator", "supervisor", "quality", "maintenance", "planner", "sales")
SPLITS = ("equal", "running", "full")


class SkillShape(Shape):
    skill: Id = Field(description="Name of the skill", examples=["press"])
    until: LocalDate | None = Field(
        None,
        description="Last local date on which it holds; without it for ever",
        examples=["2027-03-31"],
    )


class AbsentShape(Shape):
    since: Moment = Field(
        description="From when they are away, with the offset to UTC",
        examples=["2026-07-06T00:00+02:00"],
    )
    until: Moment = Field(
        description="Until when they are away, with the offset to UTC",
        examples=["2026-07-18T00:00+02:00"],
    )


class PersonShape(Shape):
    id: Id = Field(description="Name of the person in facts (the actor)", examples=["anna"])
    name: Text | None = Field(
        None, description="What people read; else the id", examples=["Anna Berg"]
    )
    roles: list[Annotated[str, one_of(*ROLES)]] = Field(
        ["operator"],
        min_length=1,
        description="What they may decide: operator, supervisor (all of it), quality, maintenance, "
        "planner, sales",
        examples=[["supervisor"]],
    )
    crew: Id | None = Field(
        None, description="The crew that figures add them to", examples=["early_a"]
    )
    badge: Text | None = Field(
        None, description="What a scanner reads from their badge", examples=["4711"]
    )
    pin_hash: Annotated[str, Field(pattern=r"^\$argon2id\$")] | None = Field(
        None,
        description="Their PIN, as taktline people pin prints it; without badge and PIN they "
        "cannot sign on",
        examples=["$argon2id$v=19$m=19456,t=2,p=1$..."],
    )
    calendar: Id | None = Field(
        None,
        description="When they work, by the id of a [[calendar]]; without it they are not planned "
        "with",
        examples=["day_shift"],
    )
    skill: list[SkillShape] = Field([], description="What they can do, one table each")
    absent: list[AbsentShape] = Field([], description="When they are away, one table each")


class PeopleShape(Shape):
    sign_on: Annotated[str, one_of("optional", "required")] = Field(
        "optional",
        description="required: nothing starts at a work center where nobody is signed on",
        examples=["required"],
    )
    split: Annotated[str, one_of(*SPLITS)] = Field(
        "equal",
        description="How the time of somebody at several machines at once is divided: equal, "
        "running (among those that run), full (each counts all of it)",
        examples=["running"],
    )
    forgotten_after_min: int = Field(
        60,
        ge=0,
        le=1440,
        description="Minutes behind the end of their shift after which whoever did not sign off "
        "is signed off, at the end of the shift; 0: never",
        examples=[60],
    )
