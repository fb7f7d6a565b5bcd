"""A scenario with what is promised: reservations hold their place, and their orders keep it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from edge.domain.promises import PREFIX
from edge.planning.scenario.model import Operation, Order, Scenario


def with_promised(
    scenario: Scenario, held: Iterable[Order], places: Mapping[tuple[str, int], int]
) -> Scenario:
    """The scenario with the orders `held`; each of `places` (order and operation) begins no
    earlier than its moment (us), unless it was begun already."""
    begun = {
        (one.order, one.seq)
        for one in scenario.actuals
        if one.running_on or one.good or one.scrap or one.ended
    }
    orders = [_in_place(one, places, begun) for one in scenario.orders]
    here = [_of(one, scenario) for one in held]
    orders += [one for one in here if all(map(_has_home, one.operations))]
    return replace(scenario, orders=tuple(sorted(orders, key=lambda one: one.id)))


def _in_place(
    order: Order, places: Mapping[tuple[str, int], int], begun: set[tuple[str, int]]
) -> Order:
    if not any((order.id, one.seq) in places for one in order.operations):
        return order
    return replace(
        order,
        operations=tuple(
            replace(one, not_before=places.get((order.id, one.seq)))
            if (order.id, one.seq) not in begun
            else one
            for one in order.operations
        ),
    )


def _of(order: Order, scenario: Scenario) -> Order:
    """What is held, on the work centers that there still are."""
    centers = {one.id for one in scenario.work_centers}
    return replace(
        order,
        operations=tuple(
            replace(
                step,
                alternatives=tuple(one for one in step.alternatives if one.work_center in centers),
            )
            for step in order.operations
        ),
    )


def without_held(schedule: Mapping[str, Any]) -> dict[str, Any]:
    """The schedule without hours and dates of what is only reserved: nobody works on it yet.

    Its blocks stay: they say what of the work centers is promised.
    """
    return {
        **schedule,
        "hours": [one for one in schedule["hours"] if not one["order"].startswith(PREFIX)],
        "orders": [one for one in schedule["orders"] if not one["id"].startswith(PREFIX)],
    }


def _has_home(step: Operation) -> bool:
    return bool(step.alternatives) or step.lead_time_us is not None
