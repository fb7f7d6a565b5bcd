"""The rows of a schedule: blocks, and the hours of all work centers in the order of work."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from edge.domain.clock import MICROS
from edge.planning.hours import HourCutter
from edge.planning.labels import Labels
from edge.planning.solver import Plan
from edge.planning.tasks import Placement, Task
from edge.planning.writing import iso, row_json

Json = dict[str, Any]
Placed = tuple[Task, Placement]
BLOCK_ORDER = itemgetter(0, 1, 2, 3, 4)


@contextmanager
def unswept() -> Iterator[None]:
    """Without the collector of cycles: rows are made by the hundred thousand, and have none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def block_rows(plan: Plan) -> list[Json]:
    """Set-up and run of each task, in the order of time."""
    zone = plan.problem.scenario.zone
    found: list[tuple[int, int, str, str, int, Json]] = []
    for task in plan.tasks:
        placed = task.placed
        if placed is None:
            continue
        center, order, seq = placed.center or "", task.order.id, task.operation.seq
        if placed.setup_us:
            start, end = placed.start, placed.setup_end
            row = _block(task, placed, "setup", start, end, zone)
            found.append((start, end, center, order, seq, row))
        row = _block(task, placed, "run", placed.run_start, placed.end, zone)
        credit = placed.credit_us
        row["quantity"] = task.left
        row["credit_s"] = str(Fraction(credit, MICROS)) if credit else "0"
        row["used"] = task.used
        found.append((placed.run_start, placed.end, center, order, seq, row))
    found.sort(key=BLOCK_ORDER)
    return [one[5] for one in found]


def _block(task: Task, placed: Placement, kind: str, start: int, end: int, zone: ZoneInfo) -> Json:
    return {
        "order": task.order.id,
        "seq": task.operation.seq,
        "work_center": placed.center,
        "kind": kind,
        "start": iso(start, zone),
        "end": iso(end, zone),
    }


def hour_rows(plan: Plan) -> list[Json]:
    """Kept hours as they were, then the new ones in the order in which they are worked."""
    labels, cutter = Labels(plan.problem.scenario.zone), HourCutter()
    by_hour: defaultdict[int, list[Json]] = defaultdict(list)
    for center, placed in _by_center(plan):
        for task, _ in placed:
            order, seq = task.order.id, task.operation.seq
            for hour, quantity, setup_s in cutter.cuts(task):
                written, label = labels.both(hour)
                by_hour[hour].append(
                    {
                        "order": order,
                        "seq": seq,
                        "work_center": center,
                        "hour": written,
                        "label": label,
                        "quantity": quantity,
                        "setup_s": setup_s,
                        "frozen": False,
                    }
                )
    kept = [row_json(row, frozen=True) for row in plan.problem.kept]
    return kept + [row for hour in sorted(by_hour) for row in by_hour[hour]]


def _by_center(plan: Plan) -> list[tuple[str, list[Placed]]]:
    """Placed tasks of each work center by their start; work centers by their id."""
    found: dict[str, list[Placed]] = {}
    for task in plan.tasks:
        placed = task.placed
        if placed is not None and placed.center is not None:
            found.setdefault(placed.center, []).append((task, placed))
    for tasks in found.values():
        tasks.sort(key=lambda one: one[1].start)
    return sorted(found.items())
