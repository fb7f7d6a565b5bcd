"""How costs are taken: in interleaved rounds, as medians, CPU seconds beside wall seconds.

Other work on the machine then falls on all sides alike, and CPU seconds say what a side
costs even when it had to wait for its turn.
"""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from statistics import median

from edge.domain.clock import SystemClock

CLOCK = SystemClock()
Work = Callable[[], None]
Side = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Cost:
    """Seconds of one piece of work: on the wall, and of the processor."""

    wall: float
    cpu: float


def steady(work: Work) -> Side:
    """A side whose work needs nothing made before each round."""

    @contextmanager
    def made() -> Iterator[Work]:
        yield work

    return made


def interleaved(
    sides: Mapping[str, Side], rounds: int, cpu: Callable[[], float] = time.process_time
) -> dict[str, Cost]:
    """Median cost of each side, after a round that does not count.

    Each round runs all sides, every other round in the opposite order; what a side makes
    before and tidies up after its work is not counted. `cpu` tells the CPU seconds so far
    of the process that is measured (default: this one).
    """
    taken: dict[str, list[Cost]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        names = list(sides) if number % 2 else list(sides)[::-1]
        for name in names:
            with sides[name]() as work:
                taken[name].append(_cost(work, cpu))
    return {name: _median(costs[1:]) for name, costs in taken.items()}


def _cost(work: Work, cpu: Callable[[], float]) -> Cost:
    gc.collect()
    wall, spent = CLOCK.monotonic(), cpu()
    work()
    return Cost(CLOCK.monotonic() - wall, cpu() - spent)


def _median(costs: list[Cost]) -> Cost:
    return Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))
