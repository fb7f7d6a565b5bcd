"""What the ERP writes, as it must look: definitions and schedules (contracts, section 3).

These models say what is allowed and are the schema that OpenAPI shows. The checked
content is kept and sent on as it is written here; `edge.domain.orders` reads it.
"""

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

from edge.domain.clock import parse_time
from edge.domain.gs1 import gtin
from edge.domain.orders import LARGEST_ORDER_NUMBER, NUMBERS_PER_ORDER, pieces_per_stroke
from edge.kpi.run_time import parse_run_time
from erp_sync.masterdata.inspection_plans import InspectionDocument

LONGEST_NUMBER = 37  # of a text: two numbers of 18 digits and a point or a stroke
LARGEST_QUANTITY = 2**31 - 1  # what a controller's 32-bit set-point holds
RATIONAL = re.compile(r"\d{1,9}(\.\d{1,9}|/[1-9]\d{0,8})?")
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


def _aware(text: str) -> str:
    """ISO 8601 with an offset; raises ValueError for a naive time and what is none."""
    try:
        parse_time(text)
    except ValueError:
        raise ValueError(
            "is no ISO 8601 time with an offset; write for example 2026-06-01T06:00:00+02:00"
            " (the + as %2B in a URL)"
        ) from None
    return text


def _cycle(text: str) -> str:
    """Seconds a piece, a decimal or a fraction; raises ValueError."""
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"cycle time is no number; write at most {LONGEST_NUMBER} characters")
    parse_run_time(text)
    if not text or Fraction(text) > 10**6:
        raise ValueError(f"cycle time {text!r} is not between 0 and 1,000,000 seconds")
    return text


def _per_stroke(text: str) -> str:
    """Pieces a stroke, a decimal or a fraction above 0; raises ValueError."""
    if not RATIONAL.fullmatch(text) or not 0 < Fraction(text) <= 10**6:
        raise ValueError(f"{text!r} is no number of pieces; write for example 2 or 1/2")
    return text


def _per_piece(text: str) -> str:
    """Quantity of a material a piece, a decimal or a fraction above 0; raises ValueError."""
    if not RATIONAL.fullmatch(text) or not 0 < Fraction(text) <= 10**6:
        raise ValueError(f"{text!r} is no quantity a piece; write for example 0.125 or 1/8")
    return text


def _percent(text: str) -> str:
    """A percentage from 0 to 100, as a decimal; raises ValueError."""
    if not RATIONAL.fullmatch(text) or Fraction(text) > 100:
        raise ValueError(f"{text!r} is no percentage; write for example 2.5")
    return text


def _loss(text: str) -> str:
    """A percentage below 100: what loses all of its pieces makes none; raises ValueError."""
    if Fraction(_percent(text)) > 99:
        raise ValueError(f"{text!r} leaves no good pieces; write at most 99")
    return text


LONGEST_GAP = 366 * 86_400

Id = Annotated[StrictStr, Field(pattern=ID_PATTERN)]
Text = Annotated[StrictStr, Field(max_length=200)]
Revision = Annotated[StrictStr, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$")]
Moment = Annotated[StrictStr, AfterValidator(_aware), Field(examples=["2026-06-03T14:00:00+02:00"])]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_by_alias=True, serialize_by_alias=True)


class _Cavities(_Document):
    """What one stroke makes: a figure, or a piece in each cavity that is not blocked."""

    cavities: Annotated[StrictInt, Field(ge=1, le=1000)] | None = None
    blocked: StrictInt = Field(0, ge=0, description="Cavities that make no piece")
    pieces_per_stroke: Annotated[StrictStr, AfterValidator(_per_stroke)] | None = Field(
        None,
        description="In place of cavities: a decimal or a fraction, as a text",
        examples=["1/2"],
    )

    @model_validator(mode="after")
    def _makes_something(self) -> Self:
        pieces_per_stroke(self.model_dump())
        return self


class AlsoMadeDocument(_Cavities):
    """Another product that the same strokes make, as left and right of one tool."""

    side: Id = Field(description="Its name on the tool", examples=["right"])
    product: Id


class ToolDocument(_Cavities):
    """What makes the pieces; for counters whose step is a stroke (`strokes` in plant.toml)."""

    id: Id
    also: list[AlsoMadeDocument] = Field([], max_length=20)

    @model_validator(mode="after")
    def _each_side_once(self) -> Self:
        sides = [one.side for one in self.also]
        if len({*sides}) != len(sides):
            raise ValueError(f"tool {self.id}: a side is there twice; name each side once")
        return self


