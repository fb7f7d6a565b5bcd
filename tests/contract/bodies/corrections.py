"""What a fact is now known to have been."""

from typing import Any

import msgspec

from tests.contract.bodies.words import Count, Strict, Text, Time


class MovedBoundary(Strict):
    between: list[str | None]
    at: Time
    raw: int | msgspec.UnsetType = msgspec.UNSET


class Correction(Strict):
    corrects: Count
    changes: dict[str, Any]
    note: Text | msgspec.UnsetType = msgspec.UNSET
    boundary: MovedBoundary | msgspec.UnsetType = msgspec.UNSET
    stops: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET
    gone: list[int] | msgspec.UnsetType = msgspec.UNSET
