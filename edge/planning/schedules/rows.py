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
from edge.planning.placing.solver import Plan
from edge.planning.placing.tasks import Placement, Stretch, Task
from edge.planning.placing.unchecked import spread
from edge.planning.scenario.writing import iso, row_json
from edge.planning.schedules.hours import HourCutter
from edge.planning.schedules.labels import Labels

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
    zone, used = plan.problem.scenario.zone, _used(plan)
    found: list[tuple[int, int, str, str, int, Json]] = []
    for task in plan.tasks:
        placed = task.placed
        if placed is None:
            continue
        center, order, seq = _center(task, placed) or "", task.order.id, task.operation.seq
        before = used.get(id(task), task.used)
        for part in placed.parts(task.left):
            row = _block(task, placed, part, zone)
            if not part.is_setup:
                row["quantity"] = part.quantity
                row["credit_s"] = str(Fraction(part.credit_us, MICROS)) if part.credit_us else "0"
                row["used"] = before
                before += part.quantity
                if task.operation.unchecked:
                    row["unchecked"] = True
            found.append((part.start, part.end, center, order, seq, row))
    found.sort(key=BLOCK_ORDER)
    return [one[5] for one in found]


def _block(task: Task, placed: Placement, part: Stretch, zone: ZoneInfo) -> Json:
    order = task.order
    row: Json = {
        "order": order.lot_of or order.id,
        "seq": task.operation.seq,
        "work_center": _center(task, placed),
        "kind": "setup" if part.is_setup else "run",
        "start": iso(part.start, zone),
        "end": iso(part.end, zone),
    }
    if part.person is not None:
        row["person"] = part.person
    if order.lot_of is not None:
        row["lot"] = order.lot
    return row


def _center(task: Task, placed: Placement) -> str | None:
    """Where it is done; what is unchecked holds no work center, and is done on one."""
    return task.operation.unchecked[0].work_center if task.operation.unchecked else placed.center


def _used(plan: Plan) -> dict[int, int]:
    """Of the tasks of lots the pieces of their operation that came before."""
    chains = plan.problem.chains
    lots = [one for one in plan.problem.scenario.orders if one.lot_of is not None]
    count: dict[tuple[str, int], int] = {}
    found: dict[int, int] = {}
    for lot in sorted(lots, key=lambda one: (one.lot_of or "", one.lot)):
        whole = {task.operation.seq: task.used for task in chains[lot.lot_of or ""]}
        for task in chains[lot.id]:
            key = (lot.lot_of or "", task.operation.seq)
            count.setdefault(key, whole[task.operation.seq])
            found[id(task)] = count[key]
            count[key] += task.left
    return found


def hour_rows(plan: Plan) -> list[Json]:
    """Kept hours as they were, then the new ones in the order in which they are worked."""
    rows, cutter = _Rows(plan.problem.scenario.zone), HourCutter()
    for center, placed in _by_center(plan):
        for task, _ in placed:
            for hour, quantity, setup_s in cutter.cuts(task):
                rows.add(task, center, hour, quantity, setup_s)
    for task in plan.tasks:
        if task.operation.unchecked:
            _add_unchecked(rows, task, plan, cutter)
    kept = [row_json(row, frozen=True) for row in plan.problem.kept]
    return kept + rows.sorted()


class _Rows:
    """Rows by their hour; those of an order's lots that are alike in all else are one."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._labels = Labels(zone)
        self._by_hour: defaultdict[int, list[Json]] = defaultdict(list)
        self._of_lots: dict[tuple[str, str, int, int], Json] = {}

    def add(self, task: Task, center: str, hour: int, quantity: int, setup_s: int) -> Json:
        """The row of so many pieces more."""
        of_lot = task.order.lot_of
        order, seq = of_lot or task.order.id, task.operation.seq
        if of_lot and (row := self._of_lots.get((center, order, seq, hour))):
            row["quantity"] += quantity
            row["setup_s"] += setup_s
            return row
        written, label = self._labels.both(hour)
        row = {
            "order": order,
            "seq": seq,
            "work_center": center,
            "hour": written,
            "label": label,
            "quantity": quantity,
            "setup_s": setup_s,
            "frozen": False,
        }
        self._by_hour[hour].append(row)
        if of_lot:
            self._of_lots[center, order, seq, hour] = row
        return row

    def sorted(self) -> list[Json]:
        """All of them, hour after hour, each hour's as they were added."""
        return [row for hour in sorted(self._by_hour) for row in self._by_hour[hour]]


def _add_unchecked(rows: _Rows, task: Task, plan: Plan, cutter: HourCutter) -> None:
    """Its pieces over the working time that it has, marked: nobody has checked that they fit."""
    placed = task.placed
    if placed is None:
        return
    center = task.operation.unchecked[0].work_center
    timeline = next(one.timeline for one in plan.stations if one.center.id == center)
    for hour, pieces in spread(task.left, timeline, placed.start, placed.end, cutter):
        rows.add(task, center, hour, pieces, 0)["unchecked"] = True


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