class AlternativeDocument(_Document):
    """A work center that can do an operation."""

    work_center: Id
    cycle_s: Annotated[StrictStr, AfterValidator(_cycle)] | None = Field(
        description="Seconds a piece: a decimal or a fraction, as a text; null where nobody "
        "knows it: its pieces are spread over the working time and checked against no capacity",
        examples=["2.5"],
    )
    setup_s: StrictInt = Field(0, ge=0, le=10**6, description="Seconds to set up")
    tool: ToolDocument | None = None


def _gtin(number: str) -> str:
    """A GTIN with its check digit; raises ValueError."""
    gtin(number)
    return number


Gtins = Annotated[
    list[Annotated[StrictStr, AfterValidator(_gtin)]],
    Field(
        max_length=50,
        description="Numbers of GS1 by which labels name it: 8, 12, 13 or 14 digits",
        examples=[["04012345000016"]],
    ),
]


class MaterialDocument(_Document):
    """A material of an operation, so much in each piece that is made."""

    material: Id
    revision: Revision = Field("", description="Revision of the material; empty for any")
    quantity: Annotated[StrictStr, AfterValidator(_per_piece)] = Field(
        description="Of `unit` in each piece: a decimal or a fraction, as a text",
        examples=["1/8"],
    )
    unit: Annotated[StrictStr, Field(min_length=1, max_length=20)] = Field(examples=["kg"])
    tracked: Literal["lot", "serial", "none"] = Field(
        "none", description="What must be known of it: its lot, each serial, or nothing"
    )
    scrap_percent: Annotated[StrictStr, AfterValidator(_percent)] | None = Field(
        None, description="Planned loss beside it, as a text; shown, never booked", examples=["2.5"]
    )
    gtins: Gtins | None = None


class DrawingDocument(_Document):
    """A document that people work by."""

    id: Id
    revision: Id
    title: Text = ""
    url: Annotated[StrictStr, Field(max_length=500)] | None = None


class ProgramDocument(_Document):
    """What the machine runs; its number at the machine is `recipe`."""

    id: Id
    revision: Id


class OutsideDocument(_Document):
    """What others do before an operation: plating, heat treatment."""

    lead_time_s: Annotated[StrictInt, Field(ge=1, le=LONGEST_GAP)] = Field(
        description="Seconds from when pieces go out until they are back", examples=[172800]
    )
    batch: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="So many pieces go together; null: all of them"
    )
    description: Text = ""


class OperationDocument(_Document):
    """One step of a routing."""

    seq: StrictInt = Field(ge=1, lt=NUMBERS_PER_ORDER)
    description: Text = ""
    recipe: StrictInt = Field(0, ge=0, le=65535, description="What the machine is told; 0 for none")
    transfer_batch: Annotated[StrictInt, Field(ge=1)] | None = None
    skills: list[Id] = Field(
        [], description="Of each somebody must be at the machine before it starts"
    )
    planned_scrap_percent: Annotated[StrictStr, AfterValidator(_loss)] | None = Field(
        None, description="Scrap that is expected, in percent of the pieces", examples=["1.5"]
    )
    min_gap_s: Annotated[StrictInt, Field(ge=0, le=LONGEST_GAP)] = Field(
        0, description="Seconds that pass between a piece's arrival and its use", examples=[3600]
    )
    max_gap_s: Annotated[StrictInt, Field(ge=0, le=LONGEST_GAP)] | None = Field(
        None, description="So long after a batch arrived it is begun at the latest", examples=[7200]
    )
    wip_limit: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="So many pieces of the order may wait before it at most", examples=[200]
    )
    outside: OutsideDocument | None = None
    alternatives: list[AlternativeDocument] = Field(min_length=1)
    materials: list[MaterialDocument] = Field([], max_length=200)
    documents: list[DrawingDocument] = Field([], max_length=50)
    program: ProgramDocument | None = None
    inspections: list[InspectionDocument] = Field([], max_length=50)

    @model_validator(mode="after")
    def _each_material_once(self) -> Self:
        for name, found in (
            ("material", [one.material for one in self.materials]),
            ("document", [one.id for one in self.documents]),
            ("inspection", [one.id for one in self.inspections]),
        ):
            if len({*found}) != len(found):
                raise ValueError(f"operation {self.seq}: a {name} is there twice; name each once")
        return self


