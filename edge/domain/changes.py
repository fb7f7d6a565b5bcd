"""What a fact changes in a projection: rows that are put, and amounts that are added."""

from collections.abc import Mapping
from dataclasses import dataclass

Scalar = int | str | None
NO_JOB = ""


@dataclass(frozen=True)
class Put:
    """Set columns of the row with this key, making the row if it is new."""

    table: str
    key: Mapping[str, Scalar]
    values: Mapping[str, Scalar]


@dataclass(frozen=True)
class Add:
    """Add to columns of the row with this key, making the row with zeros if it is new."""

    table: str
    key: Mapping[str, Scalar]
    amounts: Mapping[str, int]


Change = Put | Add
