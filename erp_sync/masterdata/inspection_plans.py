"""Inspection plans of an operation, as the ERP writes them (docs/quality.md)."""

import re
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    model_validator,
)

from edge.domain.spc.constants import LARGEST

DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,9})?")
Consequence = Literal["none", "warn", "hold_start", "hold_job"]


def _decimal(text: str) -> str:
    """A decimal text; raises ValueError."""
    if not DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r} is no decimal; write for example 12.05, as a text")
    return text


Name = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Text = Annotated[StrictStr, Field(max_length=200)]
Decimal = Annotated[StrictStr, AfterValidator(_decimal)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FirstPieceDocument(_Part):
    """The first piece after these."""

    after: list[Literal["start", "setup", "stop"]] = Field(["start"], min_length=1)
    stop_minutes: StrictInt = Field(0, ge=0, le=10_080, description="Shorter stops do not count")


class WhenDocument(_Part):
    """When an inspection is due: one of these."""

    every_pieces: StrictInt | None = Field(None, ge=1, le=10**6)
    every_minutes: StrictInt | None = Field(
        None, ge=1, le=10_080, description="Of production time of the job order"
    )
    first_piece: FirstPieceDocument | None = None
    last_piece: Literal[True] | None = None
    tolerance: StrictInt = Field(
        0, ge=0, le=10**6, description="Pieces (of every_pieces) or minutes late it is overdue"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        said = (self.every_pieces, self.every_minutes, self.first_piece, self.last_piece)
        if sum(one is not None for one in said) != 1:
            raise ValueError("write one of every_pieces, every_minutes, first_piece and last_piece")
        return self


class LimitsDocument(_Part):
    """Control limits that the plan fixes: center, and mean range (R-bar or MR-bar)."""

    center: Decimal
    spread: Decimal

    @model_validator(mode="after")
    def _resolved(self) -> Self:
        if Fraction(self.spread) <= 0:
            raise ValueError(f"spread {self.spread}: a mean range is above 0")
        return self


class CharacteristicDocument(_Part):
    """What is looked at: ok or nok, or a measure."""

    id: Name
    en: Text = ""
    zh: Text = ""
    kind: Literal["attribute", "measured"]
    unit: Annotated[StrictStr, Field(max_length=20)] = ""
    decimals: StrictInt = Field(0, ge=0, le=9, description="Decimals of a reading")
    lower: Decimal | None = Field(None, description="LSL", examples=["11.95"])
    nominal: Decimal | None = None
    upper: Decimal | None = Field(None, description="USL", examples=["12.05"])
    chart: Literal["xbar_r", "individuals"] | None = None
    limits: LimitsDocument | None = None
    gauge: Name | None = None
    tag: Name | None = Field(None, description="Tag of the machine that shows it")
    measures: Name | None = Field(
        None, description="What the machine measures: taken when the inspection is due"
    )

    @model_validator(mode="after")
    def _measured(self) -> Self:
        limits = (self.lower, self.nominal, self.upper, self.chart, self.limits)
        measure = (*limits, self.tag, self.measures)
        if self.kind == "attribute" and any(one is not None for one in measure):
            raise ValueError("an attribute has no limits, chart or tag; write kind measured")
        if self.tag and self.measures:
            raise ValueError("write tag, or measures, which is taken by itself; not both")
        if self.limits and self.chart is None:
            raise ValueError("limits need a chart; write xbar_r or individuals")
        order = [Fraction(one) for one in (self.lower, self.nominal, self.upper) if one is not None]
        if order != sorted(order) or (self.lower is not None and self.lower == self.upper):
            raise ValueError("lower, nominal and upper must rise")
        return self


class BlocksDocument(_Part):
    """What follows: nothing, a warning, no next start on the work center, or the job is held."""

    overdue: Consequence = "warn"
    failed: Consequence = "warn"
    rule: Consequence = "warn"


class InspectionDocument(_Part):
    """An inspection of an operation."""

    id: Name
    en: Text = ""
    zh: Text = ""
    when: WhenDocument
    sample: StrictInt = Field(1, ge=1, le=100, description="Pieces; n of an x-bar chart")
    characteristics: list[CharacteristicDocument] = Field(min_length=1, max_length=50)
    blocks: BlocksDocument | None = None
    suspects: Name | None = Field(
        None,
        description="Where it fails, pieces since the inspection before are kept apart; the reason",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        ids = [one.id for one in self.characteristics]
        if len({*ids}) != len(ids):
            raise ValueError(f"inspection {self.id}: a characteristic is there twice")
        taken = [one.id for one in self.characteristics if one.measures]
        if taken and self.sample != 1:
            raise ValueError(
                f"inspection {self.id}: the machine measures {taken[0]} of one piece at a time; "
                "write sample 1"
            )
        means = any(one.chart == "xbar_r" for one in self.characteristics)
        if means and not 2 <= self.sample <= LARGEST:
            raise ValueError(f"inspection {self.id}: xbar_r needs a sample of 2 to {LARGEST}")
        return self
