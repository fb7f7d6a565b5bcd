"""Materials and labels of a plant.toml: what contradicts what, and what the edge works with."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.configuration.faults import Fault, Finder
from edge.configuration.materials_shape import LabelShape, MaterialsShape
from edge.configuration.rows import Row, repeated
from edge.domain.labels import template_faults


@dataclass(frozen=True)
class LabelConfig:
    """A label: what it is for, its ZPL template as it was read, its size and printer."""

    id: str
    of: str
    customer: str
    template: str
    dpi: int
    width_mm: int
    height_mm: int
    printer: str


@dataclass(frozen=True)
class MaterialsConfig:
    """The plant's rules for materials, and its labels."""

    lot_empty: str = "ask"
    documents: str = "off"
    pieces_per_lot: int = 0
    lot_per_shift: bool = False
    gs1_prefix: str = ""
    labels: tuple[LabelConfig, ...] = ()


def build_materials(
    shape: MaterialsShape, labels: list[LabelShape], folder: Path
) -> MaterialsConfig:
    """The rules and labels of shapes in which nothing is at fault."""
    return MaterialsConfig(
        lot_empty=shape.lot_empty,
        documents=shape.documents,
        pieces_per_lot=shape.pieces_per_lot,
        lot_per_shift=shape.lot_per_shift,
        gs1_prefix=shape.gs1_prefix or "",
        labels=tuple(_label(one, folder) for one in labels),
    )


def _label(shape: LabelShape, folder: Path) -> LabelConfig:
    return LabelConfig(
        id=shape.id,
        of=shape.of,
        customer=shape.customer or "",
        template=(folder / shape.template).read_text(encoding="utf-8"),
        dpi=shape.dpi,
        width_mm=shape.width_mm,
        height_mm=shape.height_mm,
        printer=shape.printer or "",
    )


def label_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    """Labels whose template cannot be read, or is none; names that stand twice."""
    labels = plant.rows("label")
    for row, first in repeated(labels, "id"):
        message = f"stands in {first.key} too"
        yield finder.fault(row.at("id"), row.get("id"), message, "give them another id")
    for row in labels:
        if (name := row.get("template")) is None:
            continue
        try:
            text = (finder.file.parent / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            mend = "name a file of ZPL in UTF-8 beside plant.toml"
            yield finder.fault(row.at("template"), name, f"cannot be read: {error}", mend)
            continue
        for fault in template_faults(text):
            message, _, mend = fault.partition("; ")
            yield finder.fault(row.at("template"), name, message, mend)
