"""Make a plan better, or leave it: CP-SAT proposes, the planner places, the checker judges.

Whatever the constraint program says is only a sequence. It becomes a plan by the solver's
own rules, and takes the place of the one before only if it is better by the scenario's
objective and the independent checker finds nothing in it.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from random import Random
from typing import Final

from edge.planning.checking.check import check
from edge.planning.levels.originals import Originals
from edge.planning.optimizing.apart import Apart
from edge.planning.optimizing.cutting import cut, put_back
from edge.planning.optimizing.decoding import Sequences, decode
from edge.planning.optimizing.neighbours import around, late_orders
from edge.planning.optimizing.programs import Effort
from edge.planning.optimizing.value import Value, value_of
from edge.planning.optimizing.whole import fits, whole_window
from edge.planning.placing.solver import Plan
from edge.planning.placing.timeline import Capacity
from edge.planning.schedules.schedule import schedule_of

Progress = Callable[[int, Value], None]
Stop = Callable[[], bool]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How long to look: windows, and the work in each (the solver's own count, no clock).

    `patience`: so many windows in a row without a better plan, and it is over.
    `whole`: the work that is spent where all is one window. `seconds` bounds the clock
    beside it, for who asks for that; the plan then depends on the machine.
    """

    windows: int = 60
    patience: int = 15
    work: float = 1.0
    whole: float = 3.0
    seed: int = 0
    workers: int = 2
    seconds: float | None = None


DEFAULT: Final = Budget()


def improve(
    plan: Plan,
    capacity: Capacity,
    budget: Budget = DEFAULT,
    on_progress: Progress | None = None,
    stop: Stop | None = None,
) -> Plan:
    """The plan, or a better one that keeps every rule.

    `on_progress(windows tried, value)` is called after each window, `stop` is asked all the
    time; the plan that is returned is whole at any moment. Raises OptimizerMissing where the
    extra is not installed.
    """
    best = _Best(plan, capacity)
    with closing(Apart()) as apart:
        if fits(plan):
            effort = Effort(
                work=budget.whole, seed=budget.seed, workers=budget.workers, seconds=budget.seconds
            )
            found = apart.solved(whole_window(plan, capacity), effort, stop)
            if found is not None:
                best.offer(found)
            if on_progress:
                on_progress(1, best.value)
        elif plan.problem.scenario.objective == "weighted_tardiness":
            _windows(best, capacity, apart, budget, on_progress, stop)
    return best.plan


def _windows(
    best: "_Best",
    capacity: Capacity,
    apart: Apart,
    budget: Budget,
    on_progress: Progress | None,
    stop: Stop | None,
) -> None:
    """Window after window around late orders, the costlier ones more often."""
    dice = Random(budget.seed)
    effort = Effort(work=budget.work, seed=budget.seed, workers=budget.workers)
    found_at = 0
    for number in range(1, budget.windows + 1):
        late = late_orders(best.plan)
        if not late or (stop is not None and stop()) or number - found_at > budget.patience:
            return
        order = dice.choices([one for one, _ in late], [cost for _, cost in late])[0]
        segments = around(best.plan, order, dice)
        window = cut(best.plan, capacity, segments)
        if window is not None and (found := apart.solved(window, effort, stop)) is not None:
            better = best.offer(put_back(best.plan, segments, dict(found)))
            found_at = number if better else found_at
        if on_progress:
            on_progress(number, best.value)


class _Best:
    """The best plan so far."""

    def __init__(self, plan: Plan, capacity: Capacity) -> None:
        self.plan, self.value, self._capacity = plan, value_of(plan), capacity

    def offer(self, sequences: Sequences) -> bool:
        """Take sequences if their plan is better and sound; whether they were taken."""
        scenario = self.plan.problem.scenario
        plan = decode(scenario, self._capacity, sequences)
        if plan is None or value_of(plan) >= self.value or not self._sound(plan):
            return False
        self.plan, self.value = plan, value_of(plan)
        return True

    def _sound(self, plan: Plan) -> bool:
        return not check(Originals(plan).scenario, schedule_of(plan, 0))
