"""The generated months: a search beside one pass by a rule, and the best values that are known.

    python -m bench.kept_months [NAME ...] [--effort normal|high] [--seed N]

looks for better plans of the months named (all) by an effort of the planner, and keeps what
is better in `months.json`: weighted tardiness and set-up in seconds, and how they were
found. A plan is kept only if the independent checker finds nothing in it.
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
from edge.planning.efforts import Effort, Search, plan_with
from edge.planning.optimizing.value import Value, value_of
from edge.planning.placing.solver import BY_DUE, Solver, rules
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse
from edge.planning.schedules.schedule import schedule_of

KEPT: Final = Path(__file__).with_name("months.json")
# Kind, promised share of one ATC pass, and of a plan by due date.
PROMISED: Final = (("loaded", False, 0.6, 0.1), ("overloaded", True, 0.75, 0.2))


@dataclass(frozen=True)
class Compared:
    """Weighted tardiness (seconds) of a month by each way."""

    by_due: int
    by_due_and_setup: int
    by_cost: int
    searched: int


def kept() -> dict[str, Any]:
    """Month -> {weighted_tardiness_s, setup_s, by}."""
    found: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return found


def compare(month: Month) -> Compared:
    """A plan by due date, two by single passes of better rules, and one by the effort `normal`."""
    scenario = parse(month.scenario())
    capacity = Capacity(scenario)
    solver = Solver(scenario, capacity)
    by_due_and_setup = solver.dispatch(BY_DUE)[0]
    by_cost = solver.dispatch(rules(solver)[0])[0]
    searched = value_of(plan_with(scenario, capacity, Search(effort=Effort.NORMAL)))[0]
    return Compared(by_due_alone(solver), by_due_and_setup, by_cost, searched)


def by_due_alone(solver: Solver) -> int:
    """Weighted tardiness of the textbook's rule: earliest due date first, then by order id.

    Ours (`BY_DUE`) takes the least set-up first among orders that are due together.
    """
    kernel = solver.kernel
    line = sorted(range(kernel.tasks), key=lambda one: (kernel.due[kernel.order[one]], one))
    for place, one in enumerate(line):
        kernel.rank[one] = kernel.group[one] = place
        kernel.by_rank[place] = one
    return solver.dispatch(BY_DUE)[0]


def run() -> Iterator[Ratio]:
    """Each month searched beside the best known, then the means that are promised."""
    best, found = kept(), {month: compare(month) for month in MONTHS}
    for month, one in found.items():
        if month.name in best:
            yield Ratio(
                name=f"month {month.name}, effort normal, beside the best known",
                ours=one.searched / 3600,
                bare=max(best[month.name]["weighted_tardiness_s"], 1) / 3600,
                unit="h late",
            )
    for kind, overloaded, of_cost, of_due in PROMISED:
        group = [one for month, one in found.items() if month.overloaded is overloaded]
        for name, promised, ratios in (
            ("one ATC pass", of_cost, [one.searched / max(one.by_cost, 1) for one in group]),
            ("due date", of_due, [one.searched / max(one.by_due, 1) for one in group]),
            (
                "due date and set-up",
                of_due,
                [one.searched / max(one.by_due_and_setup, 1) for one in group],
            ),
        ):
            yield Ratio(
                name=f"mean of {len(group)} {kind} months, searched beside {name}",
                ours=mean(ratios),
                bare=1.0,
                unit="",
                target=promised,
                at_most=True,
            )


def better(month: Month, effort: Effort, seed: int) -> Value | None:
    """The value of a sound plan that is better than the best known; None: there is none."""
    scenario = parse(month.scenario())
    capacity = Capacity(scenario)
    plan = plan_with(scenario, capacity, Search(effort=effort, seed=seed))
    value, known = value_of(plan), kept().get(month.name)
    if known and value >= (known["weighted_tardiness_s"], known["setup_s"]):
        return None
    wrong = check(scenario, schedule_of(plan, seed))
    if wrong:
        raise ValueError(f"the plan of {month.name} is wrong: {wrong[0]}")
    return value


def main(arguments: list[str]) -> None:
    parser = ArgumentParser(prog="python -m bench.kept_months")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--effort", type=Effort, default=Effort.NORMAL)
    asked = parser.parse_args(arguments)
    for month in MONTHS:
        if asked.names and month.name not in asked.names:
            continue
        found = better(month, asked.effort, asked.seed)
        print(f"{month.name}: {found or 'nothing better'}", flush=True)
        if found:
            by = f"effort {asked.effort}, seed {asked.seed}"
            row = {"weighted_tardiness_s": found[0], "setup_s": found[1], "by": by}
            rows = {**kept(), month.name: row}
            KEPT.write_text(json.dumps(dict(sorted(rows.items())), indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
