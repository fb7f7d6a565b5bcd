"""Confirmed purchases: what of a material comes when (contracts, section 3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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


def still_coming(
    purchases: Mapping[str, Sequence[Receipt]],
    said: Mapping[str, int],
    came: Iterable[tuple[int, Fraction]],
) -> list[Receipt]:
    """What comes yet of a material's purchases, by document, by time.

    `came`: what was received of it, each with the seq of its fact; `said`: since which one each
    document is known. What came after a document is of it, the earliest first: a delivery that
    lies in stock is not expected any more. Of a document that is not in `said` nothing is known.
    """
    coming = sorted((one, id_) for id_, there in purchases.items() for one in there)
    left = [one.quantity for one, _ in coming]
    for seq, much in came:
        for index, (_, id_) in enumerate(coming):
            if not much:
                break
            if left[index] and seq > said.get(id_, seq):
                part = min(much, left[index])
                left[index] -= part
                much -= part
    return [
        replace(one, quantity=rest) for (one, _), rest in zip(coming, left, strict=True) if rest
    ]


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
