"""The keys of materials and labels in plant.toml; docs/plant_toml.md is held against them."""

from typing import Annotated

from pydantic import Field

from edge.configuration.field_types import Id, Shape, Text, one_of

LABELLED = ("lot", "pallet", "serial")


class MaterialsShape(Shape):
    lot_empty: Annotated[str, one_of("ask", "block")] = Field(
        "ask",
        description="A mounted lot that is used up: ask says it on the board, block forbids the "
        "next start and resume",
        examples=["block"],
    )
    documents: Annotated[str, one_of("off", "ask", "block")] = Field(
        "off",
        description="A drawing of the operation that was not scanned at the work center: off, "
        "ask says it on the board, block forbids the start",
        examples=["ask"],
    )
    pieces_per_lot: int = Field(
        0,
        ge=0,
        le=10**6,
        description="Good pieces after which a job order's output goes into the next lot, at the "
        "next count; 0: never by itself",
        examples=[500],
    )
    lot_per_shift: bool = Field(
        False, description="Whether the output goes into a new lot each shift", examples=[True]
    )
    gs1_prefix: Annotated[str, Field(pattern=r"^\d{7,10}$")] | None = Field(
        None,
        description="GS1 company prefix of the numbers (SSCC) of new pallets; without it they "
        "have plain ones",
        examples=["4012345"],
    )


class LabelShape(Shape):
    id: Id = Field(description="Name of the label", examples=["lot"])
    of: Annotated[str, one_of(*LABELLED)] = Field(
        description="What it is for: lot, pallet or serial", examples=["lot"]
    )
    customer: Text | None = Field(
        None,
        description="Only for orders of this customer; it goes before one for all",
        examples=["Nordlicht Bau"],
    )
    template: Text = Field(
        description="File of ZPL with {placeholders}, relative to this file",
        examples=["labels/lot.zpl"],
    )
    dpi: int = Field(
        203, ge=100, le=1200, description="Dots per inch of the printer", examples=[300]
    )
    width_mm: int = Field(
        100, ge=10, le=500, description="Width of the label in millimetres", examples=[100]
    )
    height_mm: int = Field(
        60, ge=10, le=1000, description="Length of the label in millimetres", examples=[60]
    )
    printer: Text | None = Field(
        None,
        description="HOST or HOST:PORT (else 9100) that it is printed at where nobody names one",
        examples=["10.0.0.5"],
    )
