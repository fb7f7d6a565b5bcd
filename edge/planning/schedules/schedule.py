"""A plan as `taktline.schedule/1`: blocks, hours, orders with reasons, capacity, objective."""

from collections.abc import Mapping, Sequence
from math import floor
from types import MappingProxyType
from typing import Any

from edge.domain.clock import MICROS
from edge.planning.levels.originals import Originals
from edge.planning.placing.solver import Plan, Station
from edge.planning.placing.tasks import Task
from edge.planning.scenario.model import SCHEDULE_FORMAT, Order
from edge.planning.scenario.writing import input_hash, iso, whole_seconds
from edge.planning.schedules.hours import pieces_by
from edge.planning.schedules.rows import block_rows, hour_rows, unswept

Json = dict[str, Any]


def schedule_of(
    plan: Plan,
    seed: int,
    reasons: Mapping[str, list[Json]] = MappingProxyType({}),
    unexplained: Sequence[str] = (),
) -> Json:
    """A plan as a schedule; late orders with their `reasons`, and which were not looked into."""
    originals = Originals(plan)
    scenario = originals.scenario
    completions = {order.id: originals.completion(order.id) for order in scenario.orders}
    with unswept():
        orders = [
            _order(originals, order, completions[order.id], reasons) for order in scenario.orders
        ]
        written, blocks, hours = input_hash(scenario), block_rows(plan), hour_rows(plan)
    more: Json = {"levelled": originals.levelled()} if scenario.levelling else {}
    more |= {"unexplained": list(unexplained)} if unexplained else {}
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
    required = sum(task.placed.work_us() for task in station.placed if task.placed)
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