def _comes_not(before: OperationDocument | None, one: OperationDocument) -> str:
    """Why pieces cannot come to an operation as it says; empty where they can."""
    if before is None:
        bound = one.min_gap_s or one.max_gap_s is not None or one.wip_limit or one.outside
        mend = "remove min_gap_s, max_gap_s, wip_limit and outside"
        return f"no operation is before it; {mend}" if bound else ""
    if one.max_gap_s is not None and one.max_gap_s < one.min_gap_s:
        return f"max_gap_s is less than min_gap_s; write at least {one.min_gap_s}"
    if one.outside and one.seq - 1 == before.seq:
        return f"a step outside before it has no number; number it {one.seq + 1} or later"
    batch = one.outside.batch if one.outside else before.transfer_batch
    if one.wip_limit is not None and (batch is None or batch > one.wip_limit):
        where = "outside.batch" if one.outside else f"transfer_batch of operation {before.seq}"
        return f"more than wip_limit pieces come together; give {where} at most {one.wip_limit}"
    return ""


class CompletionDocument(_Document):
    """How far an order may be ended below its quantity, or made above it."""

    under_percent: Annotated[StrictStr, AfterValidator(_percent)] = "0"
    over_percent: Annotated[StrictStr, AfterValidator(_percent)] = "0"
    beyond: Literal["allow", "ask", "refuse"] = Field(
        "allow", description="Beyond that: allow, ask a supervisor, or refuse"
    )


class DefinitionDocument(_Document):
    """How a revision of a product is made."""

    description: Text = ""
    unit: Annotated[StrictStr, Field(min_length=1, max_length=20)] = Field(
        description="Base unit of the item: quantities are whole numbers of it", examples=["pcs"]
    )
    family: Text = ""
    bom_revision: Revision = Field("", description="Of the bill of materials; else this revision")
    routing_revision: Revision = Field("", description="Of the routing; else this revision")
    completion: CompletionDocument | None = None
    setup_pieces: Literal["good", "scrap", "approval"] | None = Field(
        None, description="What pieces of set-up count as; else as the work center says"
    )
    gtins: Gtins | None = None
    operations: list[OperationDocument] = Field(min_length=1)

    @model_validator(mode="after")
    def _pieces_can_come(self) -> Self:
        before: OperationDocument | None = None
        for one in sorted(self.operations, key=lambda one: one.seq):
            if why := _comes_not(before, one):
                raise ValueError(f"operation {one.seq}: {why}")
            before = one
        return self


class OrderDocument(_Document):
    """An order of a month plan."""

    id: Id
    number: Annotated[StrictInt, Field(ge=1, le=LARGEST_ORDER_NUMBER)] | None = Field(
        None, description="What machines show: an operation's number is number x 1000 + seq"
    )
    product: Id
    product_revision: Id
    quantity: StrictInt = Field(ge=1, le=LARGEST_QUANTITY)
    release: Moment | None = None
    material_from: Moment | None = Field(
        None, description="When its material is there, by stock and confirmed purchases"
    )
    due: Moment
    customer: Text = ""
    priority: StrictInt = Field(1, ge=1, le=10, description="1 (low) to 10 (high)")
    promise: Annotated[StrictInt, Field(ge=1, le=2**63 - 1)] | None = Field(
        None, description="The promise whose place it takes over"
    )


class ScheduleHead(_Document):
    """A month plan without its orders."""

    revision: StrictInt = Field(ge=1, le=2**31 - 1)
    from_: Moment = Field(alias="from")
    to: Moment


class ScheduleDocument(ScheduleHead):
    """A month plan of the ERP, by revision."""

    orders: list[OrderDocument]


class ReceiptDocument(_Document):
    """A confirmed purchase: so much of a material comes at a time."""

    material: Id
    quantity: Annotated[StrictStr, AfterValidator(_per_piece)] = Field(
        description="A decimal or a fraction above 0, as a text", examples=["250"]
    )
    unit: Annotated[StrictStr, Field(max_length=20)] = ""
    at: Moment


class ReceiptsDocument(_Document):
    """All confirmed purchases of one source, by revision; a later one replaces it."""

    revision: StrictInt = Field(ge=1, le=2**31 - 1)
    receipts: list[ReceiptDocument] = Field(max_length=10_000)
