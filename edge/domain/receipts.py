"""Confirmed purchases: what of a material comes when (contracts, section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from edge.domain.clock import parse_time


@dataclass(frozen=True, kw_only=True, order=True)
class Receipt:
    """So much of a material comes at a time (us, UTC)."""

    at: int
    material: str
    quantity: Fraction
    unit: str = ""


def receipts_from(content: Mapping[str, Any]) -> tuple[Receipt, ...]:
    """The receipts of a document, by time. Raises ValueError or KeyError if it is none."""
    return tuple(
        sorted(
            Receipt(
                at=parse_time(one["at"]),
                material=str(one["material"]),
                quantity=Fraction(str(one["quantity"])),
                unit=str(one.get("unit") or ""),
            )
            for one in content["receipts"]
        )
    )
