"""One forward pass: event-driven list scheduling on real capacity, with set-ups.

Time goes from event to event (a work center opens or becomes free, a task's pieces
are there). At each, every work center that is idle and open takes the next task of
its queue: by due date, then least set-up, weight and id. Decisions depend on what
stands at that moment alone, so a re-plan from a moment at which all went as planned
decides the same again.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from edge.planning.flow import Arrivals, ceil_work
from edge.planning.model import Alternative, Scenario, WorkCenter
from edge.planning.queues import Queue
from edge.planning.relaxing import NOTHING, Relaxation
from edge.planning.tasks import Placement, Problem, Task, problem_of
from edge.planning.timeline import Capacity, Timeline
from edge.planning.underway import pin_running

MOST_SET_ASIDE = 8


@dataclass(eq=False)
class Station:
    """A work center while the plan is made."""

    center: WorkCenter
    timeline: Timeline
    family: str | None
    free_at: int
    queue: Queue
    held_for: Task | None = None
    wakes_at: int = -1
    placed: list[Task] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """Every task with its placement; `stations` hold the sequence of each work center."""

    problem: Problem
    tasks: tuple[Task, ...]
    stations: tuple[Station, ...]

    def completion(self, order: str) -> int | None:
        """When the order's last operation is done; None if nothing of it was left."""
        last = self.problem.chains[order][-1]
        return last.placed.end if last.placed else None


def make_plan(scenario: Scenario, capacity: Capacity, relaxed: Relaxation = NOTHING) -> Plan:
    """Place all that is left of the scenario. Raises CalendarEnds if a calendar does."""
    problem = problem_of(scenario, capacity, relaxed)
    families = pin_running(problem, capacity)
    floor = Floor(problem, capacity, relaxed, families)
    floor.run()
    tasks = tuple(task for chain in problem.chains.values() for task in chain)
    lost = [task.key for task in tasks if task.left and task.placed is None]
    if lost:
        raise AssertionError(f"the plan lost {lost}")
    return Plan(problem, tasks, tuple(floor.stations.values()))


