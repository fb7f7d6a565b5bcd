"""A plan: the kernel places all tasks by several rules of priority, and the best is taken.

The rules: by due date with the least set-up first among equal ones (with the objective
`makespan` by the work that follows), and apparent tardiness cost with set-ups (Lee,
Bhaskaran and Pinedo 1997) over a grid of its two look-ahead parameters. What a rule decides
is a sequence for each work center; the plan starts all as early as those allow.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from edge.domain.calendars import CalendarEnds
from edge.domain.clock import MICROS
from edge.planning.placing.packing import Packing
from edge.planning.placing.relaxing import NOTHING, Relaxation
from edge.planning.placing.tasks import Key, Problem, Task, problem_of
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.placing.underway import Standing, pin_running
from edge.planning.placing.unpacking import load, sequences, unpack
from edge.planning.scenario.model import Scenario, WorkCenter

Rule = tuple[int, float, float]
BY_DUE: Final[Rule] = (0, 0.0, 0.0)
AHEAD: Final = (0.5, 1.0, 2.0, 4.0, 8.0)  # of slack, in mean times of a task
SETUPS: Final = (0.1, 0.3, 1.0, 3.0)  # of set-up, in mean set-ups
MOST_PLACEMENTS: Final = 4_000  # of all rules that are tried
Sequences = dict[str, list[Key]]


@dataclass(frozen=True)
class Station:
    """A work center, its working time, its tasks in sequence, and what stands before them."""

    center: WorkCenter
    timeline: Timeline
    placed: list[Task]
    standing: Standing


@dataclass(frozen=True)
class Plan:
    """Every task with its placement; `stations` hold the sequence of each work center."""

    problem: Problem
    tasks: tuple[Task, ...]
    stations: tuple[Station, ...]
    sequences: Sequences

    def completion(self, order: str) -> int | None:
        """When the order's last operation is done; None if nothing of it was left."""
        last = self.problem.chains[order][-1]
        return last.placed.end if last.placed else None


class Solver:
    """A packed problem that can be placed again and again."""

    def __init__(
        self, scenario: Scenario, capacity: Capacity, relaxed: Relaxation = NOTHING
    ) -> None:
        problem = problem_of(scenario, capacity, relaxed)
        standing = pin_running(problem, capacity)
        self.packing = Packing(problem, capacity, relaxed, standing)
        self.kernel: Any = self.packing.kernel()

    @property
    def cost(self) -> tuple[int, int]:
        """Weighted tardiness in seconds (or the makespan) and set-up, of the plan as it stands."""
        return self.kernel.cost1, self.kernel.cost2

    @property
    def best(self) -> tuple[int, int]:
        """As `cost`, of the best plan of a search."""
        return self.kernel.best1, self.kernel.best2

    def dispatch(self, rule: Rule, bias: Sequence[float] = ()) -> tuple[int, int]:
        """Place all by a rule of priority, then start all as early as its sequences allow.

        `bias` is added to the urgency of each task.
        """
        while True:
            self._urge(bias)
            placed = self.kernel.dispatch(*rule)
            if not self.kernel.short and placed < len(self.packing.tasks):
                raise AssertionError(f"the plan lost {self._lost()}")
            if self.settle():
                return self.cost

    def _urge(self, bias: Sequence[float]) -> None:
        urgency = self.kernel.bias
        if not self.kernel.tied:
            return
        for index in range(len(self.packing.tasks)):
            urgency[index] = bias[index] if bias else 0.0

    def follow(self, wanted: Mapping[str, Sequence[Key]]) -> bool:
        """Place all by given sequences; False if some task is in none, if they wait for each other
        or if there is no time for them: another order of work may have it."""
        while load(self.packing, self.kernel, wanted):
            good = self.kernel.settle()
            try:
                if not self._was_short():
                    return bool(good)
            except CalendarEnds:
                return False
        return False

    def settle(self) -> bool:
        """False if a timeline ended too early; it is longer then, and all is to be done again."""
        good = not self.kernel.short and self.kernel.settle()
        if self._was_short():
            return False
        if not good:
            raise AssertionError("the sequences of a plan wait for each other")
        return True

    def _was_short(self) -> bool:
        """Whether a timeline ended too early; it is longer now."""
        if not self.kernel.short:
            return False
        self.packing.lines.extend()
        self.kernel = self.packing.kernel()
        return True

    def completions(self) -> dict[str, int | None]:
        """When each order's last operation is done; None if nothing of it was left."""
        kernel = self.kernel
        found: dict[str, int | None] = dict.fromkeys(self.packing.problem.chains)
        for index, order in enumerate(self.packing.orders):
            last = kernel.last[index]
            found[order.id] = None if kernel.alt[last] == -1 else kernel.end[last]
        return found

    def sequences(self) -> Sequences:
        """The plan as it stands, to follow again."""
        return sequences(self.packing, self.kernel)

    @property
    def is_tied(self) -> bool:
        """Whether tasks need people, or are bound to each other: then rules alone place them."""
        return bool(self.kernel.tied)

    def first_worth(self) -> Rule | None:
        """The middle one of the rules that weigh urgency; None if there is none."""
        found = rules(self)
        return found[0] if found else None

    def plan(self) -> Plan:
        """The plan as it stands."""
        unpack(self.packing, self.kernel)
        tasks = {task.key: task for task in self.packing.tasks}
        found = self.sequences()
        stations = tuple(
            Station(
                center,
                self.packing.lines.of_center(center),
                [tasks[key] for key in found[center.id]],
                self.packing.standing[center.id],
            )
            for center in self.packing.centers
        )
        return Plan(self.packing.problem, tuple(self.packing.tasks), stations, found)

    def _lost(self) -> list[tuple[str, int]]:
        alt = self.kernel.alt
        return [
            task.key
            for index, task in enumerate(self.packing.tasks)
            if task.left and alt[index] == -1
        ]


