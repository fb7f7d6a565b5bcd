"""Sequences become a plan: each work center does its tasks in the order that it is told.

What an optimizer decides is who comes where and after whom. When, is the solver's own
business: set-ups, batches, calendars and work under way are placed by its rules, so that
a plan made here is one that it could have made.
"""

from collections.abc import Mapping

from edge.planning.model import Alternative, Scenario
from edge.planning.queues import Queue
from edge.planning.relaxing import NOTHING
from edge.planning.solver import Floor, Plan, Station
from edge.planning.tasks import Key, Task, problem_of
from edge.planning.timeline import Capacity
from edge.planning.underway import pin_running

Sequences = Mapping[str, tuple[Key, ...]]


def sequences_of(plan: Plan) -> Sequences:
    """Work center -> its operations in the order in which they are done."""
    return {
        station.center.id: tuple(task.key for task in station.placed) for station in plan.stations
    }


def decode(scenario: Scenario, capacity: Capacity, sequences: Sequences) -> Plan | None:
    """The plan that keeps the sequences; None if they wait for each other in a circle."""
    problem = problem_of(scenario, capacity, NOTHING)
    families = pin_running(problem, capacity)
    floor = _Told(problem, capacity, NOTHING, families)
    floor.tell(sequences)
    floor.run()
    tasks = tuple(task for chain in problem.chains.values() for task in chain)
    if any(task.left and task.placed is None for task in tasks):
        return None
    return Plan(problem, tasks, tuple(floor.stations.values()))


class _Turns(Queue):
    """Hands out a work center's tasks in the order that it was told, each once it is there."""

    def __init__(self, keys: tuple[Key, ...]) -> None:
        super().__init__({})
        self._keys, self._next = keys, 0
        self._there: dict[Key, Task] = {}

    def push(self, task: Task) -> None:
        self._there[task.key] = task

    def pop(self, family: str | None) -> Task | None:
        while self._next < len(self._keys):
            task = self._there.pop(self._keys[self._next], None)
            if task is None:
                return None
            self._next += 1
            if task.placed is None:
                return task
        return None

    def __bool__(self) -> bool:
        return self._next < len(self._keys) and self._keys[self._next] in self._there


class _Told(Floor):
    """A floor on which nobody chooses."""

    def tell(self, sequences: Sequences) -> None:
        self._at = {key: center for center, keys in sequences.items() for key in keys}
        for center, station in self.stations.items():
            station.queue = _Turns(sequences.get(center, ()))

    def _is_best(self, task: Task, station: Station, now: int) -> bool:
        return True

    def _offer(self, task: Task, alternative: Alternative, first: int) -> None:
        if self._at.get(task.key) == alternative.work_center:
            super()._offer(task, alternative, first)
