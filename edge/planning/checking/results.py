"""Rules of results: completions, lateness and its reasons, capacity, objective."""

from collections import defaultdict
from collections.abc import Iterator
from math import floor
from typing import Any

from edge.domain.clock import MICROS, parse_time
from edge.planning.checking.ground import Ground, Record, Violation
from edge.planning.scenario.model import Block, Order

TYPES = ("MATERIAL", "PRECEDENCE", "CALENDAR", "FROZEN", "CAPACITY")


def result_violations(ground: Ground) -> Iterator[Violation]:
    rows = {row["id"]: row for row in ground.schedule["orders"]}
    for unknown in sorted(rows.keys() - ground.orders.keys()):
        yield Violation("UNKNOWN", unknown, "no such order in the scenario")
    for order in ground.scenario.orders:
        if order.id in rows:
            yield from _order(ground, order, rows[order.id])
        else:
            yield Violation("ORDER", order.id, "is missing")
    yield from _capacity(ground)
    yield from _objective(ground, rows)


def _order(ground: Ground, order: Order, row: Record) -> Iterator[Violation]:
    run = ground.runs.get((order.id, order.operations[-1].seq))
    completion = run.end if run else None
    late_us = max(0, completion - order.due) if completion and order.due else 0
    wanted = {
        "completion": completion,
        "due": order.due,
        "tardiness_s": (late_us + MICROS - 1) // MICROS,
        "late_quantity": _late_quantity(ground, order) if late_us else 0,
    }
    for name, value in wanted.items():
        if row[name] != value:
            yield Violation("ORDER", f"{order.id}.{name}", f"is {row[name]}, is to be {value}")
    if row["reasons"] and not late_us:
        yield Violation("REASON", order.id, "has a reason and is not late")
    earliest = _earliest(ground, order)
    yield from reason_violations(order.id, row["reasons"], completion or 0, earliest)
    yield from _needs(ground, order, row["reasons"])


def _earliest(ground: Ground, order: Order) -> int:
    """Before this it is done in no plan, whatever is lifted: it has the work of what is left."""
    first = order.operations[0]
    begin = ground.scenario.begin
    if ground.lefts[order.id, first.seq].left:
        begin = max(begin, order.release or 0)
    found = [begin]
    for step in order.operations:
        left = ground.lefts[order.id, step.seq].left
        if left and step.alternatives:
            least = min(one.cycle_us for one in step.alternatives)
            begun = max(begin, step.not_before or 0)
            found.append(begun + floor((left - 1) * least))  # one may be nearly done
    return max(found)


def _needs(ground: Ground, order: Order, reasons: list[Any]) -> Iterator[Violation]:
    """What CAPACITY says is needed and open until the due date; when lots are due is not told."""
    if order.due is None or ground.scenario.levelling:
        return
    for reason in reasons:
        named = isinstance(reason, dict) and reason.get("type") == "CAPACITY"
        if not named or reason.get("work_center") not in ground.worktime:
            continue
        center, due = reason["work_center"], order.due
        time = ground.worktime[center]
        needed = sum(
            time.between(one.start, one.end)
            for one in ground.schedule["blocks"]
            if one.work_center == center and _is_due(ground.orders.get(one.order), due)
        )
        available = time.between(ground.fence, due) if due > ground.fence else 0
        wanted = {"needed_s": -(-needed // MICROS), "available_s": available // MICROS}
        for name, value in wanted.items():
            if reason.get(name) != value:
                message = f"CAPACITY has {name} {reason.get(name)}, is to be {value}"
                yield Violation("REASON", order.id, message)


def _is_due(order: Order | None, by: int) -> bool:
    return order is not None and order.due is not None and order.due <= by


def _late_quantity(ground: Ground, order: Order) -> int:
    key = (order.id, order.operations[-1].seq)
    run, left = ground.runs[key], ground.lefts[key]
    by_due = run.pieces_by(order.due or 0)
    return left.out - left.good - floor(by_due * order.operations[-1].yield_)


def reason_violations(
    order: str, reasons: list[Any], completion: int, earliest: int
) -> Iterator[Violation]:
    """Each is of a known type and was proved to help, by as much as can be; the one that helps
    most first.
    """
    keys = []
    for reason in reasons:
        try:
            relaxed, kind = parse_time(reason["relaxed"]), TYPES.index(reason["type"])
        except (TypeError, KeyError, ValueError):
            yield Violation("REASON", order, f"{reason!r} has no known type or no relaxed time")
            continue
        if relaxed >= completion:
            yield Violation("REASON", order, f"{reason['type']} does not help")
        if relaxed < earliest:
            yield Violation(
                "REASON", order, f"without {reason['type']} it is done before it can be"
            )
        keys.append((relaxed, kind))
    if keys != sorted(keys):
        yield Violation("REASON", order, "the reasons are not in the order of improvement")


def _capacity(ground: Ground) -> Iterator[Violation]:
    rows = {row["work_center"]: row for row in ground.schedule["capacity"]}
    by_center: dict[str | None, list[Block]] = defaultdict(list)
    for block in ground.schedule["blocks"]:
        by_center[block.work_center].append(block)
    for center, time in ground.worktime.items():
        blocks = by_center[center]
        required = -(-sum(time.between(one.start, one.end) for one in blocks) // MICROS)
        horizon = max(ground.scenario.horizon, ground.fence)
        available = time.between(ground.fence, horizon) // MICROS
        wanted = {
            "work_center": center,
            "required_s": required,
            "available_s": available,
            "short_s": max(required - available, 0),
        }
        if rows.get(center) != wanted:
            yield Violation("CAPACITY", center, f"is {rows.get(center)}, is to be {wanted}")


def _objective(ground: Ground, rows: dict[str, Record]) -> Iterator[Violation]:
    setups = [one for blocks in ground.setups.values() for one in blocks if one.work_center]
    setup = sum(ground.worktime[str(b.work_center)].between(b.start, b.end) for b in setups)
    ends = [
        run.end
        for order in ground.scenario.orders
        if (run := ground.runs.get((order.id, order.operations[-1].seq)))
    ]
    span = max(ends) - ground.scenario.plan_start if ends else 0
    wanted = {
        "weighted_tardiness_s": sum(
            order.weight * rows[order.id]["tardiness_s"]
            for order in ground.scenario.orders
            if order.id in rows
        ),
        "setup_s": -(-setup // MICROS),
        "makespan_s": -(-span // MICROS),
    }
    if ground.schedule["objective"] != wanted:
        message = f"is {ground.schedule['objective']}, is to be {wanted}"
        yield Violation("OBJECTIVE", "objective", message)
