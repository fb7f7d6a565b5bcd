"""A window as a constraint program for CP-SAT (OR-Tools), and its solution as sequences.

Source: Laborie, Rogerie, Shaw, Vilim, "IBM ILOG CP optimizer for scheduling" (2018), for
the model of optional intervals; the solver is https://developers.google.com/optimization.

The solver's own time is counted in work done, not on the clock, and its strategies take
turns (`interleave_search`), so that the same window gives the same answer on any machine.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise, permutations
from typing import Any, Final

from edge.planning.errors import OptimizerMissing
from edge.planning.optimizing.window import Goal, Job, Lag, Post, Way, Window
from edge.planning.placing.tasks import Key

LIBRARY: Final = "ortools"
MOST_MEMORY_MB: Final = 1_000
ASKED_EACH_S: Final = 0.05
AT_ONCE: Final = 2  # strategies that run before they are compared; the same for any `workers`


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long a window is searched, in the solver's own count of work (about seconds).

    `workers`: cores. `seconds`: an upper bound on the clock; with it the answer may differ.
    """

    work: float
    seed: int = 0
    workers: int = 1
    seconds: float | None = None


def library() -> Any:
    """The solver's module. Raises OptimizerMissing where the extra is not installed."""
    require()
    from ortools.sat.python import cp_model

    return cp_model


def require() -> None:
    """Raise OptimizerMissing where the extra is not installed; loads nothing."""
    if not installed():
        raise OptimizerMissing(
            "the extra `optimizer` is not installed: pip install 'taktline[optimizer]'"
        )


def installed() -> bool:
    """Whether windows can be solved here."""
    return find_spec(LIBRARY) is not None


def solved(
    window: Window, effort: Effort, stop: Callable[[], bool] | None = None
) -> Mapping[str, tuple[Key, ...]] | None:
    """Work center -> the window's jobs in sequence; None if none was found in time.

    `stop` is asked all the time; once it says so, the best so far is taken.
    """
    program = _Program(library(), window)
    return program.solve(effort, stop)


