"""The search where tasks are tied to people or to each other: orders are made more or less urgent.

Sequences alone do not say who is with a task, or when a group can begin; so each try
dispatches everything anew, by the best rule, with other urgencies of a few tasks. One is kept
if the plan costs no more than the plan now or that of some tries before (late acceptance).
"""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from edge.planning.placing.solver import Rule, Solver, best_rule

Cost = tuple[int, int]
Again = Callable[[], object]
SHIFTS: Final = (-4.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 4.0)  # of the logarithm of urgency
MEMORY: Final = 20
CHANGES_A_TRY: Final = 40  # a try costs about as much as so many changes of sequences


def search_priorities(
    solver: Solver,
    seed: int,
    tries: int,
    over: Callable[[int, Cost], bool],
    most: int,
    again: Again,
) -> Again:
    """Leave the solver with the best plan found, never a worse one than it has.

    `again` makes the plan that it has; the sequences of a tied plan, followed, may give another.
    `over(done, best)` is told how far it is, and says when to stop. Returns what makes the plan
    that it is left with.
    """
    start = solver.cost
    cost, rule = best_rule(solver, most, lambda: over(0, start))
    if rule[0] == 0:
        rule = solver.first_worth() or rule
        cost = solver.dispatch(rule)
    found = _Urgencies(solver, rule, cost, Random(seed))
    for done in range(tries):
        if over(done, min(found.best, start)):
            break
        found.try_one()
    else:
        over(tries, min(found.best, start))
    if found.best < start:
        again = partial(solver.dispatch, rule, found.best_bias)
    again()
    return again


class _Urgencies:
    """What is added to the urgency of each task, and the plan that comes of it."""

    def __init__(self, solver: Solver, rule: Rule, cost: Cost, dice: Random) -> None:
        self._solver, self._rule, self._dice = solver, rule, dice
        tasks = solver.packing.tasks
        self._bias = [0.0] * len(tasks)
        self._cost = self.best = cost
        self.best_bias = list(self._bias)
        self._history = [cost] * MEMORY
        self._tries = 0
        self._of_order: dict[int, list[int]] = {}
        for index, order in enumerate(solver.kernel.order):
            if tasks[index].left:
                self._of_order.setdefault(order, []).append(index)
        self._orders = sorted(self._of_order)

    def try_one(self) -> None:
        """Change the urgency of an order or of one of its tasks; keep that or not."""
        if not self._orders:
            return
        changed, shift = self._choose(), self._dice.choice(SHIFTS)
        for index in changed:
            self._bias[index] += shift
        cost = self._solver.dispatch(self._rule, self._bias)
        place = self._tries % MEMORY
        self._tries += 1
        if cost <= self._cost or cost <= self._history[place]:
            self._cost = cost
        else:
            for index in changed:
                self._bias[index] -= shift
        self._history[place] = min(self._history[place], self._cost)
        if cost < self.best:
            self.best, self.best_bias = cost, list(self._bias)

    def _choose(self) -> list[int]:
        """All tasks of an order, or one of them; a late order more often."""
        kernel = self._solver.kernel
        late = [kernel.late[index] for index in range(kernel.late_count)]
        order = self._dice.choice(late if late and self._dice.random() < 0.6 else self._orders)
        tasks = self._of_order.get(order) or self._of_order[self._dice.choice(self._orders)]
        return tasks if self._dice.random() < 0.5 else [self._dice.choice(tasks)]
