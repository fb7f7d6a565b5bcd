"""Public job shops and flexible job shops as scenarios, read from a folder beside the project.

A time unit is a second, each job an order of one piece, each machine a work center that is
always open; what is to be small is the makespan. Format: as in the collection
ScheduleOpt/benchmarks; `best_known.json` gives the bounds of each instance.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, Final

from bench.ratio import FOLDERS, Missing, Ratio
from edge.planning.optimizing.improving import Budget, improve
from edge.planning.optimizing.programs import installed
from edge.planning.optimizing.value import value_of
from edge.planning.placing.solver import make_plan
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse

# Name of the mean, how names of instances begin, promised mean of makespan / best known.
FAMILIES: Final = (("fjsp_", "flexible job shops", 1.03), ("jsp_", "job shops", 1.02))
CORES: Final = 2
START = "2026-06-08T00:00:00+00:00"
Way = tuple[int, int]  # machine from 0, time


@dataclass(frozen=True)
class Instance:
    """A problem with the makespan that is known to be possible."""

    name: str
    jobs: tuple[tuple[tuple[Way, ...], ...], ...]
    best: int

    def scenario(self) -> dict[str, Any]:
        """As `taktline.scenario/1`."""
        machines = {machine for job in self.jobs for step in job for machine, _ in step}
        return {
            "format": "taktline.scenario/1",
            "timezone": "UTC",
            "calendars": {"always": {"always": True}},
            "work_centers": [
                {"id": f"M{number}", "calendar": "always"} for number in sorted(machines)
            ],
            "plan_start": START,
            "orders": [_order(number, job) for number, job in enumerate(self.jobs)],
            "objective": "makespan",
        }


def instances(folder: Path) -> list[Instance]:
    """All instances of a folder that have a best known value, by name."""
    best = json.loads((folder / "best_known.json").read_text())
    return [
        Instance(path.stem, read(path), best[path.stem]["upper"])
        for path in sorted(folder.glob("*jsp_*.txt"))
        if path.stem in best
    ]


def read(path: Path) -> tuple[tuple[tuple[Way, ...], ...], ...]:
    """Job -> step -> (machine from 0, time) of each machine that can do it."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    rows = [[int(one) for one in line] for line in lines[1 : 1 + int(lines[0][0])]]
    return tuple(map(_flexible if path.stem.startswith("fjsp_") else _job, rows))


def _job(row: list[int]) -> tuple[tuple[Way, ...], ...]:
    return tuple(((machine, time),) for machine, time in zip(row[::2], row[1::2], strict=True))


def _flexible(row: list[int]) -> tuple[tuple[Way, ...], ...]:
    numbers = iter(row)
    return tuple(
        tuple((next(numbers) - 1, next(numbers)) for _ in range(next(numbers)))
        for _ in range(next(numbers))
    )


def _order(number: int, job: tuple[tuple[Way, ...], ...]) -> dict[str, Any]:
    return {
        "id": f"J{number:03}",
        "product": f"J{number:03}",
        "quantity": 1,
        "operations": [
            {
                "seq": 10 * (index + 1),
                "alternatives": [
                    {"work_center": f"M{machine}", "cycle_s": time} for machine, time in step
                ],
            }
            for index, step in enumerate(job)
        ],
    }


def run() -> Iterator[Ratio]:
    """Makespan beside the best known of each instance, then the mean gap of each kind.

    The search stops after a count of work that takes about 10 s of two cores; what it took
    of the processor is in the line, for on a busy machine the clock says nothing.
    """
    folder = FOLDERS.get("instances")
    if folder is None:
        raise Missing("the public instances are no part of the project: --instances FOLDER")
    if not installed():
        raise Missing("OR-Tools is not installed (extra `optimizer`)")
    gaps: dict[str, list[float]] = {prefix: [] for prefix, *_ in FAMILIES}
    for instance in instances(folder):
        line = _solve(instance)
        gaps[instance.name.partition("_")[0] + "_"].append(line.ratio)
        yield line
    for prefix, name, promised in FAMILIES:
        if gaps[prefix]:
            found = mean(gaps[prefix])
            yield Ratio(
                name=f"mean of {len(gaps[prefix])} {name}, beside the best known",
                ours=found,
                bare=1.0,
                unit="",
                target=promised,
                at_most=True,
            )


def _solve(instance: Instance) -> Ratio:
    scenario = parse(instance.scenario())
    capacity = Capacity(scenario)
    before = _cpu()
    plan = improve(make_plan(scenario, capacity), capacity, Budget(workers=CORES))
    spent = _cpu() - before
    return Ratio(
        name=f"makespan of {instance.name}, {spent:.0f} s of the processor, beside the best known",
        ours=value_of(plan)[0],
        bare=instance.best,
        unit="",
    )


def _cpu() -> float:
    """Seconds of the processor, of this process and of those that it has started and that ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
