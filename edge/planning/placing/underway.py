"""What stands on the work centers when planning begins: family, set-up, piece in work."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from edge.planning.placing.tasks import Key, Problem, Task
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.scenario.model import Block, Scenario


@dataclass(frozen=True)
class Standing:
    """What a work center is set up for: a family, and the operation whose lots find it set up,
    but for `setup_left`.
    """

    family: str | None
    lot_of: Key | None = None
    setup_left: int = 0


@dataclass(frozen=True)
class _Seen:
    """An operation that the previous plan began on a work center before the fence.

    `setups` are all its set-up blocks, `run` the last block of its run that began before the
    fence (the first one if none did), `later` the pieces of those after it.
    """

    start: int
    index: int
    key: Key
    setups: tuple[Block, ...] = ()
    run: Block | None = None
    later: int = 0


def pin_running(problem: Problem, capacity: Capacity) -> Mapping[str, Standing]:
    """Pin the tasks that are under way; returns what each work center is set up for.

    What is under way: what the actuals say runs there; else the last operation that
    the previous plan began there and that has made pieces or is exactly as planned;
    else, where nothing was planned, an operation with pieces that can run nowhere else.
    """
    scenario = problem.scenario
    tasks = {task.key: task for chain in problem.chains.values() for task in chain}
    _returned(scenario, tasks)
    said = {one.running_on: one for one in scenario.actuals if one.running_on and not one.ended}
    running = {tasks[one.order, one.seq].operation.lot_of for one in said.values()}
    seen = _seen(problem, capacity)
    standing: dict[str, Standing] = {}
    for center in scenario.work_centers:
        standing[center.id] = Standing(center.initial_family)
        timeline = capacity.timeline(center)
        if actual := said.get(center.id):
            task = tasks[actual.order, actual.seq]
            task.setup_left = actual.setup_left_us
            standing[center.id] = _pin(task, center.id)
        elif center.id in seen:
            if last := _pin_last(seen[center.id], tasks, timeline, problem.fence, center.id):
                is_elsewhere = last.lot_of is not None and last.lot_of in running
                standing[center.id] = Standing(last.family) if is_elsewhere else last
        elif task_there := _only_here(tasks.values(), center.id):
            standing[center.id] = _pin(task_there, center.id)
    return standing


def _pin(task: Task, center: str) -> Standing:
    if task.left and any(one.work_center == center for one in task.operation.alternatives):
        task.pinned = center
    return Standing(task.family, task.operation.lot_of, task.setup_left)


def _seen(problem: Problem, capacity: Capacity) -> Mapping[str, list[_Seen]]:
    """By work center, what the previous plans began before the fence, the latest first.

    What was begun stands in a block that starts before the fence, or, if closed time
    has come between, in an hour before it and a block after it; or it has pieces, and nothing
    can be worked between the fence and its block (a lot that is to come has none yet).
    """
    scenario, fence = problem.scenario, problem.fence
    used = {task.key for chain in problem.chains.values() for task in chain if task.used}
    centers = {one.id: one for one in scenario.work_centers}
    found: dict[str, list[_Seen]] = defaultdict(list)
    rows = {
        (row.work_center, row.order, row.seq): (row.hour, index)
        for index, row in enumerate(problem.kept)
    }
    for index, (setups, runs) in enumerate(_by_operation(scenario)):
        run, center = runs[0], runs[0].work_center
        if center is None:
            continue
        row = rows.pop((center, *_key(run)), None)
        start = setups[0].start if setups else run.start
        begun = [one for one in runs if one.start < fence]
        later = sum(one.quantity for one in runs[max(len(begun), 1) :])
        sight = _Seen(start, index, _key(run), setups, begun[-1] if begun else run, later)
        if start < fence:
            found[center].append(sight)
        elif row:
            found[center].append(replace(sight, start=row[0], index=row[1]))
        elif run.lot is None and _key(run) in used and center in centers:
            timeline = capacity.timeline(centers[center])
            if timeline.amount(start) == timeline.amount(fence):
                found[center].append(sight)
    for (center, order, seq), (hour, index) in rows.items():
        found[center].append(_Seen(hour, index, (order, seq)))
    return {
        center: sorted(sights, key=lambda one: (one.start, one.index), reverse=True)
        for center, sights in found.items()
    }


def _by_operation(scenario: Scenario) -> list[tuple[tuple[Block, ...], list[Block]]]:
    """The previous plan's set-up and run blocks of each operation and lot, as they come."""
    setups: dict[tuple[object, ...], list[Block]] = defaultdict(list)
    runs: dict[tuple[object, ...], list[Block]] = {}
    for block in scenario.previous_blocks:
        key = (block.order, block.seq, block.lot, block.work_center)
        if block.kind == "setup":
            setups[key].append(block)
        elif block.kind == "run":
            runs.setdefault(key, []).append(block)
    return [
        (
            tuple(sorted(setups[key], key=lambda one: one.start)),
            sorted(blocks, key=lambda one: one.start),
        )
        for key, blocks in runs.items()
    ]