def make_plan(scenario: Scenario, capacity: Capacity, relaxed: Relaxation = NOTHING) -> Plan:
    """Place all that is left of the scenario. Raises CalendarEnds if a calendar does."""
    solver = Solver(scenario, capacity, relaxed)
    if scenario.follow and solver.follow(turns(scenario)):
        return solver.plan()
    before = planned_before(scenario) if relaxed == NOTHING else None
    if before is None or not solver.follow(before) or not ends_as_planned(solver):
        sweep(solver)
    return solver.plan()


def planned_before(scenario: Scenario) -> Sequences | None:
    """The sequences of the plan before; None without one."""
    runs = [one for one in scenario.previous_blocks if one.kind == "run"]
    found: Sequences = {}
    for one in sorted(runs, key=lambda block: block.start):
        if one.work_center is not None:
            found.setdefault(one.work_center, []).append((one.order, one.seq))
    return found if runs else None


def ends_as_planned(solver: Solver) -> bool:
    """Whether all that is left ends exactly when the plan before says.

    Then nothing has happened that was not planned, and that plan stays: a sweep from a later
    moment may find another one that is worth as much.
    """
    blocks = solver.packing.problem.scenario.previous_blocks
    runs = sorted((one for one in blocks if one.kind == "run"), key=lambda block: block.end)
    ends = {(one.order, one.seq): one.end for one in runs}
    return all(
        not task.left or solver.kernel.end[index] == ends.get(task.key)
        for index, task in enumerate(solver.packing.tasks)
    )


def turns(scenario: Scenario) -> dict[str, list[Key]]:
    """The sequences that a scenario gives, by work center."""
    found: dict[str, list[Key]] = {}
    for one in scenario.follow:
        found.setdefault(one.work_center, []).append((one.order, one.seq))
    return found


def never() -> bool:
    """Said of what goes on until it is done."""
    return False


def sweep(solver: Solver, most: int = MOST_PLACEMENTS) -> None:
    """Leave the solver with the best plan of the rules."""
    _, chosen = best_rule(solver, most)
    solver.dispatch(chosen)


def best_rule(
    solver: Solver, most: int = MOST_PLACEMENTS, over: Callable[[], bool] = never
) -> tuple[tuple[int, int], Rule]:
    """The rule of the best plan and what that costs; among equal ones the first.

    Rules are tried until they have made `most` placements, or it is `over`; the first one is.
    """
    best, chosen = solver.dispatch(BY_DUE), BY_DUE
    for rule in rules(solver)[: max(most // max(len(solver.packing.tasks), 1), 1)]:
        if over():
            break
        cost = solver.dispatch(rule)
        if cost < best:
            best, chosen = cost, rule
    return best, chosen


def rules(solver: Solver) -> Sequence[Rule]:
    """The grid of apparent tardiness cost, the middle first."""
    if solver.packing.problem.scenario.objective == "makespan":
        return ()
    kernel = solver.kernel
    works = [one for one in kernel.a_work if one]
    if not works:
        return ()
    mean = sum(works) // len(works) + 1
    setups = [one for one in kernel.mat if one]
    setup = sum(setups) // len(setups) if setups else MICROS
    grid = [(ahead, share) for ahead in AHEAD for share in SETUPS]
    grid.sort(key=lambda pair: abs(AHEAD.index(pair[0]) - 2) + abs(SETUPS.index(pair[1]) - 1))
    return [(1, 1 / (ahead * mean), 1 / (share * setup)) for ahead, share in grid]
