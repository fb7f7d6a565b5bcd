"""Materials, lots and where they went: records, and what the rooms ask of the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class MaterialHour:
    """What a job order took of a material in a clock hour (`hour`: its UTC start, us), exactly.

    `consumed` is CM of ISO 22400-2: `pieces` (good, scrap and rework) times what is in a piece.
    """

    equipment_id: str
    hour: int
    job_order_id: str
    material: str
    unit: str
    pieces: int
    consumed: Fraction


class MaterialReader(Protocol):
    """Materials and lots as they stand; each call is one short read transaction."""

    def material_hours(
        self, equipment_id: str | None, start: int, end: int
    ) -> Sequence[MaterialHour]:
        """By hour in [start, end), of a work center (None: of all), in order."""
        ...
