"""Which orders a work center makes before a late one, where it has time enough in all."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Protocol

from edge.domain.hours import HOUR

Json = Mapping[str, Any]
MOST: Final = 3  # are named
Work = tuple[int, str, int]
"""Start of a block (us), its order, its work in planned hours (us)."""


class Planned(Protocol):
    """What of a plan is asked for, as a `Sketch` has it."""

    @property
    def blocks(self) -> Sequence[tuple[str, int, str, int, int]]: ...

    @property
    def rows(self) -> Sequence[tuple[str, int, str, int, str, int]]: ...


class Ahead:
    """The orders that are made before others in one plan, which is read once it is asked for."""

    def __init__(self, read: Callable[[], Planned]) -> None:
        self._read = read
        self._known: dict[str, Sequence[Work]] = {}

    @cached_property
    def _found(self) -> Planned:
        return self._read()

    def of(self, order: Json) -> tuple[str, ...]:
        """For a row of the schedule's orders: who goes first where its first reason is a work
        center that has time enough in all, those with most work first; empty for any other."""
        first: Json = next(iter(order["reasons"]), {})
        if first.get("type") != "CAPACITY" or first.get("skills"):
            return ()
        if first.get("needed_s", 0) > first.get("available_s", 0):
            return ()
        return self._before(order["id"], first["work_center"])

    def _before(self, order: str, center: str) -> tuple[str, ...]:
        rows = self._on(center)
        last = max((start for start, other, _ in rows if other == order), default=None)
        work = defaultdict[str, int](int)
        for start, other, amount in rows:
            if last is not None and start < last and other != order and amount:
                work[other] += amount
        return tuple(sorted(work, key=lambda one: (-work[one], one))[:MOST])

    def _on(self, center: str) -> Sequence[Work]:
        """The blocks of a work center; a block goes on over closed time, its hours do not."""
        if center not in self._known:
            hours = defaultdict[tuple[str, int], list[int]](list)
            for order, seq, there, hour, _, _ in self._found.rows:
                if there == center:
                    hours[order, seq].append(hour)
            self._known[center] = [
                (start, order, _inside(start, end, hours[order, seq]))
                for order, seq, there, start, end in self._found.blocks
                if there == center
            ]
        return self._known[center]


def _inside(start: int, end: int, hours: Sequence[int]) -> int:
    return sum(max(min(end, hour + HOUR) - max(start, hour), 0) for hour in hours)
