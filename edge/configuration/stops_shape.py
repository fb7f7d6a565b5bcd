"""The keys of stops and the board in plant.toml; docs/plant_toml.md is held against them."""

from typing import Annotated

from pydantic import Field

from edge.configuration.field_types import Id, Shape, Text, one_of
from edge.domain.stops import StopClass

LOSSES = tuple(str(one) for one in StopClass)


class ReasonShape(Shape):
    kind: Annotated[str, one_of("scrap", "stop")] = Field(
        description="scrap or stop", examples=["scrap"]
    )
    code: Id = Field(description="Code in facts and reports", examples=["BURR"])
    en: Text = Field(description="What operators read in English", examples=["Burr"])
    zh: Text | None = Field(
        None, description="What operators read in Chinese; else the English", examples=["毛刺"]
    )
    parent: Id | None = Field(
        None,
        description="Code of the reason above it in the tree; else it stands at the top",
        examples=["TECHNICAL"],
    )
    loss: Annotated[str, one_of(*LOSSES)] = Field(
        "other",
        description=f"What kind of loss a stop of it is: {', '.join(LOSSES)}",
        examples=["breakdown"],
    )
    planned: bool = Field(
        False,
        description="Whether a stop of it is a planned one: planned down time, no loss",
        examples=[True],
    )
    work_centers: list[Id] = Field(
        [], description="Work centers that it is for; without them all", examples=[["L1"]]
    )


class BoardShape(Shape):
    red_percent: int = Field(
        10,
        ge=0,
        le=100,
        description="An hour that is over is red, and asks for a cause, if it has made fewer good "
        "pieces than planned by more than so many percent",
        examples=[10],
    )


class ChangeoverShape(Shape):
    before: Id = Field(
        description="Product, family or tool of the job before; any for all", examples=["hinge"]
    )
    after: Id = Field(
        description="Product, family or tool of the job after; any for all", examples=["bracket"]
    )
    minutes: int = Field(
        ge=0,
        le=10080,
        description="Standard minutes of the changeover: all of its set-up, whatever the "
        "routing's setup_s says; planned so, and set-up beyond them is a loss",
        examples=[25],
    )
    work_centers: list[Id] = Field(
        [], description="Work centers that it is for; without them all", examples=[["L1"]]
    )
