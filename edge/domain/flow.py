"""How pieces come to an operation: gaps, stock before it, and what is done outside before it.

These bind the plan; a floor that starts too early is not stopped by them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from edge.domain.clock import MICROS


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A step that others do before an operation: pieces are back `lead_time_us` after they went.

    `batch` pieces go together; None: all of them.
    """

    lead_time_us: int
    batch: int | None = None
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """`min_gap_us` passes between a piece's arrival and its use, `max_gap_us` at most from the
    arrival of a batch until it is begun; at most `wip_limit` pieces of the order wait before it."""

    min_gap_us: int = 0
    max_gap_us: int | None = None
    wip_limit: int | None = None
    outside: Outside | None = None


FREE: Final = Flow()


def flow_from(operation: Mapping[str, Any]) -> Flow:
    """The keys `min_gap_s`, `max_gap_s`, `wip_limit` and `outside` of an operation."""
    outside = operation.get("outside")
    longest = operation.get("max_gap_s")
    found = Flow(
        min_gap_us=int(operation.get("min_gap_s") or 0) * MICROS,
        max_gap_us=None if longest is None else int(longest) * MICROS,
        wip_limit=operation.get("wip_limit"),
        outside=Outside(
            lead_time_us=int(outside["lead_time_s"]) * MICROS,
            batch=outside.get("batch"),
            description=str(outside.get("description") or ""),
        )
        if outside
        else None,
    )
    return FREE if found == FREE else found