class Floor:
    """The work centers, and the events to come: (time, number, work center, task)."""

    def __init__(
        self,
        problem: Problem,
        capacity: Capacity,
        relaxed: Relaxation,
        families: Mapping[str, str | None],
    ) -> None:
        self._problem, self._relaxed, self._capacity = problem, relaxed, capacity
        self._events: list[tuple[int, int, str, Task | None]] = []
        self._count = 0
        self.stations = {
            center.id: Station(
                center,
                capacity.timeline(center, exceptions=not relaxed.calendar),
                families[center.id],
                problem.fence,
                Queue(center.setup_matrix_us),
            )
            for center in problem.scenario.work_centers
        }

    def run(self) -> None:
        for chain in self._problem.chains.values():
            for task in chain:
                task.rank = _rank(task, self._problem.scenario)
                if task.pinned and _can_go_on(task):
                    self.stations[task.pinned].held_for = task
        for chain in self._problem.chains.values():
            for task in chain:
                if task.before is None or not task.before.left:
                    self._release(task)
        while self._events:
            self._step()

    def _step(self) -> None:
        """All events of the next moment, then all decisions that they allow."""
        now = self._events[0][0]
        while self._events and self._events[0][0] == now:
            _, _, center, task = heapq.heappop(self._events)
            station = self.stations[center]
            if task is not None and task.placed is None:
                station.queue.push(task)
        self._decide(now)

    def _decide(self, now: int) -> None:
        """Let idle work centers take tasks until none does."""
        changed = True
        while changed:
            changed = False
            for station in self.stations.values():
                if station.free_at <= now and station.queue and self._is_open(station, now):
                    changed = self._take(station, now) or changed

    def _is_open(self, station: Station, now: int) -> bool:
        opens = station.timeline.open_at(now)
        if opens > now and station.wakes_at != opens:
            station.wakes_at = opens
            self._event(opens, station.center.id, None)
        return opens == now

    def _take(self, station: Station, now: int) -> bool:
        """Start the next task on an idle work center; whether one was started."""
        aside: list[Task] = []
        taken = False
        while len(aside) < MOST_SET_ASIDE:
            task = station.queue.pop(station.family)
            if task is None:
                break
            if station.held_for in (None, task) and self._is_best(task, station, now):
                self._place(task, station, now)
                taken = True
                break
            aside.append(task)
        for task in aside:
            station.queue.push(task)
        return taken

    def _is_best(self, task: Task, station: Station, now: int) -> bool:
        """Whether no other alternative would complete the task earlier."""
        if task.pinned or len(task.operation.alternatives) == 1:
            return True
        here = self._finish(task, station, now)
        others = (self.stations[one.work_center] for one in task.operation.alternatives)
        return all(
            other is station
            or other.center.id not in task.ready
            or self._finish(task, other, now) >= here
            for other in others
        )

    def _finish(self, task: Task, station: Station, now: int) -> int:
        start = max(now, station.free_at, task.ready[station.center.id])
        alternative = _alternative(task, station)
        setup = _setup(task, station, alternative)
        return station.timeline.after(
            station.timeline.open_at(start), setup + _work(task, alternative)
        )

    def _place(self, task: Task, station: Station, now: int) -> None:
        alternative = _alternative(task, station)
        if station.placed:
            task.credit_us = Fraction(0)  # what was under way has made way for another
        placed = _placement(
            task,
            station.center.id,
            station.timeline,
            now,
            alternative,
            _setup(task, station, alternative),
        )
        task.placed = placed
        station.family, station.free_at = task.order.family, placed.end
        station.held_for = None
        station.placed.append(task)
        self._event(station.timeline.open_at(placed.end), station.center.id, None)
        if task.after:
            self._release(task.after)

    def _release(self, task: Task) -> None:
        """The step before is placed or done: work out when this task can start, and where."""
        if not task.left:
            return
        first = self._first(task)
        if task.operation.lead_time_us is not None:
            self._send_out(task, first)
            return
        for alternative in task.operation.alternatives:
            center = alternative.work_center
            if task.pinned in (None, center):
                self._offer(task, alternative, first)
                if task.placed:
                    return

    def _first(self, task: Task) -> int:
        """When the first pieces that the task needs are there, and it may begin."""
        return max(self._there(task), task.operation.not_before or 0)

    def _there(self, task: Task) -> int:
        order, fence = task.order, self._problem.fence
        if task.before is not None:
            return Arrivals(task, fence).first()
        material = None if order.id in self._relaxed.material else order.material_from
        return max(fence, order.release or fence, material or fence)

    def _offer(self, task: Task, alternative: Alternative, first: int) -> None:
        station = self.stations[alternative.work_center]
        alone = self._relaxed.endless == station.center.id and task.order.id in self._relaxed.alone
        timeline = self._capacity.endless() if alone else station.timeline
        # At least so much set-up comes before the run, whatever stands there until then.
        setup = alternative.setup_us
        if task.pinned:
            setup = min(setup, task.setup_left)
        ready = first
        if task.before is not None:
            least = Arrivals(task, self._problem.fence).least_amount(timeline, alternative.cycle_us)
            ready = max(first, timeline.moment(least - setup))
        ready = timeline.open_at(ready)
        if alone:
            self._place_alone(task, alternative, timeline, ready, setup)
            return
        task.ready[station.center.id] = ready
        self._event(ready, station.center.id, task)

    def _place_alone(
        self, task: Task, alternative: Alternative, timeline: Timeline, at: int, setup: int
    ) -> None:
        """On a work center that is free and open without end; nobody else is delayed."""
        task.placed = _placement(task, alternative.work_center, timeline, at, alternative, setup)
        station = self.stations[alternative.work_center]
        if station.held_for is task:
            station.held_for = None
        if task.after:
            self._release(task.after)

    def _send_out(self, task: Task, first: int) -> None:
        """A step done outside: all pieces go together and come back after the lead time."""
        lead = task.operation.lead_time_us or 0
        start = first
        if task.before is not None and task.before.placed is not None:
            start = max(first, task.before.placed.end + task.operation.min_gap_us)
        end = max(task.done_at or start + lead, self._problem.fence)
        zero = Fraction(0)
        task.placed = Placement(None, None, min(start, end), 0, start, start, end, zero, zero)
        if task.after:
            self._release(task.after)

    def _event(self, at: int, center: str, task: Task | None) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, center, task))


def _placement(
    task: Task, center: str, timeline: Timeline, start: int, alternative: Alternative, setup: int
) -> Placement:
    setup_end = timeline.after(start, setup)
    run_start = timeline.open_at(setup_end) if setup else start
    end = timeline.after(run_start, _work(task, alternative))
    return Placement(
        center,
        timeline,
        start,
        setup,
        setup_end,
        run_start,
        end,
        alternative.cycle_us,
        task.credit_us,
    )


def _work(task: Task, alternative: Alternative) -> int:
    """Worked microseconds of the run that is left."""
    return ceil_work(task.left, alternative.cycle_us, task.credit_us)


def _alternative(task: Task, station: Station) -> Alternative:
    found = (one for one in task.operation.alternatives if one.work_center == station.center.id)
    return next(found)


def _can_go_on(task: Task) -> bool:
    """Whether a task under way waits for nothing that needs its own work center first."""
    before = task.before
    if before is None or not before.left:
        return True
    return before.pinned not in (None, task.pinned) and _can_go_on(before)


def _setup(task: Task, station: Station, alternative: Alternative) -> int:
    """Set-up on the work center as it stands; what is still set up has its rest to do."""
    if task.pinned and not station.placed:
        return task.setup_left
    row = station.center.setup_matrix_us.get(station.family or "", {})
    return alternative.setup_us + row.get(task.order.family, 0)


def _rank(task: Task, scenario: Scenario) -> tuple[int | Fraction, ...]:
    """What goes first: what is under way, then by due date or by the work that follows."""
    pinned = 0 if task.pinned else 1
    if scenario.objective == "makespan":
        return (pinned, -_work_from(task))
    return (pinned, task.order.due or 0)


def _work_from(task: Task) -> Fraction:
    """Least work of this and all later operations of the order, microseconds."""
    total, one = Fraction(0), task
    while True:
        cycles = [alternative.cycle_us for alternative in one.operation.alternatives]
        total += one.left * min(cycles, default=Fraction(0))
        if one.after is None:
            return total
        one = one.after
