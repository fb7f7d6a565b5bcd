"""What of each material the pieces of an order need that are to be begun yet; pure.

An operation needs its material for each piece that it starts. Pieces that are under way between
the first operation and a later one need that one's material, too, and come before those that the
first has not begun.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from edge.planning.placing.tasks import Key, Task, good_of, left_of
from edge.planning.scenario.model import Actual, Order

Needs = Mapping[str, Mapping[int, Mapping[str, Fraction]]]
"""By order and operation: how much of each material is in a piece."""


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Pieces of an order: `begun` and `left` of its first operation; `steps` of each operation
    what it starts yet, of pieces that are under way and of those that come."""

    begun: int
    left: int
    tasks: Sequence[Task]
    under: Sequence[int]
    needs: Mapping[int, Mapping[str, Fraction]]

    @property
    def materials(self) -> list[str]:
        """What they need, by name."""
        return sorted({name for of in self.needs.values() for name in of})

    def wanted(self, material: str) -> Fraction:
        """How much of a material all of them need."""
        return self._of(material, [task.left for task in self.tasks])

    def under_way(self, material: str) -> Fraction:
        """How much those need that the first operation has begun already."""
        return self._of(material, self.under)

    def waiting(self, material: str) -> list[int]:
        """The operations behind the first, not begun yet, that pieces wait before which need it."""
        return [
            task.operation.seq
            for task, under in zip(self.tasks, self.under, strict=True)
            if under and not task.used and material in self.needs.get(task.operation.seq, {})
        ]

    def covered(self, material: str, there: Fraction) -> int:
        """For how many further pieces of the first operation so much is enough."""
        if there >= self.wanted(material):
            return self.left
        low, high = 0, self.left
        while low < high:
            middle = (low + high + 1) // 2
            if self._for(material, middle) <= there:
                low = middle
            else:
                high = middle - 1
        return low

    def _for(self, material: str, pieces: int) -> Fraction:
        """What so many further pieces of the first operation need, with those under way."""
        coming = flow_of(self.tasks, pieces)
        starts = [
            min(task.left, under + more)
            for task, under, more in zip(self.tasks, self.under, coming, strict=True)
        ]
        return self._of(material, starts)

    def _of(self, material: str, starts: Sequence[int]) -> Fraction:
        found = Fraction(0)
        for task, pieces in zip(self.tasks, starts, strict=True):
            if per_piece := self.needs.get(task.operation.seq, {}).get(material):
                found += per_piece * pieces
        return found


def pieces_of(
    order: Order, needs: Mapping[int, Mapping[str, Fraction]], actuals: Mapping[Key, Actual]
) -> Pieces:
    """What is to be begun yet of an order, by what was made."""
    tasks = left_of(order, actuals)
    first = tasks[0]
    coming = flow_of(tasks, first.left)
    under = [max(task.left - more, 0) for task, more in zip(tasks, coming, strict=True)]
    return Pieces(begun=first.used, left=first.left, tasks=tasks, under=under, needs=needs)


def flow_of(tasks: Sequence[Task], pieces: int) -> list[int]:
    """What each operation starts of so many pieces of the first one."""
    found = []
    for task in tasks:
        found.append(pieces)
        pieces = good_of(task.operation, pieces)
    return found
