"""What ties tasks: the people that they need, and limits of what waits before them."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from edge.domain.intervals import Interval, intersect, union
from edge.planning.placing.lines import Lines
from edge.planning.placing.relaxing import Relaxation
from edge.planning.placing.tasks import Key, Task
from edge.planning.scenario.crosschecks_flow import each_has_one, within_gap
from edge.planning.scenario.model import Person, Scenario

Chains = Sequence[Sequence[Task]]

BY_MEMBER: Final = (
    *("g_task", "g_alt", "g_line", "g_at", "g_setup", "g_made", "g_have", "g_open", "g_set"),
    *("g_unit", "g_piece", "g_staffed", "g_start", "g_first", "g_passed", "g_segment"),
    *("g_person", "g_until"),
)


def tied_fields(
    scenario: Scenario, chains: Chains, lines: Lines, relaxed: Relaxation
) -> dict[str, Any]:
    """The kernel's lists of people and limits, and the room in which groups are placed."""
    tasks, people = [task for chain in chains for task in chain], scenario.people
    able = [_able(task, people) for task in tasks]
    off, who = [0], list[int]()
    for one in able:
        who += one
        off.append(len(who))
    bound_by = _bound_by(chains, relaxed)
    members = max((len(chain) for chain in chains), default=0)
    operations = [task.operation for task in tasks]
    return {
        "tied": int(bool(who) or any(bound_by)),
        "people": len(people) if who else 0,
        "p_tl": [lines.number_of(lines.of_person(one)) for one in (people if who else ())],
        "p_skills": [len(one.skills) for one in people],
        "q_off": off,
        "q_who": who,
        "wip": [-1 if one.wip_limit is None else one.wip_limit for one in operations],
        "most": [-1 if one.max_gap_us is None else one.max_gap_us for one in operations],
        "bound_by": bound_by,
        "barred": _barred(tasks, bound_by, _Meetings(scenario, lines)),
        "parts": [0] * len(tasks),
        "waits": [0] * len(tasks),
        "bias": [0.0] * len(tasks),
        "members": members,
        **{name: [0] * members for name in BY_MEMBER},
    }


def _able(task: Task, people: Sequence[Person]) -> list[int]:
    """Who has all the skills that a task asks for; nobody where it asks nobody."""
    operation = task.operation
    if not operation.skills or not people or not task.left or operation.lead_time_us is not None:
        return []
    wanted = {*operation.skills}
    return [index for index, one in enumerate(people) if wanted <= {*one.skills}]


def _bound_by(chains: Chains, relaxed: Relaxation) -> list[int]:
    """Whether each task is bound to the step before it: by a limit that can be kept."""
    found: list[int] = []
    for chain in chains:
        lifted = chain[0].order.id in relaxed.precedence if chain else False
        bound = [int(not lifted and _is_limited(task)) for task in chain]
        for index in range(len(chain)):
            if bound[index] and not _have_their_own(_group(chain, bound, index)):
                bound[index] = 0
        found += bound
    return found


def _barred(tasks: Sequence[Task], bound_by: Sequence[int], met: "_Meetings") -> list[int]:
    """Alternatives, of all tasks in a row, with which a group could not be placed: another one
    is left without a work center, or theirs are never open within the longest gap.
    """
    if not any(bound_by):
        return [0] * sum(len(task.operation.alternatives) for task in tasks)
    found: list[int] = []
    first = 0
    while first < len(tasks):
        last = first
        while last + 1 < len(bound_by) and bound_by[last + 1]:
            last += 1
        found += _barred_in(tasks[first : last + 1], met)
        first = last + 1
    return found


def _barred_in(group: Sequence[Task], met: "_Meetings") -> Iterator[int]:
    """Of one group. Where too little is left within the longest gaps, those bar nothing."""
    for before, after in pairwise(group):
        if after.operation.max_gap_us is not None:
            met.bar(before, after)
    ways = [[one for one in _ways(task) if one not in met.of(task)] for task in group]
    if not each_has_one(ways):
        ways = [_ways(task) for task in group]
    for index, task in enumerate(group):
        for one in task.operation.alternatives:
            center = one.work_center
            others = [[center] if at == index else way for at, way in enumerate(ways)]
            yield int(len(group) > 1 and (center not in ways[index] or not each_has_one(others)))


class _Meetings:
    """Where pieces of one work center can be begun on another before a longest gap is over."""

    def __init__(self, scenario: Scenario, lines: Lines) -> None:
        self._people, self._lines = scenario.people, lines
        self._centers = {one.id: one for one in scenario.work_centers}
        self.barred: dict[Key, set[str]] = {}

    def of(self, task: Task) -> Collection[str]:
        """The work centers that a task is not to use."""
        return self.barred.get(task.key, ())

    def bar(self, before: Task, after: Task) -> None:
        """Leave only work centers of the two that all go with each other, if some do."""
        gap = after.operation.max_gap_us or 0
        taken = self.barred.get(before.key, set())
        pairs = {
            one: [
                two
                for two in _ways(after)
                if one != two and within_gap(self._open(before, one), self._open(after, two), gap)
            ]
            for one in _ways(before)
            if one not in taken
        }
        most = max(pairs, key=lambda one: len(pairs[one]), default=None)
        if (
            most is None
            or not pairs[most]
            or all(len(found) == len(set(_ways(after)) - {one}) for one, found in pairs.items())
        ):
            return
        self.barred.setdefault(before.key, set()).update(set(_ways(before)) - {most})
        self.barred.setdefault(after.key, set()).update(set(_ways(after)) - set(pairs[most]))

    def _open(self, task: Task, center: str) -> Sequence[Interval]:
        """When a work center is open and somebody can be with the task."""
        line = self._lines.of_center(self._centers[center])
        able = [
            self._lines.of_person(self._people[one]).working for one in _able(task, self._people)
        ]
        if not able:
            return line.working
        return intersect(line.working, union([one for working in able for one in working]))


def _is_limited(task: Task) -> bool:
    before, operation = task.before, task.operation
    if before is None or (operation.wip_limit is None and operation.max_gap_us is None):
        return False
    most = before.out - task.used
    if operation.max_gap_us is None and (operation.wip_limit or 0) >= most:
        return False
    inside = operation.lead_time_us is None
    return bool(inside and before.operation.lead_time_us is None and before.left and task.left)


def _group(chain: Sequence[Task], bound: Sequence[int], last: int) -> list[Task]:
    """The tasks from the group's first one up to `last`."""
    first = last
    while first and bound[first]:
        first -= 1
    return list(chain[first : last + 1])


def _have_their_own(tasks: Sequence[Task]) -> bool:
    """Whether each can be on a work center where none of the others is."""
    return each_has_one([_ways(task) for task in tasks])


def _ways(task: Task) -> list[str]:
    """The work centers where a task can be."""
    if task.pinned:
        return [task.pinned]
    return [one.work_center for one in task.operation.alternatives]
