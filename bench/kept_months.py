"""The generated months: a search beside one pass by a rule, and the best values that are known.

    python -m bench.kept_months [NAME ...] [--seed N] [--changes N] [--windows N]

looks for better plans of the months named (all), each from the best rule by a search of so
many changes and then by so many windows of CP-SAT, and keeps what is better in
`months.json`: weighted tardiness and set-up in seconds, and how they were found. A plan is
kept only if the independent checker finds nothing in it.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, Final

from bench.months import MONTHS, Month
from bench.ratio import Ratio
from edge.planning.checking.check import check
from edge.planning.optimizing.improving import Budget, improve
from edge.planning.optimizing.programs import installed
from edge.planning.placing.solver import BY_DUE, Plan, Solver, rules, sweep
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse
from edge.planning.schedules.schedule import schedule_of

KEPT: Final = Path(__file__).with_name("months.json")
CHANGES: Final = 120_000  # of the effort `normal` for 1,200 operations
Value = tuple[int, int]
# Kind, promised share of one ATC pass, and of a plan by due date.
PROMISED: Final = (("loaded", False, 0.6, 0.1), ("overloaded", True, 0.75, 0.2))


@dataclass(frozen=True)
class Compared:
    """Weighted tardiness (seconds) of a month by each way."""

    by_due: int
    by_cost: int
    searched: int


def kept() -> dict[str, Any]:
    """Month -> {weighted_tardiness_s, setup_s, by}."""
    found: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return found


def compare(month: Month, changes: int = CHANGES, seed: int = 0) -> Compared:
    """A plan by due date, one by a single pass of apparent tardiness cost, and one searched."""
    scenario = parse(month.scenario())
    solver = Solver(scenario, Capacity(scenario))
    by_due = solver.dispatch(BY_DUE)[0]
    by_cost = solver.dispatch(rules(solver)[0])[0]
    return Compared(by_due, by_cost, _search(solver, changes, seed)[0])


def _search(solver: Solver, changes: int, seed: int) -> Value:
    """From the best rule on; the solver is left at the best plan."""
    sweep(solver)
    solver.kernel.begin(seed)
    solver.kernel.search(changes)
    solver.kernel.recall()
    return solver.cost


def run() -> Iterator[Ratio]:
    """Each month searched beside the best known, then the means that are promised."""
    best, found = kept(), {month: compare(month) for month in MONTHS}
    for month, one in found.items():
        if month.name in best:
            yield Ratio(
                name=f"month {month.name}, {CHANGES:,} changes, beside the best known",
                ours=one.searched / 3600,
                bare=max(best[month.name]["weighted_tardiness_s"], 1) / 3600,
                unit="h late",
            )
    for kind, overloaded, of_cost, of_due in PROMISED:
        group = [one for month, one in found.items() if month.overloaded is overloaded]
        for name, promised, ratios in (
            ("one ATC pass", of_cost, [one.searched / max(one.by_cost, 1) for one in group]),
            ("due date", of_due, [one.searched / max(one.by_due, 1) for one in group]),
        ):
            yield Ratio(
                name=f"mean of {len(group)} {kind} months, searched beside {name}",
                ours=mean(ratios),
                bare=1.0,
                unit="",
                target=promised,
                at_most=True,
            )


def better(month: Month, seed: int, changes: int, windows: int) -> tuple[Value, str] | None:
    """A sound plan that is better than the best known, and how it was found."""
    scenario = parse(month.scenario())
    capacity = Capacity(scenario)
    solver = Solver(scenario, capacity)
    _search(solver, changes, seed)
    plan, way = solver.plan(), f"{changes:,} changes, seed {seed}"
    if windows and installed():
        plan = improve(plan, capacity, Budget(windows=windows, work=0.3, seed=seed))
        way += f", {windows} windows"
    value, known = _value(plan), kept().get(month.name)
    if known and value >= (known["weighted_tardiness_s"], known["setup_s"]):
        return None
    wrong = check(scenario, schedule_of(plan, capacity, seed, why=False))
    if wrong:
        raise ValueError(f"the plan of {month.name} is wrong: {wrong[0]}")
    return value, way


def _value(plan: Plan) -> Value:
    late = 0
    for order in plan.problem.scenario.orders:
        end = plan.completion(order.id) or 0
        late += order.weight * -(-max(end - (order.due or 0), 0) // 1_000_000)
    setup = sum(task.placed.setup_us for task in plan.tasks if task.placed)
    return late, -(-setup // 1_000_000)


def main(arguments: list[str]) -> None:
    parser = ArgumentParser(prog="python -m bench.kept_months")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--changes", type=int, default=CHANGES)
    parser.add_argument("--windows", type=int, default=0)
    asked = parser.parse_args(arguments)
    for month in MONTHS:
        if asked.names and month.name not in asked.names:
            continue
        found = better(month, asked.seed, asked.changes, asked.windows)
        print(f"{month.name}: {found or 'nothing better'}", flush=True)
        if found:
            (late, setup), way = found
            row = {"weighted_tardiness_s": late, "setup_s": setup, "by": way}
            rows = {**kept(), month.name: row}
            KEPT.write_text(json.dumps(dict(sorted(rows.items())), indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
