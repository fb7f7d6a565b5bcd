"""Schedules written by hand: blocks are given, and all else is counted second by second.

Slow and plain on purpose: nothing of the solver or of the checker is used.
"""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from edge.domain.calendars import CompiledCalendar, compile_calendar
from edge.domain.clock import MICROS, parse_time, to_datetime
from edge.domain.hours import DAY
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import input_hash

Json = dict[str, Any]
PLAN_DAY = "2026-06-08"


def at(clock: str) -> str:
    """Local time of Monday 2026-06-08, or of another day as 09T06:00."""
    return f"{PLAN_DAY[:8]}{clock}+02:00" if "T" in clock else f"{PLAN_DAY}T{clock}+02:00"


def setup(order: str, seq: int, center: str, start: str, end: str, **more: Any) -> Json:
    found = {"order": order, "seq": seq, "work_center": center, "kind": "setup"}
    return {**found, "start": at(start), "end": at(end), **more}


def run(
    order: str, seq: int, center: str | None, start: str, end: str, quantity: int, **more: Any
) -> Json:
    found = {"order": order, "seq": seq, "work_center": center, "kind": "run"}
    made = {"quantity": quantity, "credit_s": "0"}
    return {**found, "start": at(start), "end": at(end), **made, **more}


def schedule(document: Json, *blocks: Json) -> Json:
    """A schedule of these blocks; times in whole seconds, hours of 3,600 s, no planned loss."""
    return _Clerk(document, [{**one} for one in blocks]).schedule()


class _Clerk:
    def __init__(self, document: Json, blocks: list[Json]) -> None:
        self.document, self.blocks, self.scenario = document, blocks, parse(document)
        calendars = {one.id: one for one in self.scenario.calendars}
        start = self.scenario.plan_start
        self.open: dict[str, CompiledCalendar] = {
            one.id: compile_calendar(calendars[one.calendar], start, start + 30 * DAY)
            for one in self.scenario.work_centers
        }
        self.cycles = {
            (order.id, step.seq, one.work_center): one.cycle
            for order in self.scenario.orders
            for step in order.operations
            for one in step.alternatives
        }
        self.rows: dict[tuple[str, int, str, int], list[int]] = defaultdict(lambda: [0, 0])
        self.made: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.worked: dict[str, int] = defaultdict(int)
        self.set_up = 0
        self._say_what_came_before()

    def _say_what_came_before(self) -> None:
        """`used` of each run: the pieces of its operation before it."""
        used: dict[tuple[str, int], int] = defaultdict(int)
        for one in self.scenario.actuals:
            used[one.order, one.seq] += one.good + one.scrap
        for block in sorted(self.blocks, key=lambda one: parse_time(one["start"])):
            if block["kind"] == "run":
                key = (block["order"], block["seq"])
                block["used"] = used[key]
                used[key] += block["quantity"]

    def schedule(self) -> Json:
        for block in self.blocks:
            self._go_through(block)
        orders = [self._order(one) for one in self.scenario.orders]
        ends = [parse_time(one["completion"]) for one in orders if one["completion"]]
        return {
            "format": "taktline.schedule/1",
            "input_hash": input_hash(self.scenario),
            "seed": 0,
            "blocks": self.blocks,
            "hours": [self._row(key, counts) for key, counts in sorted(self.rows.items())],
            "orders": orders,
            "capacity": [self._capacity(name) for name in sorted(self.open)],
            "objective": {
                "weighted_tardiness_s": sum(
                    one.weight * row["tardiness_s"]
                    for one, row in zip(self.scenario.orders, orders, strict=True)
                ),
                "setup_s": self.set_up,
                "makespan_s": (max(ends) - self.scenario.plan_start) // MICROS,
            },
        }

    def _go_through(self, block: Json) -> None:
        key, center = (block["order"], block["seq"]), block["work_center"]
        start, end = parse_time(block["start"]), parse_time(block["end"])
        if center is None:
            self.made[key] += [end] * block["quantity"]
            return
        done, pieces = Fraction(block.get("credit_s", "0")), 0
        for second in range(start, end, MICROS):
            if not self.open[center].is_working(second):
                continue
            self.worked[center] += 1
            counts = self.rows[(*key, center, second - second % (3600 * MICROS))]
            if block["kind"] == "setup":
                self.set_up += 1
                counts[1] += 1
                continue
            done += 1
            while pieces < block["quantity"] and (pieces + 1) * self._cycle(block) <= done:
                pieces += 1
                counts[0] += 1
                self.made[key].append(second + MICROS)

    def _cycle(self, block: Json) -> Fraction:
        return self.cycles[block["order"], block["seq"], block["work_center"]]

    @staticmethod
    def _row(key: tuple[str, int, str, int], counts: list[int]) -> Json:
        order, seq, center, hour = key
        local = to_datetime(hour + 2 * 3600 * MICROS)
        return {
            "order": order,
            "seq": seq,
            "work_center": center,
            "hour": to_datetime(hour).isoformat(),
            "label": f"{local:%H:%M}+02:00",
            "quantity": counts[0],
            "setup_s": counts[1],
            "frozen": False,
        }

    def _order(self, order: Any) -> Json:
        last = order.operations[-1].seq
        ends = [
            parse_time(one["end"])
            for one in self.blocks
            if (one["order"], one["seq"], one["kind"]) == (order.id, last, "run")
        ]
        end = max(ends)
        late = max(end - order.due, 0) // MICROS
        after = [one for one in self.made[order.id, last] if one > order.due]
        return {
            "id": order.id,
            "completion": to_datetime(end).isoformat(),
            "due": to_datetime(order.due).isoformat(),
            "tardiness_s": late,
            "late_quantity": len(after) if late else 0,
            "reasons": [],
        }

    def _capacity(self, center: str) -> Json:
        there = self.open[center].worked(self.scenario.plan_start, self.scenario.horizon) // MICROS
        return {
            "work_center": center,
            "required_s": self.worked[center],
            "available_s": there,
            "short_s": max(self.worked[center] - there, 0),
        }