class _Program:
    """Variables: where each job is done, when its set-up and its run begin, when it ends."""

    def __init__(self, module: Any, window: Window) -> None:
        self._cp, self._window = module, window
        self._model = module.CpModel()
        self._posts = {post.center: post for post in window.posts}
        self._start: dict[Key, Any] = {}
        self._run: dict[Key, Any] = {}
        self._end: dict[Key, Any] = {}
        self._at: dict[Key, dict[str, Any]] = {}
        self._changes: list[Any] = []
        self._ends: dict[Key, int] = {}  # as they are hinted
        self._by_center: dict[str, list[tuple[Job, Way, Any]]] = defaultdict(list)
        for job in window.jobs:
            self._job(job)
        for lag in window.lags:
            self._lag(lag)
        for post in window.posts:
            self._post(post)
        self._goal()

    def _job(self, job: Job) -> None:
        model, horizon = self._model, self._window.horizon
        latest = horizon if job.latest is None else min(job.latest, horizon)
        start = model.new_int_var(min(way.earliest for way in job.ways), latest, "")
        run = model.new_int_var(0, latest, "")
        end = model.new_int_var(0, latest, "")
        self._start[job.key], self._run[job.key], self._end[job.key] = start, run, end
        at = {way.center: self._presence(job, way) for way in job.ways}
        self._at[job.key] = at
        if len(job.ways) > 1:
            model.add_exactly_one(at.values())
        for way in job.ways:
            self._way(job, way, at[way.center])
        center, hinted = job.hint
        model.add_hint(start, hinted)
        hinted_way = next(way for way in job.ways if way.center == center)
        model.add_hint(run, hinted + job.change + hinted_way.setup)
        self._ends[job.key] = hinted + job.change + hinted_way.length
        model.add_hint(end, self._ends[job.key])
        for name, literal in at.items():
            if len(job.ways) > 1:
                model.add_hint(literal, name == center)

    def _presence(self, job: Job, way: Way) -> Any:
        return self._model.new_bool_var("") if len(job.ways) > 1 else self._model.new_constant(1)

    def _way(self, job: Job, way: Way, here: Any) -> None:
        """Where it is done, it runs for so long, after its own set-up at least."""
        start, run, end = self._start[job.key], self._run[job.key], self._end[job.key]
        self._if(end == run + way.run, job, here)
        if self._changing(way.center):
            self._if(run >= start + way.setup, job, here)
        else:
            self._if(run == start + way.setup, job, here)
        if way.earliest:
            self._if(start >= way.earliest, job, here)
        if way.run_from:
            self._if(run >= way.run_from, job, here)
        self._by_center[way.center].append((job, way, here))

    def _if(self, constraint: Any, job: Job, here: Any) -> None:
        added = self._model.add(constraint)
        if len(job.ways) > 1:
            added.only_enforce_if(here)

    def _changing(self, center: str) -> bool:
        """Whether set-ups there depend on what came before."""
        return any(any(row.values()) for row in self._posts[center].setup.values())

    def _lag(self, lag: Lag) -> None:
        first, second = self._at[lag.first], self._at[lag.second]
        begun = self._run[lag.first]
        for (one, two), distance in lag.between.items():
            literals = [
                options[name] for options, name in ((first, one), (second, two)) if len(options) > 1
            ]
            for moment, ticks in (
                (self._start[lag.second], distance.setup),
                (self._run[lag.second], distance.run),
            ):
                added = self._model.add(moment >= begun + ticks)
                if literals:
                    added.only_enforce_if(literals)

    def _post(self, post: Post) -> None:
        """One job at a time; where set-ups change, a tour through those that come there."""
        found = self._by_center[post.center]
        intervals = [self._interval(job, way, here) for job, way, here in found]
        if len(intervals) > 1:
            self._model.add_no_overlap(intervals)
        for job, _, here in found:
            if post.free_at:
                self._if(self._start[job.key] >= post.free_at, job, here)
        if self._changing(post.center):
            self._tour(post, found)
        elif post.after:
            for job, _, here in found:
                self._if(self._end[job.key] <= post.after[1], job, here)

    def _interval(self, job: Job, way: Way, here: Any) -> Any:
        model, key = self._model, job.key
        start, end = self._start[key], self._end[key]
        if self._changing(way.center):
            size = model.new_int_var(way.length, self._window.horizon, "")
            return model.new_optional_interval_var(start, size, end, here, "")
        if len(job.ways) == 1:
            return model.new_interval_var(start, way.length, end, "")
        return model.new_optional_interval_var(start, way.length, end, here, "")

    def _tour(self, post: Post, found: list[tuple[Job, Way, Any]]) -> None:
        model = self._model
        arcs: list[tuple[int, int, Any]] = []
        line = [0, *_hinted(post.center, found), 0]
        taken = set(pairwise(line))
        nobody = self._guessed((0, 0) in taken)
        arcs.append((0, 0, nobody))
        for number, (job, way, here) in enumerate(found, 1):
            first, last = (self._guessed(arc in taken) for arc in ((0, number), (number, 0)))
            arcs += [(0, number, first), (number, 0, last), (number, number, ~here)]
            self._after(first, job, way, post.change(post.family, job.family))
            model.add_implication(nobody, ~here)
            if post.after:
                family, by = post.after
                ends = model.add(self._end[job.key] + post.change(job.family, family) <= by)
                ends.only_enforce_if(last)
        for (one, before), (two, then) in permutations(enumerate(found, 1), 2):
            follows = self._guessed((one, two) in taken)
            arcs.append((one, two, follows))
            self._after(follows, then[0], then[1], post.change(before[0].family, then[0].family))
            started = model.add(self._start[then[0].key] >= self._end[before[0].key])
            started.only_enforce_if(follows)
        model.add_circuit(arcs)

    def _guessed(self, hint: bool) -> Any:
        found = self._model.new_bool_var("")
        self._model.add_hint(found, hint)
        return found

    def _after(self, follows: Any, job: Job, way: Way, change: int) -> None:
        """The set-up of a job that follows another: its own and that of the change."""
        exact = self._run[job.key] == self._start[job.key] + way.setup + change
        self._model.add(exact).only_enforce_if(follows)
        if change:
            self._changes.append(change * follows)

    def _goal(self) -> None:
        window, model = self._window, self._model
        if not window.goals:
            span = model.new_int_var(0, window.horizon, "")
            for end in self._end.values():
                model.add(span >= end)
            self._loads(span)
            model.minimize(span)
            return
        costs: list[Any] = []
        for goal in window.goals:
            end, later = self._end[goal.key], []
            for moment, ticks in goal.steps:
                over = self._guessed(self._ends[goal.key] > moment)
                model.add(end <= moment).only_enforce_if(~over)
                later.append(ticks * over)
            most = window.horizon + sum(ticks for _, ticks in goal.steps)
            late = model.new_int_var(0, most, "")
            model.add(late >= end - goal.due + sum(later))
            model.add_hint(late, max(self._hinted_late(goal), 0))
            costs.append(goal.weight * late)
        prices = [window.setup_price * change for change in self._changes]
        model.minimize(sum(costs) + sum(prices))

    def _hinted_late(self, goal: Goal) -> int:
        end = self._ends[goal.key]
        return end - goal.due + sum(ticks for moment, ticks in goal.steps if end > moment)

    def _loads(self, span: Any) -> None:
        """What a work center does fits into the span; it follows from the rest, and helps."""
        for found in self._by_center.values():
            self._model.add(sum(way.length * here for _, way, here in found) <= span)

    def solve(
        self, effort: Effort, stop: Callable[[], bool] | None
    ) -> Mapping[str, tuple[Key, ...]] | None:
        solver = self._cp.CpSolver()
        parameters = solver.parameters
        parameters.random_seed = effort.seed
        parameters.num_workers = effort.workers
        parameters.interleave_search = True
        parameters.interleave_batch_size = AT_ONCE
        parameters.max_deterministic_time = effort.work
        parameters.max_memory_in_mb = MOST_MEMORY_MB
        if effort.seconds is not None:
            parameters.max_time_in_seconds = effort.seconds
        status = self._solve_beside(solver, stop) if stop else solver.solve(self._model)
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            return None
        return self._sequences(solver)

    def _solve_beside(self, solver: Any, stop: Callable[[], bool]) -> Any:
        """Solve beside this thread, which hears Ctrl-C and asks whether to stop meanwhile."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            solving = pool.submit(solver.solve, self._model)
            while wait([solving], timeout=ASKED_EACH_S).not_done:
                if stop():
                    solver.stop_search()
            return solving.result()

    def _sequences(self, solver: Any) -> Mapping[str, tuple[Key, ...]]:
        chosen: dict[str, list[tuple[int, int, Key]]] = {post: [] for post in self._posts}
        for job in self._window.jobs:
            at = self._at[job.key]
            center = next(name for name, here in at.items() if solver.value(here))
            moment = (solver.value(self._start[job.key]), solver.value(self._end[job.key]))
            chosen[center].append((*moment, job.key))
        return {center: tuple(key for *_, key in sorted(found)) for center, found in chosen.items()}


def _hinted(center: str, found: list[tuple[Job, Way, Any]]) -> list[int]:
    """Numbers of the jobs, from 1, that are done on a work center now, in sequence."""
    there = [(job.hint[1], number) for number, (job, *_) in enumerate(found, 1)]
    here = {number for number, (job, *_) in enumerate(found, 1) if job.hint[0] == center}
    return [number for _, number in sorted(there) if number in here]
