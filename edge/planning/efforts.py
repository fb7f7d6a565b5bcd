"""How long a better plan is looked for: first, normal, high.

`first`: the plan in force kept as it is where nothing has changed, else the best of a few
rules. `normal`: all rules, then a search of a fixed number of changes (about 15 s for 1,200
operations on one core). `high`: the search from several seeds, and constraint programming
where the extra `optimizer` is installed. The count is of changes, never of time, so the same
input, seed and effort give the same plan; `seconds` and `stop` cut it short, from the first
rule on, and the best plan so far is the answer at any moment.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final

from edge.domain.clock import MICROS, Clock, SystemClock
from edge.planning.in_force import (
    breaks_promises,
    follow,
    is_worth_moving,
    may_gain,
    promises_kept,
    standing,
)
from edge.planning.optimizing.improving import Budget, improve
from edge.planning.optimizing.programs import installed
from edge.planning.optimizing.value import Value
from edge.planning.placing.solver import (
    MOST_PLACEMENTS,
    Plan,
    Solver,
    best_rule,
    ends_as_planned,
    planned_before,
    turns,
)
from edge.planning.placing.timeline import Capacity
from edge.planning.priorities import CHANGES_A_TRY, Again, Cost, search_priorities
from edge.planning.scenario.model import Order, Scenario

SLICE: Final = 200  # changes that are tried before it is asked whether to stop, at most
SLICE_PLACEMENTS: Final = 240_000
CHANGES_A_TASK: Final = 140
MOST_CHANGES: Final = 168_000
COUNTED_TASKS: Final = 1_200
LEAST_CHANGES: Final = 200
SEEDS_OF_HIGH: Final = 4
ALL_PLACEMENTS: Final = 200_000


class Effort(StrEnum):
    """How long to look for a better plan."""

    FIRST = "first"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True)
class Progress:
    """How far a search is: changes tried of all, and what the best plan costs."""

    tried: int
    of: int
    weighted_tardiness_s: int
    setup_s: int


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a search is told: effort, seed, an end by the clock, whom to tell, when to stop."""

    effort: Effort = Effort.FIRST
    seed: int = 0
    seconds: float | None = None
    on_progress: Callable[[Progress], None] | None = None
    stop: Callable[[], bool] = lambda: False
    clock: Clock = field(default_factory=SystemClock)


FIRST: Final = Search()


