"""What an hour's instruction says beside the pieces: rate, set-up, tool, papers, material.

It is resolved when a plan is released and stays with the version: what holds for all
hours of an operation on a work center is a sheet, kept once by its hash.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from edge.domain.bom import Drawing, Material, Program

SECONDS: Final = 3600
FINEST: Final = 10**6  # of a quantity that is no finite decimal: rounded up to a millionth
# Units that are counted, as ERPs write them: UN/ECE recommendation 20 and trade names.
COUNTED: Final = frozenset({"pcs", "pc", "pce", "c62", "ea", "h87", "st", "stk", "nr", "个", "件"})


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """How an operation is done on a work center, as the plan reckoned with it.

    `takt_s` seconds a piece as a decimal or fraction, empty where the product has no cycle
    time: its hours are `unchecked` for capacity. `materials` are per piece.
    """

    product: str = ""
    revision: str = ""
    description: str = ""
    bom_revision: str = ""
    routing_revision: str = ""
    takt_s: str = ""
    unchecked: bool = False
    tool: str = ""
    recipe: int = 0
    program: Program | None = None
    documents: tuple[Drawing, ...] = ()
    materials: tuple[Material, ...] = ()

    @property
    def rate(self) -> str:
        """Pieces an hour that the plan reckons with, an exact fraction; empty for none."""
        return str(SECONDS / Fraction(self.takt_s)) if self.takt_s else ""


BLANK: Final = Sheet()


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """From what a work center is set up to what: families and tools, empty where not known."""

    from_family: str = ""
    to_family: str = ""
    from_tool: str = ""
    to_tool: str = ""


@dataclass(frozen=True, kw_only=True)
class Staged:
    """Material to bring to the work center for one hour."""

    material: str
    revision: str
    quantity: Fraction
    unit: str
    tracked: str


def staged(materials: tuple[Material, ...], begun: int, pieces: int) -> tuple[Staged, ...]:
    """What `pieces` take of each material, where `begun` pieces of the operation came before.

    It is the difference of what is needed up to the end and up to the start, so that hours
    add up to the operation's need exactly; pieces are those that are begun, with their scrap.
    """
    return tuple(
        Staged(
            material=one.id,
            revision=one.revision,
            quantity=needed(one, begun + pieces) - needed(one, begun),
            unit=one.unit,
            tracked=one.tracked,
        )
        for one in materials
    )


def needed(material: Material, pieces: int) -> Fraction:
    """What so many pieces take in all: whole units of what is counted, else a finite decimal.

    A carton of which a piece is taken is needed; a third of a kilogram is rounded up once.
    """
    exact = material.quantity * pieces
    if is_counted(material):
        return Fraction(-(-exact.numerator // exact.denominator))
    if is_decimal(material.quantity):
        return exact
    over = exact * FINEST
    return Fraction(-(-over.numerator // over.denominator), FINEST)


def is_counted(material: Material) -> bool:
    """Whether it comes in whole units: its unit is one, or each has a serial number."""
    return material.tracked == "serial" or material.unit.strip().lower() in COUNTED


def is_decimal(quantity: Fraction) -> bool:
    """Whether it is a decimal of at most six places."""
    return FINEST % quantity.denominator == 0


def decimal_text(quantity: Fraction) -> str:
    """A decimal without needless zeros: "91", "11.375"."""
    whole, rest = divmod(abs(quantity) * FINEST, FINEST)
    text = f"{whole}.{rest.numerator:06}".rstrip("0").rstrip(".")
    return f"-{text}" if quantity < 0 else text


def sheet_json(sheet: Sheet) -> dict[str, Any]:
    """A sheet as JSON; what is empty is left out."""
    found: dict[str, Any] = {}
    for name, value in vars(sheet).items():
        if name == "materials":
            value = [
                {
                    **vars(one),
                    "quantity": str(one.quantity),
                    "scrap_percent": str(one.scrap_percent),
                }
                for one in sheet.materials
            ]
        elif name == "documents":
            value = [dict(vars(one)) for one in sheet.documents]
        elif name == "program":
            value = vars(sheet.program) if sheet.program else None
        if value:
            found[name] = value
    return found


def sheet_from(content: Mapping[str, Any]) -> Sheet:
    """The sheet of its JSON."""
    program = content.get("program")
    return Sheet(
        **{
            **content,
            "program": Program(**program) if program else None,
            "documents": tuple(Drawing(**one) for one in content.get("documents") or ()),
            "materials": tuple(_material(one) for one in content.get("materials") or ()),
        }
    )


def _material(content: Mapping[str, Any]) -> Material:
    return Material(
        **{
            **content,
            "quantity": Fraction(content["quantity"]),
            "scrap_percent": Fraction(content["scrap_percent"]),
            "gtins": tuple(content["gtins"]),
        }
    )


def sheet_text(sheet: Sheet) -> str:
    """Canonical JSON of a sheet."""
    return json.dumps(sheet_json(sheet), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sheet_key(text: str) -> str:
    """By what a sheet is kept: 24 hex digits of the SHA-256 of its canonical JSON."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]
