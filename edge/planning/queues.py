"""Who waits for a work center, and who is next: two levels of heaps."""

import heapq
from collections.abc import Mapping

from edge.planning.tasks import Task

Rank = tuple[object, ...]
Entry = tuple[int, str, int, int, Task]


class Queue:
    """Waiting tasks of one work center, by rank, then least set-up, weight and id.

    Tasks of one rank (of one due date) are grouped by family to save set-ups.
    """

    def __init__(self, setup_matrix_us: Mapping[str, Mapping[str, int]]) -> None:
        self._matrix = setup_matrix_us
        self._ranks: list[Rank] = []
        self._families: dict[Rank, dict[str, list[Entry]]] = {}
        self._pushed = 0

    def push(self, task: Task) -> None:
        families = self._families.get(task.rank)
        if families is None:
            families = self._families[task.rank] = {}
            heapq.heappush(self._ranks, task.rank)
        self._pushed += 1
        order = task.order
        entry = (-order.weight, order.id, task.operation.seq, self._pushed, task)
        heapq.heappush(families.setdefault(order.family, []), entry)

    def pop(self, family: str | None) -> Task | None:
        """Take the next task for a work center that is set up for `family`."""
        while self._ranks:
            families = self._families[self._ranks[0]]
            for name in list(families):
                self._drop_placed(families, name)
            if families:
                return self._take(families, family)
            del self._families[heapq.heappop(self._ranks)]
        return None

    def _take(self, families: dict[str, list[Entry]], family: str | None) -> Task:
        row = self._matrix.get(family, {}) if family is not None else {}
        best = min(families, key=lambda name: (row.get(name, 0), families[name][0][:3]))
        return heapq.heappop(families[best])[-1]

    @staticmethod
    def _drop_placed(families: dict[str, list[Entry]], name: str) -> None:
        """Forget those that another work center has taken meanwhile."""
        entries = families[name]
        while entries and entries[0][-1].placed is not None:
            heapq.heappop(entries)
        if not entries:
            del families[name]

    def __bool__(self) -> bool:
        return bool(self._ranks)
