"""A window is cut out of a plan: what stays outside becomes first and last moments.

What is done before a window has its times. What is done after it may come later than now
as far as its own order is still no later than it is, or than its due date: the latest
moments are reckoned back through the sequences as they are.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from edge.planning.optimizing.axis import Axis, exact_tick, shared_timeline
from edge.planning.optimizing.easing import eased
from edge.planning.optimizing.kinds import kind_of, own_setup, setups_of, standing_kind
from edge.planning.optimizing.lags import lag_between, ways_of
from edge.planning.optimizing.neighbours import Segments
from edge.planning.optimizing.whole import goals_of
from edge.planning.optimizing.window import Goal, Job, Lag, Post, Way, Window
from edge.planning.placing.solver import Plan, Station
from edge.planning.placing.tasks import Key, Task
from edge.planning.placing.timeline import Capacity

FINEST: Final = 1_000  # microseconds of a tick at least
FAR: Final = 1 << 40
TARDINESS: Final = 1_000  # so much more than a second of set-up costs a weighted second late


def cut(plan: Plan, capacity: Capacity, segments: Segments) -> Window | None:
    """The window of these segments; None if there is nothing in it to gain.

    An order that only runs on, or is only outside, has no segments: nothing can go before it.
    """
    if not segments:
        return None
    cutter = _Cutter(plan, capacity, segments)
    goals = cutter.goals()
    return cutter.window(goals) if goals else None


def put_back(
    plan: Plan, segments: Segments, found: dict[str, tuple[Key, ...]]
) -> dict[str, tuple[Key, ...]]:
    """The plan's sequences with the window's in their places."""
    told = {center: tuple(keys) for center, keys in plan.sequences.items()}
    for center, (first, last) in segments.items():
        keys = told[center]
        told[center] = keys[:first] + found.get(center, ()) + keys[last + 1 :]
    return told


class _Cutter:
    def __init__(self, plan: Plan, capacity: Capacity, segments: Segments) -> None:
        self._plan, self._segments = plan, segments
        self._scenario = plan.problem.scenario
        self._stations = {one.center.id: one for one in plan.stations}
        self._tasks = [
            task
            for center, (first, last) in segments.items()
            for task in self._stations[center].placed[first : last + 1]
        ]
        self._in = {task.key for task in self._tasks}
        starts = [task.placed.start for task in self._tasks if task.placed]
        self._end = max(task.placed.end for task in self._tasks if task.placed)
        timeline, _ = shared_timeline(self._scenario, capacity)
        before = [self._before(center) for center in segments]
        origin = min([*starts, *(free for _, free in before)])
        tick = max(exact_tick(plan.problem, pieces=True), FINEST)
        self._axis = Axis(timeline, max(origin, plan.problem.fence), tick)
        self._latest: dict[Key, int] = {}
        self._reckon_back()

    def _before(self, center: str) -> tuple[str | None, int]:
        """Kind and end of what comes before the segment."""
        station, (first, _) = self._stations[center], self._segments[center]
        if first == 0:
            family = standing_kind(station, station.center.initial_family)
            return family, self._plan.problem.fence
        task = station.placed[first - 1]
        assert task.placed is not None
        return kind_of(task), task.placed.end

    def _reckon_back(self) -> None:
        """The latest start of each task outside that follows the window, in ticks."""
        following: dict[Key, Task] = {}
        for station in self._plan.stations:
            for one, two in zip(station.placed, station.placed[1:], strict=False):
                following[one.key] = two
        later = [
            task
            for station in self._plan.stations
            for task in station.placed
            if task.placed and task.placed.end > self._axis.origin
        ]
        later.sort(key=lambda task: (task.placed.start, task.placed.end) if task.placed else (0, 0))
        for task in reversed(later):
            if task.key not in self._in:
                self._latest[task.key] = self._latest_start(task, following.get(task.key))

    def _latest_start(self, task: Task, after: Task | None) -> int:
        placed = task.placed
        assert placed is not None
        now = self._axis.at(placed.start)
        if (task.after and task.after.key in self._in) or (after and after.key in self._in):
            return now
        setup = self._axis.length(placed.setup_us)
        run = self._axis.at(placed.end) - self._axis.at(placed.run_start)
        ends = self._latest_end(task)
        if after is not None:
            ends = min(ends, self._latest.get(after.key, FAR))
        return max(min(ends - run - setup, FAR), now)

    def _latest_end(self, task: Task) -> int:
        """By when a task's run must end for the sake of its order."""
        placed, order = task.placed, task.order
        assert placed is not None
        if task.after is None or not task.after.left:
            by = placed.end if order.due is None else max(order.due, placed.end)
            return self._axis.at(by) if order.weight else FAR
        following = task.after
        if following.placed is None or following.placed.center is None:
            return self._axis.at(placed.end)
        lag = lag_between(task, following, self._axis)
        distance = lag.between[str(placed.center), following.placed.center]
        behind = distance.to_setup(self._axis.length(following.placed.setup_us))
        run = self._axis.at(placed.end) - self._axis.at(placed.run_start)
        return self._latest.get(following.key, FAR) - behind + run

    def goals(self) -> tuple[Goal, ...]:
        last = [task for task in self._tasks if task.after is None]
        goals = goals_of(self._scenario, last, self._axis, self._end)
        return tuple(
            Goal(key=one.key, due=one.due, weight=one.weight * TARDINESS, steps=one.steps)
            for one in goals
        )

    def window(self, goals: tuple[Goal, ...]) -> Window:
        jobs = tuple(self._job(task) for task in self._tasks)
        horizon = self._axis.at(self._end)
        slack = max((job.latest for job in jobs if job.latest is not None), default=horizon)
        window = Window(
            jobs=jobs,
            posts=tuple(self._post(center) for center in self._segments),
            lags=tuple(self._lags()),
            horizon=max(horizon, min(slack, 2 * horizon)),
            goals=goals,
            setup_price=1,
        )
        return eased(window, self._tasks)

    def _job(self, task: Task) -> Job:
        placed = task.placed
        assert placed is not None
        ways = [
            way
            for way in ways_of(task, self._axis, self._earliest(task))
            if way.center in self._segments
        ]
        return Job(
            key=task.key,
            family=kind_of(task),
            ways=tuple(self._after_before(task, way) for way in ways),
            hint=(str(placed.center), self._axis.at(placed.start)),
            latest=self._job_latest(task),
        )

    def _earliest(self, task: Task) -> int:
        """From release, material and a lot's pitch; for pieces that come later it is as it is."""
        order, fence, placed = task.order, self._plan.problem.fence, task.placed
        assert placed is not None
        held, is_lot = task.operation.not_before, task.operation.lot_of is not None
        if (held is not None and not is_lot) or (task.before is None and order.material):
            return self._axis.at(placed.start)
        if task.before is not None and task.before.placed and not task.before.placed.center:
            return self._axis.at(placed.start)
        pitch = held if is_lot and held is not None else fence
        if task.before is None:
            begins = max(pitch, fence, order.release or fence, order.material_from or fence)
            return self._axis.at(begins)
        return self._axis.at(max(pitch, fence)) if is_lot else 0

    def _after_before(self, task: Task, way: Way) -> Way:
        """A way, no earlier than the operation before allows that stays as it is."""
        before = task.before
        if before is None or before.key in self._in or before.placed is None:
            return way
        if before.placed.center is None:
            return way
        lag = lag_between(before, task, self._axis)
        distance = lag.between[before.placed.center, way.center]
        begun = self._since(before.placed.run_start)
        return replace(
            way,
            earliest=max(way.earliest, begun + distance.setup, 0),
            run_from=max(begun + distance.run, 0),
        )

    def _since(self, moment: int) -> int:
        """The tick of a moment; below 0 before the axis begins."""
        axis, timeline = self._axis, self._axis.timeline
        if moment >= axis.origin:
            return axis.at(moment)
        return -((timeline.amount(axis.origin) - timeline.amount(moment)) // axis.tick)

    def _job_latest(self, task: Task) -> int | None:
        following = task.after
        if following is None or not following.left or following.key in self._in:
            return None
        ends = self._latest_end(task)
        return None if ends >= FAR // 2 else ends

    def _lags(self) -> Iterable[Lag]:
        for task in self._tasks:
            if task.before is not None and task.before.key in self._in:
                lag = lag_between(task.before, task, self._axis)
                known = {
                    pair: distance
                    for pair, distance in lag.between.items()
                    if pair[0] in self._segments and pair[1] in self._segments
                }
                yield Lag(first=lag.first, second=lag.second, between=known)

    def _post(self, center: str) -> Post:
        station: Station = self._stations[center]
        family, free_at = self._before(center)
        first, last = self._segments[center]
        around = station.placed[max(first - 1, 0) : last + 2]
        return Post(
            center=center,
            family=family,
            free_at=self._axis.at(free_at),
            setup=setups_of(station, (*self._tasks, *around), self._axis),
            after=self._what_follows(station, self._segments[center][1] + 1),
        )

    def _what_follows(self, station: Station, at: int) -> tuple[str, int] | None:
        if at >= len(station.placed):
            return None
        task = station.placed[at]
        assert task.placed is not None
        own = next(
            own_setup(task, one)
            for one in task.operation.alternatives
            if one.work_center == station.center.id
        )
        latest = self._latest.get(task.key, FAR)
        if latest >= FAR // 2:
            return None
        change = self._axis.length(task.placed.setup_us) - self._axis.length(own)
        return (kind_of(task), latest + max(change, 0))
