"""How long a better plan is looked for: first, normal, high.

`first`: the plan in force kept as it is where nothing has changed, else the best of a few
rules. `normal`: all rules, then a search of a fixed number of changes (about 15 s for 1,200
operations on one core). `high`: the search from several seeds, and constraint programming
where the extra `optimizer` is installed. The count is of changes, never of time, so the same
input, seed and effort give the same plan; `seconds` and `stop` cut it short, and the best
plan so far is the answer at any moment.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from edge.domain.clock import MICROS, Clock, SystemClock
from edge.planning.in_force import (
    breaks_promises,
    follow,
    is_worth_moving,
    promises_kept,
    standing,
)
from edge.planning.optimizing.improving import Budget, improve
from edge.planning.optimizing.programs import installed
from edge.planning.placing.solver import (
    MOST_PLACEMENTS,
    Plan,
    Solver,
    best_rule,
    goes_on,
    sweep,
    turns,
)
from edge.planning.placing.timeline import Capacity
from edge.planning.priorities import CHANGES_A_TRY, search_priorities
from edge.planning.scenario.model import Scenario

SLICE: Final = 200
CHANGES_A_TASK: Final = 100
MOST_CHANGES: Final = 120_000
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


def plan_with(scenario: Scenario, capacity: Capacity, search: Search = FIRST) -> Plan:
    """The best plan that the effort finds; the sequences that a scenario gives are followed.

    Raises CalendarEnds if a calendar does.
    """
    until = _Until(search)
    solver = Solver(scenario, capacity)
    if scenario.follow and solver.follow(turns(scenario)):
        return solver.plan()
    _start(solver, search.effort)
    if search.effort is Effort.FIRST or not solver.packing.tasks:
        return solver.plan()
    changes = changes_for(len(solver.packing.tasks))
    rounds = SEEDS_OF_HIGH if search.effort is Effort.HIGH else 1
    for number in range(rounds):
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


def _start(solver: Solver, effort: Effort) -> None:
    """Leave the solver with the plan in force, or with a better one by a rule."""
    if effort is Effort.FIRST and goes_on(solver, solver.packing.problem.scenario):
        return
    wanted = standing(solver)
    kept = follow(solver, wanted) if wanted is not None else None
    most = MOST_PLACEMENTS if effort is Effort.FIRST else ALL_PLACEMENTS
    if wanted is None or kept is None:
        sweep(solver, most)
        return
    promised = promises_kept(solver)
    cost, rule = best_rule(solver, most)
    if is_worth_moving(kept, cost) if effort is Effort.FIRST else cost < kept:
        solver.dispatch(rule)
        if not breaks_promises(solver, promised):
            return
    follow(solver, wanted)


class _Until:
    """When a search is to end before its count is full, and whom to tell how far it is."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._end = None if search.seconds is None else search.clock.monotonic() + search.seconds

    def over(self) -> bool:
        """Whether to stop now."""
        return self._search.stop() or (
            self._end is not None and self._search.clock.monotonic() >= self._end
        )

    @property
    def left(self) -> float | None:
        """Seconds left, None without an end."""
        return None if self._end is None else max(self._end - self._search.clock.monotonic(), 0.0)

    def tell(self, tried: int, of: int, best: tuple[int, int]) -> None:
        if self._search.on_progress:
            self._search.on_progress(Progress(tried, of, best[0], best[1] // MICROS))


def _improve(
    solver: Solver, seed: int, changes: int, number: tuple[int, int], until: _Until
) -> None:
    """Search on from the plan that the solver stands at; leave it at the best one."""
    if solver.is_tied:
        _improve_tied(solver, seed, changes // CHANGES_A_TRY, number, until)
        return
    kernel, (begun, rounds) = solver.kernel, number
    kernel.begin(seed)
    done = 0
    while done < changes and not until.over():
        kernel.search(min(SLICE, changes - done))
        done += SLICE
        until.tell(begun * changes + min(done, changes), rounds * changes, solver.best)
    kernel.recall()


def _improve_tied(
    solver: Solver, seed: int, tries: int, number: tuple[int, int], until: _Until
) -> None:
    """As `_improve`, by other urgencies."""
    begun, rounds = number

    def over(done: int, best: tuple[int, int]) -> bool:
        until.tell(begun * tries + done, rounds * tries, best)
        return until.over()

    if not until.over():
        search_priorities(solver, seed, max(tries, 1), over, MOST_PLACEMENTS)


def _constrained(plan: Plan, capacity: Capacity, search: Search, until: _Until) -> Plan:
    """Constraint programming on the plan, where it is installed and there is time."""
    if until.over() or not installed():
        return plan
    budget = Budget(seed=search.seed, seconds=until.left)
    return improve(plan, capacity, budget, stop=until.over)
