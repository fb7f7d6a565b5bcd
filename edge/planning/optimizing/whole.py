"""A small problem as one window: all that is to be planned, at once."""

from typing import Final

from edge.planning.optimizing.axis import Axis, axis_of, shared_timeline
from edge.planning.optimizing.easing import eased
from edge.planning.optimizing.kinds import kind_of, setups_of, standing_kind
from edge.planning.optimizing.lags import lag_between, ways_of
from edge.planning.optimizing.window import Goal, Job, Post, Window
from edge.planning.placing.solver import Plan, Station
from edge.planning.placing.tasks import Task
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Scenario

MOST_WHOLE: Final = {"makespan": 400, "weighted_tardiness": 40}  # operations; then windows
LONG_CLOSED: Final = 3_600_000_000  # shorter closed times count for nothing in lateness


def fits(plan: Plan) -> bool:
    """Whether the whole plan is small enough, and nothing in it is done outside."""
    left = [task for task in plan.tasks if task.left]
    outside = any(task.operation.lead_time_us is not None for task in left)
    most = MOST_WHOLE[plan.problem.scenario.objective]
    return bool(left) and len(left) <= most and not outside


def whole_window(plan: Plan, capacity: Capacity) -> Window:
    """The window of everything that is left, hinted with the plan as it stands."""
    problem = plan.problem
    timeline, _ = shared_timeline(problem.scenario, capacity)
    ends = [task.placed.end for task in plan.tasks if task.placed]
    axis = axis_of(problem, timeline, max(ends))
    left = [task for task in plan.tasks if task.left]
    horizon = max(axis.at(max(ends)), sum(_longest(task, axis) for task in left[:1]))
    window = Window(
        jobs=tuple(_job(task, axis, problem.fence) for task in left),
        posts=tuple(_post(station, left, axis) for station in plan.stations),
        lags=tuple(
            lag_between(task.before, task, axis)
            for task in left
            if task.before is not None and task.before.left
        ),
        horizon=horizon,
        goals=goals_of(plan.problem.scenario, left, axis, max(ends)),
        setup_price=0 if problem.scenario.objective == "makespan" else 1,
    )
    return eased(window, left)


def _longest(task: Task, axis: Axis) -> int:
    return max(way.length for way in ways_of(task, axis))


def _job(task: Task, axis: Axis, fence: int) -> Job:
    placed, order = task.placed, task.order
    assert placed is not None
    earliest = 0
    if task.before is None:
        earliest = axis.at(max(fence, order.release or fence, order.material_from or fence))
    if task.operation.lot_of is not None:
        earliest = max(earliest, axis.at(max(fence, task.operation.not_before or fence)))
    return Job(
        key=task.key,
        family=kind_of(task),
        ways=ways_of(task, axis, earliest),
        hint=(str(placed.center), axis.at(placed.start)),
    )


def _post(station: Station, left: list[Task], axis: Axis) -> Post:
    first = station.placed[0] if station.placed else None
    family = station.center.initial_family
    if first is not None and first.pinned:
        family = first.family
    return Post(
        center=station.center.id,
        family=standing_kind(station, family),
        free_at=0,
        setup=setups_of(station, left, axis),
    )


def goals_of(scenario: Scenario, tasks: list[Task], axis: Axis, last: int) -> tuple[Goal, ...]:
    """What the ends of the orders cost whose last operation is among the tasks."""
    if scenario.objective == "makespan":
        return ()
    return tuple(
        Goal(
            key=task.key,
            due=axis.at(order.due),
            weight=order.weight,
            steps=tuple(axis.steps(order.due, last, LONG_CLOSED)),
        )
        for task in tasks
        if task.after is None and (order := task.order).due is not None and order.weight
    )
