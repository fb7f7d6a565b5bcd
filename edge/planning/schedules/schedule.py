"""A plan as `taktline.schedule/1`: blocks, hours, orders with reasons, capacity, objective."""

from collections.abc import Callable, Mapping
from math import floor
from typing import Any

from edge.domain.clock import MICROS
from edge.planning.explaining.reasons import Reasons, work_of
from edge.planning.levels.originals import Originals
from edge.planning.placing.solver import Plan, Station, never
from edge.planning.placing.tasks import Task
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import SCHEDULE_FORMAT, Order
from edge.planning.scenario.writing import input_hash, iso, whole_seconds
from edge.planning.schedules.hours import pieces_by
from edge.planning.schedules.rows import block_rows, hour_rows, unswept

Json = dict[str, Any]
KINDS_OF_REASON = 5


def schedule_of(
    plan: Plan,
    capacity: Capacity,
    seed: int,
    *,
    why: bool = True,
    proofs: int | None = None,
    over: Callable[[], bool] = never,
) -> Json:
    """A plan as a schedule; not `why`: without reasons, which take most of the time; `proofs` as
    `solve` has it. Once it is `over` no more reasons are looked for; which orders say none for
    that is said.
    """
    originals = Originals(plan)
    scenario = originals.scenario
    completions = {order.id: originals.completion(order.id) for order in scenario.orders}
    late = {
        order.id: completion
        for order in scenario.orders
        if (completion := completions[order.id]) and order.due and completion > order.due
    }
    if proofs is not None and len(late) * len(plan.tasks) * KINDS_OF_REASON > proofs:
        why = False
    reasons = _reasons(originals, capacity, late, over) if why else {}
    unexplained = [order for order in late if order not in reasons] if why else []
    with unswept():
        orders = [
            _order(originals, order, completions[order.id], reasons) for order in scenario.orders
        ]
        written, blocks, hours = input_hash(scenario), block_rows(plan), hour_rows(plan)
    more: Json = {"levelled": originals.levelled()} if scenario.levelling else {}
    more |= {"unexplained": unexplained} if unexplained else {}
    return {
        "format": SCHEDULE_FORMAT,
        "input_hash": written,
        "seed": seed,
        "blocks": blocks,
        "hours": hours,
        "orders": orders,
        "capacity": [_capacity(plan, station) for station in plan.stations],
        "objective": _objective(originals, completions, orders),
        **more,
    }


def _reasons(
    originals: Originals, capacity: Capacity, late: Mapping[str, int], over: Callable[[], bool]
) -> dict[str, list[Json]]:
    """Of each late order its reasons; of a levelled one those of the lot that is done last.

    Those that cost most come first; those not looked into before it was `over` are left out.
    """
    if not late or over():
        return {}
    suspects = originals.suspects(late)
    proved = Reasons(originals.plan, capacity, dict(suspects.values()), over)
    found: dict[str, list[Json]] = {}
    weights = {one.id: (one.weight, one.due or 0) for one in originals.scenario.orders}
    for order in sorted(late, key=lambda one: weights[one][0] * (weights[one][1] - late[one])):
        lot, done = suspects[order]
        rows = proved.of(lot)
        if over():
            break  # of this one, too, not all may have been looked for
        found[order] = originals.proved(order, done, rows) if order in originals.lots else rows
    return found


def _order(
    originals: Originals, order: Order, completion: int | None, reasons: Mapping[str, list[Json]]
) -> Json:
    zone, due = originals.scenario.zone, order.due
    late_us = max(0, completion - due) if completion is not None and due is not None else 0
    return {
        "id": order.id,
        "completion": None if completion is None else iso(completion, zone),
        "due": None if due is None else iso(due, zone),
        "tardiness_s": whole_seconds(late_us),
        "late_quantity": _late_quantity(originals, order, due or 0) if late_us else 0,
        "reasons": reasons.get(order.id, []),
    }


def _late_quantity(originals: Originals, order: Order, due: int) -> int:
    """Good pieces of the last operation that come after the due date."""
    finals = [task for task in originals.finals(order.id) if task.placed]
    share = order.operations[-1].yield_
    left, by_due = sum(task.left for task in finals), sum(_done_by(task, due) for task in finals)
    return floor(left * share) - floor(by_due * share)


def _done_by(task: Task, at: int) -> int:
    """Pieces that are finished by a moment; a step done outside brings none before its end."""
    placed = task.placed
    if placed is None or placed.timeline is None:
        return 0
    return pieces_by(task, placed, placed.timeline.amount(at))


def _capacity(plan: Plan, station: Station) -> Json:
    """Work that is placed beside the working time from the fence to the horizon, in seconds."""
    required = sum(work_of(task.placed) for task in station.placed if task.placed)
    fence, horizon = plan.problem.fence, plan.problem.scenario.horizon
    amount = station.timeline.amount
    available = max(amount(horizon) - amount(fence), 0)
    required_s, available_s = whole_seconds(required), available // MICROS
    return {
        "work_center": station.center.id,
        "required_s": required_s,
        "available_s": available_s,
        "short_s": max(required_s - available_s, 0),
    }


def _objective(
    originals: Originals, completions: dict[str, int | None], orders: list[Json]
) -> Json:
    scenario, tasks = originals.scenario, originals.plan.tasks
    setup = sum(task.placed.setup_us for task in tasks if task.placed)
    last = max((one for one in completions.values() if one is not None), default=None)
    weighted = sum(
        order.weight * row["tardiness_s"]
        for order, row in zip(scenario.orders, orders, strict=True)
    )
    return {
        "weighted_tardiness_s": weighted,
        "setup_s": whole_seconds(setup),
        "makespan_s": 0 if last is None else whole_seconds(last - scenario.plan_start),
    }