class Until:
    """When to end before all is done, counted from when it is made, and whom to tell how far it is.

    Of `seconds` a part is kept from the search, so that late orders can still say why.
    """

    def __init__(self, search: Search, kept: float = 0.0) -> None:
        self._search = search
        self._end = None if search.seconds is None else search.clock.monotonic() + search.seconds
        self._kept = kept * (search.seconds or 0.0)

    def over(self) -> bool:
        """Whether to end now with what there is."""
        return self._search.stop() or (
            self._end is not None and self._search.clock.monotonic() >= self._end
        )

    def searched(self) -> bool:
        """Whether to look for no better plan any more."""
        return self._search.stop() or self.left == 0.0

    @property
    def left(self) -> float | None:
        """Seconds left to search, None without an end."""
        if self._end is None:
            return None
        return max(self._end - self._kept - self._search.clock.monotonic(), 0.0)

    def tell(self, tried: int, of: int, best: tuple[int, int]) -> None:
        if self._search.on_progress:
            self._search.on_progress(Progress(tried, of, best[0], best[1] // MICROS))


def plan_with(
    scenario: Scenario, capacity: Capacity, search: Search = FIRST, until: Until | None = None
) -> Plan:
    """The best plan that the effort finds; the sequences that a scenario gives are followed.

    `until`: an end that began before. Raises CalendarEnds if a calendar does.
    """
    until = until or Until(search)
    solver = Solver(scenario, capacity)
    if scenario.follow and solver.follow(turns(scenario)):
        return solver.plan()
    again = _start(solver, search.effort, until)
    if search.effort is Effort.FIRST or not solver.packing.tasks:
        return solver.plan()
    changes = changes_for(len(solver.packing.tasks))
    rounds = SEEDS_OF_HIGH if search.effort is Effort.HIGH else 1
    for number in range(rounds):
        if until.searched():
            break
        if solver.is_tied:
            again = _improve_tied(
                solver, again, search.seed + number, changes, (number, rounds), until
            )
        else:
            _improve(solver, search.seed + number, changes, (number, rounds), until)
    plan = solver.plan()
    if rounds == 1 or solver.is_tied:
        return plan
    return _constrained(plan, capacity, search, until)


def changes_for(tasks: int) -> int:
    """Changes that `normal` tries."""
    if tasks <= COUNTED_TASKS:
        return max(LEAST_CHANGES, CHANGES_A_TASK * tasks)
    return max(MOST_CHANGES * COUNTED_TASKS // tasks, LEAST_CHANGES)


def _start(solver: Solver, effort: Effort, until: Until) -> Again:
    """Leave the solver with the plan in force, or with a better one by a rule; what makes it."""
    scenario, orders = solver.packing.problem.scenario, solver.packing.orders
    before = planned_before(scenario) if effort is Effort.FIRST else None
    if before is not None and solver.follow(before) and ends_as_planned(solver):
        return partial(solver.follow, before)
    most = MOST_PLACEMENTS if effort is Effort.FIRST else ALL_PLACEMENTS
    wanted = standing(solver)
    keep = partial(follow, solver, wanted or {})
    standing_cost = keep() if wanted is not None else None
    if standing_cost is None:
        _, rule = best_rule(solver, most, until.searched)
        solver.dispatch(rule)
        return partial(solver.dispatch, rule)
    if until.searched() or (effort is Effort.FIRST and not may_gain(standing_cost, orders)):
        return keep
    promised = promises_kept(solver)
    cost, rule = best_rule(solver, most, until.searched)
    if _is_taken(effort, standing_cost, cost, orders):
        solver.dispatch(rule)
        if not breaks_promises(solver, promised):
            return partial(solver.dispatch, rule)
    keep()
    return keep


def _is_taken(effort: Effort, standing_cost: Cost, cost: Cost, orders: Collection[Order]) -> bool:
    """Whether a plan by a rule takes the place of the one in force."""
    if effort is Effort.FIRST:
        return is_worth_moving(standing_cost, cost, orders)
    return cost < standing_cost


def _improve(
    solver: Solver, seed: int, changes: int, number: tuple[int, int], until: Until
) -> None:
    """Search on from the plan that the solver stands at; leave it at the best one."""
    kernel, (begun, rounds) = solver.kernel, number
    kernel.begin(seed)
    done = 0
    at_once = max(1, min(SLICE, SLICE_PLACEMENTS // len(solver.packing.tasks)))
    while done < changes and not until.searched():
        kernel.search(min(at_once, changes - done))
        done += at_once
        until.tell(begun * changes + min(done, changes), rounds * changes, solver.best)
    kernel.recall()


def _improve_tied(
    solver: Solver, again: Again, seed: int, changes: int, number: tuple[int, int], until: Until
) -> Again:
    """As `_improve`, by other urgencies; `again` makes the plan, and so does what is returned."""
    tries = max(changes // CHANGES_A_TRY, 1)
    begun, rounds = number

    def over(done: int, best: Cost) -> bool:
        until.tell(begun * tries + done, rounds * tries, best)
        return until.searched()

    return search_priorities(solver, seed, tries, over, MOST_PLACEMENTS, again)


def _constrained(plan: Plan, capacity: Capacity, search: Search, until: Until) -> Plan:
    """Constraint programming on the plan, where it is installed and there is time."""
    if until.searched() or not installed():
        return plan
    budget = Budget(seed=search.seed, seconds=until.left)

    def tell(window: int, value: Value) -> None:
        until.tell(window, budget.windows, (value[0], value[1] * MICROS))

    return improve(plan, capacity, budget, tell, until.searched)
