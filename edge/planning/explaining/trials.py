"""One constraint lifted for one order in a plan as it stands, cheaply: only sequences are kept.

A packed problem is placed again and again by the sequences of the plan; between two times a
few of its numbers are changed and put back. What comes out is when the order is done then.
"""

from collections.abc import Callable
from typing import Any

from edge.planning.explaining.proving import Told
from edge.planning.placing.relaxing import NOTHING, Relaxation
from edge.planning.placing.solver import Solver
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Scenario


class Trials:
    """Completions of single orders, each with one constraint lifted for it alone."""

    def __init__(self, scenario: Scenario, capacity: Capacity, sequences: Told) -> None:
        self._scenario, self._capacity, self._told = scenario, capacity, sequences
        self._solvers: dict[Relaxation, Solver | None] = {}
        self._orders = {order.id: index for index, order in enumerate(scenario.orders)}
        counts = [len(order.operations) for order in scenario.orders]
        self._first = [sum(counts[:index]) for index in range(len(counts) + 1)]

    def endless(self, order: str, center: str) -> int | None:
        """It has a work center to itself that never closes."""

        def lift(kernel: Any, index: int) -> Callable[[], None]:
            kernel.alone[index] = 1
            return lambda: kernel.alone.__setitem__(index, 0)

        return self._try(Relaxation(endless=center), order, lift)

    def piecewise(self, order: str) -> int | None:
        """It passes each piece on at once."""

        def lift(kernel: Any, index: int) -> Callable[[], None]:
            return _set(kernel.batch, dict.fromkeys(self._tasks(index), 1))

        return self._try(NOTHING, order, lift)

    def _tasks(self, index: int) -> range:
        return range(self._first[index], self._first[index + 1])

    def _try(
        self, relaxed: Relaxation, order: str, lift: Callable[[Any, int], Callable[[], None]]
    ) -> int | None:
        solver, index = self._solver(relaxed), self._orders[order]
        if solver is None:
            return None
        kernel = solver.kernel
        put_back = lift(kernel, index)
        try:
            placed = kernel.settle() and not kernel.short
            last = kernel.last[index]
            return int(kernel.end[last]) if placed and kernel.alt[last] != -1 else None
        finally:
            put_back()

    def _solver(self, relaxed: Relaxation) -> Solver | None:
        if relaxed not in self._solvers:
            solver = Solver(self._scenario, self._capacity, relaxed)
            self._solvers[relaxed] = solver if solver.follow(self._told) else None
        return self._solvers[relaxed]


def _set(numbers: Any, changes: dict[int, int]) -> Callable[[], None]:
    """Change some numbers; returns what puts them back."""
    before = {index: numbers[index] for index in changes}
    for index, value in changes.items():
        numbers[index] = value

    def put_back() -> None:
        for index, value in before.items():
            numbers[index] = value

    return put_back
