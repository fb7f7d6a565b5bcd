"""How many pieces an operation has to bring, where a part of them is planned to be scrap; pure.

An operation that loses 2 of 100 starts 1,021 pieces so that 1,000 come out good, and what it
starts the operation before has to bring. `seq` numbers operations, pieces are whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Protocol

HUNDRED = 100
MOST = Fraction(99)  # percent: what loses all of its pieces brings none
ALL_GOOD = Fraction(1)


class Losing(Protocol):
    """An operation as far as it matters here."""

    @property
    def seq(self) -> int: ...
    @property
    def planned_scrap_percent(self) -> Fraction | None: ...


@dataclass(frozen=True, kw_only=True)
class Loss:
    """The planned loss of an operation alone."""

    seq: int
    planned_scrap_percent: Fraction | None = None


def good_share(operation: Losing) -> Fraction:
    """What comes out good of what it starts: above 0, at most 1."""
    planned = operation.planned_scrap_percent
    return (HUNDRED - min(planned, MOST)) / HUNDRED if planned else ALL_GOOD


def wanted_good(operations: Sequence[Losing], quantity: int) -> Mapping[int, int]:
    """By operation the good pieces that it has to bring, so that `quantity` come out at the end."""
    found: dict[int, int] = {}
    for operation in reversed(operations):
        found[operation.seq] = quantity
        if operation.planned_scrap_percent:
            quantity = ceil(quantity / good_share(operation))
    return found


def comes_out(operations: Sequence[Losing], seq: int, good: int) -> int:
    """Pieces at the end of the order that so many good ones of an operation become."""
    for operation in operations:
        if operation.seq > seq and operation.planned_scrap_percent:
            good = floor(good * good_share(operation))
    return good


def good_between(begun: int, pieces: int, share: Fraction) -> int:
    """Good ones of `pieces` that come after `begun` others: such parts add up to the whole."""
    return floor((begun + pieces) * share) - floor(begun * share)
