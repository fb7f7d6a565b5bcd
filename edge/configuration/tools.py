"""Tools of a plant.toml and how long they last."""

from collections.abc import Iterator

from pydantic import Field

from edge.configuration.faults import Fault, Finder
from edge.configuration.field_types import Id, Shape
from edge.configuration.model import ToolWorn
from edge.configuration.rows import Row, repeated
from edge.domain.jobs import ToolLife

MOST = 10**12


class ToolShape(Shape):
    id: Id = Field(
        description="Name of the tool, as operations definitions have it", examples=["T7"]
    )
    life: int = Field(
        ge=1, le=MOST, description="Strokes after which it is worn", examples=[200_000]
    )
    warn_at: int | None = Field(
        None,
        ge=1,
        le=MOST,
        description="Strokes from which on the board warns; else nine tenths of its life",
        examples=[180_000],
    )
    worn: ToolWorn = Field(
        "warn",
        description="What a worn tool does to the next start: warn, or forbid it",
        examples=["forbid"],
    )


def build_tool(shape: ToolShape) -> ToolLife:
    """The tool of a shape in which nothing is at fault."""
    warn_at = shape.life * 9 // 10 if shape.warn_at is None else shape.warn_at
    return ToolLife(id=shape.id, strokes=shape.life, warn_at=warn_at, worn=shape.worn)


def tool_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    """Tools that stand twice, and warnings that come too late."""
    rows = plant.rows("tool")
    for row, first in repeated(rows, "id"):
        message = f"stands in {first.key} too"
        yield finder.fault(row.at("id"), row.get("id"), message, "give it another id")
    for row in rows:
        life, warn_at = row.get("life"), row.get("warn_at")
        if life is not None and warn_at is not None and warn_at > life:
            message = f"is after its life of {life}"
            yield finder.fault(row.at("warn_at"), warn_at, message, "write fewer strokes")
