"""One axis of working time for many work centers, in whole ticks.

Where all share a calendar, work takes the same ticks whenever it is done, and what is
closed (nights, breaks) is no longer there. Work centers with closures of their own are
put on the axis of most of them: what is planned there is then an estimate, and the
solver that places it in real time has the last word.
"""

from collections import Counter
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from math import gcd
from typing import Final

from edge.domain.clock import MICROS
from edge.planning.placing.tasks import Problem
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.scenario.model import Scenario

FINEST: Final = 1_000_000  # ticks of an axis; more make a program slow and no better


@dataclass(frozen=True)
class Axis:
    """Ticks of `tick` microseconds of working time since `origin`."""

    timeline: Timeline
    origin: int
    tick: int

    def at(self, moment: int) -> int:
        """The first tick that does not lie before a moment; 0 for all before the origin."""
        worked = self.timeline.amount(max(moment, self.origin)) - self.timeline.amount(self.origin)
        return self.length(worked)

    def length(self, work: int) -> int:
        """Ticks in which so many microseconds of work are done."""
        return -(-work // self.tick)

    def steps(self, first: int, last: int, least: int) -> list[tuple[int, int]]:
        """(tick, ticks of the clock that pass there without work) between two moments."""
        found, edges = [], self.timeline.borders(first, last)
        spans = pairwise(edges)
        for left, right in spans:
            worked = self.timeline.amount(right) - self.timeline.amount(left)
            if not worked and right - left >= least:
                found.append((self.at(left), (right - left) // self.tick))
        return found


def shared_timeline(scenario: Scenario, capacity: Capacity) -> tuple[Timeline, bool]:
    """The working time of most work centers, and whether it is that of all."""
    times = [capacity.timeline(center) for center in scenario.work_centers]
    counted = Counter(map(id, times))
    best = max(times, key=lambda one: counted[id(one)])
    return best, len(counted) == 1


def exact_tick(problem: Problem, *, pieces: bool = False) -> int:
    """The longest tick in which all set-ups and runs are whole; with `pieces` each piece too."""
    works = [MICROS]
    for chain in problem.chains.values():
        for task in chain:
            for way in task.operation.alternatives:
                run = task.left * way.cycle_us - task.credit_us
                works += [int(run) if run.denominator == 1 else 1, way.setup_us]
                if pieces and (task.batch or task.left) < task.left:
                    works.append(way.cycle_us.numerator // way.cycle_us.denominator or 1)
    for center in problem.scenario.work_centers:
        works += [one for row in center.setup_matrix_us.values() for one in row.values()]
    return max(reduce(gcd, works), 1)


def axis_of(problem: Problem, timeline: Timeline, last: int) -> Axis:
    """An axis from the fence on that is exact, or as fine as is of use up to `last`."""
    length = timeline.amount(last) - timeline.amount(problem.fence)
    return Axis(timeline, problem.fence, max(exact_tick(problem), -(-length // FINEST)))
