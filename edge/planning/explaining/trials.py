"""One constraint lifted for one order in a plan as it stands, cheaply: only sequences are kept.

A packed problem is placed again and again by the sequences of the plan; between two times a
few of its numbers are changed and put back. What comes out is when the order is done then.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from edge.planning.explaining.proving import Told
from edge.planning.placing.relaxing import Relaxation
from edge.planning.placing.solver import Solver
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Scenario


class Trials:
    """Completions of single orders, each with one constraint lifted for it alone."""

    def __init__(self, scenario: Scenario, capacity: Capacity, sequences: Told) -> None:
        self._scenario, self._capacity, self._told = scenario, capacity, sequences
        self._centers = {one.id: index for index, one in enumerate(scenario.work_centers)}

    def endless(self, order: str, center: str) -> int | None:
        """It has a work center to itself that never closes."""

        def lift(kernel: Any, index: int) -> Callable[[], None]:
            kernel.endless, kernel.alone[index] = self._centers[center], 1
            return lambda: kernel.alone.__setitem__(index, 0)

        return self._try(order, lift)

    def piecewise(self, order: str) -> int | None:
        """It passes each piece on at once, and no limit of what waits binds it."""

        def lift(kernel: Any, index: int) -> Callable[[], None]:
            tasks = range(kernel.last[index - 1] + 1 if index else 0, kernel.last[index] + 1)
            batches = _set(kernel.batch, dict.fromkeys(tasks, 1))
            limits = _set(kernel.bound_by, dict.fromkeys(tasks, 0))

            def put_back() -> None:
                batches()
                limits()

            return put_back

        return self._try(order, lift)

    def _try(self, order: str, lift: Callable[[Any, int], Callable[[], None]]) -> int | None:
        solver = self._solver
        if solver is None:
            return None
        kernel, index = solver.kernel, solver.packing.order_at[order]
        put_back = lift(kernel, index)
        try:
            placed = kernel.settle() and not kernel.short
            last = kernel.last[index]
            return int(kernel.end[last]) if placed and kernel.alt[last] != -1 else None
        finally:
            put_back()

    @cached_property
    def _solver(self) -> Solver | None:
        """Packed once, with the work center that never closes, which no order has as yet."""
        any_center = next(iter(self._centers))
        solver = Solver(self._scenario, self._capacity, Relaxation(endless=any_center))
        return solver if solver.follow(self._told) else None


def _set(numbers: Any, changes: dict[int, int]) -> Callable[[], None]:
    """Change some numbers; returns what puts them back."""
    before = {index: numbers[index] for index in changes}
    for index, value in changes.items():
        numbers[index] = value

    def put_back() -> None:
        for index, value in before.items():
            numbers[index] = value

    return put_back