def _key(block: Block) -> Key:
    return (block.order, block.seq)


def _pin_last(
    sights: list[_Seen],
    tasks: Mapping[Key, Task],
    timeline: Timeline,
    fence: int,
    center: str,
) -> Standing | None:
    for sight in sights:
        task = tasks.get(sight.key)
        if task is None:
            continue
        exact = _as_planned(sight, task, timeline, fence)
        if exact is None and not task.used:
            continue
        task.setup_left, behind = exact or (0, Fraction(0))
        task.credit_us = behind if _has_its_piece(task) else Fraction(0)
        return _pin(task, center)
    return None


def _as_planned(
    sight: _Seen, task: Task, timeline: Timeline, fence: int
) -> tuple[int, Fraction] | None:
    """Set-up left and credit at the fence, if the counts are those of the previous plan."""
    run = sight.run
    if run is None or not task.left:
        return None
    cycles = {one.work_center: one.cycle_us for one in task.operation.alternatives}
    cycle = cycles.get(str(run.work_center))
    if cycle is None:
        return None
    until = min(fence, max(run.end, run.start))
    worked = max(timeline.amount(until) - timeline.amount(run.start), 0)
    credit = run.credit * 1_000_000
    made = min(run.quantity, floor((worked + credit) / cycle))
    if run.quantity - made + sight.later != task.left:
        return None
    amount = timeline.amount
    left = sum(
        amount(one.end) - amount(max(one.start, fence)) for one in sight.setups if one.end > fence
    )
    behind = worked + credit - made * cycle if worked else credit
    return left, behind if behind >= 1 or not sight.later else Fraction(0)


def _returned(scenario: Scenario, tasks: Mapping[Key, Task]) -> None:
    """When finished operations were finished, as far as the previous plan says; and when all
    that is left of a step outside is back, if all of it has gone out.
    """
    for block in scenario.previous_blocks:
        task = tasks.get(_key(block))
        if task is None or block.kind != "run":
            continue
        sent = block.work_center is None and block.start < scenario.begin
        if not task.left or (sent and _gone_out(task, block) >= task.left):
            task.done_at = block.end


def _gone_out(task: Task, block: Block) -> int:
    """Pieces of a step outside that went out with a block of the plan before and are not back:
    at most what the step before has passed on by now.
    """
    gone, before = block.used + block.quantity, task.before
    if before is None:
        return gone - task.used
    size = before.batch or max(before.out, 1)
    passed = before.good // size * size if before.left else before.good
    return min(gone, passed) - task.used


def _has_its_piece(task: Task) -> bool:
    """Whether the next piece of a task can be in work at the fence: the batch that it comes in was
    passed on by then. Frozen hours may say more than there were pieces for.
    """
    before = task.before
    if before is None:
        return True
    out = max(before.out, 1)
    size = min(before.batch or out, out)
    return before.good >= min((min(task.used, out - 1) // size + 1) * size, out)


def _only_here(tasks: Iterable[Task], center: str) -> Task | None:
    """The first task with pieces made that can run on this work center alone."""
    for task in tasks:
        if not (task.used and task.left):
            continue  # asked first: it holds for few tasks, and each work center asks all
        if [one.work_center for one in task.operation.alternatives] == [center]:
            return task
    return None
