"""What an operation needs beside time: materials, documents and a program, each by revision.

They belong to an operations definition (contracts, section 3), of which a released revision
never changes; a job order keeps those of the revision that it was made for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from edge.domain.gs1 import gtin

TRACKED = ("lot", "serial", "none")
LOT, SERIAL, UNTRACKED = TRACKED


@dataclass(frozen=True, kw_only=True)
class Material:
    """A material of an operation: `quantity` of `unit` in each piece that is made.

    `revision` empty: any. `tracked`: whether a lot or serials must be known, or nothing.
    `scrap_percent`: what is planned to be lost beside it; it is shown, and never booked.
    `gtins`: numbers of GS1 by which its labels name it, of 14 digits.
    """

    id: str
    revision: str
    quantity: Fraction
    unit: str
    tracked: str = UNTRACKED
    scrap_percent: Fraction = Fraction(0)
    gtins: tuple[str, ...] = ()

    @property
    def is_tracked(self) -> bool:
        return self.tracked != UNTRACKED


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A document that people work by; another revision of it is refused."""

    id: str
    revision: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What the machine is to run; its number at the machine is the operation's recipe."""

    id: str
    revision: str


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What an operation needs, and by which revisions of bill of materials and routing."""

    bom_revision: str = ""
    routing_revision: str = ""
    materials: tuple[Material, ...] = ()
    documents: tuple[Drawing, ...] = ()
    program: Program | None = None

    def material(self, id_: str) -> Material | None:
        """The material of this name; None where the operation needs no such."""
        return next((one for one in self.materials if one.id == id_), None)


NOTHING = Needs()


def needs_from(operation: Mapping[str, Any], content: Mapping[str, Any], revision: str) -> Needs:
    """What an operation of a definition's document needs; raises ValueError or KeyError.

    A definition that names no revision of its bill of materials or routing has them by its own.
    """
    program = operation.get("program")
    return Needs(
        bom_revision=str(content.get("bom_revision") or revision),
        routing_revision=str(content.get("routing_revision") or revision),
        materials=tuple(map(_material, operation.get("materials") or ())),
        documents=tuple(map(_drawing, operation.get("documents") or ())),
        program=Program(id=str(program["id"]), revision=str(program["revision"]))
        if program
        else None,
    )


def _material(content: Mapping[str, Any]) -> Material:
    quantity = Fraction(str(content["quantity"]))
    if quantity <= 0:
        raise ValueError(f"material {content['material']}: a quantity is above 0")
    return Material(
        id=str(content["material"]),
        revision=str(content.get("revision") or ""),
        quantity=quantity,
        unit=str(content["unit"]),
        tracked=str(content.get("tracked") or UNTRACKED),
        scrap_percent=Fraction(str(content.get("scrap_percent") or 0)),
        gtins=gtins_from(content),
    )


def gtins_from(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The GTINs of a material or a product; raises ValueError for what is none."""
    return tuple(gtin(str(number)) for number in content.get("gtins") or ())


def _drawing(content: Mapping[str, Any]) -> Drawing:
    return Drawing(
        id=str(content["id"]),
        revision=str(content["revision"]),
        title=str(content.get("title") or ""),
        url=str(content.get("url") or ""),
    )


def pins(needs: Needs, revision: str) -> dict[str, Any]:
    """What a job order's `created` fact says of its needs, so that it keeps them for ever."""
    said: dict[str, Any] = {
        "bom_revision": needs.bom_revision or revision,
        "routing_revision": needs.routing_revision or revision,
    }
    if needs.materials:
        said["materials"] = [_pinned(one) for one in needs.materials]
    return said


def _pinned(material: Material) -> dict[str, Any]:
    return {
        "material": material.id,
        "revision": material.revision,
        "quantity": str(material.quantity),
        "unit": material.unit,
        "tracked": material.tracked,
    }
