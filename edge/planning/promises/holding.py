"""A scenario with what is promised: reservations hold their place, and their orders keep it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from edge.domain.promises import PREFIX
from edge.planning.months.planned import PlannedJob
from edge.planning.promises.booking import Booking, Taken, go_on, standing_of
from edge.planning.scenario.model import Operation, Order, Scenario


def with_promised(
    scenario: Scenario,
    held: Iterable[Booking],
    taken: Mapping[str, Taken],
    in_force: Iterable[PlannedJob] = (),
) -> Scenario:
    """The scenario with the orders of what is `held`, and with orders that have `taken` a promise
    over (by their id): no step of either is begun before its slot, unless it was already.

    `in_force` is where the plan in force has what is promised. An order that has taken a promise
    over stands where that stood, and what is in no plan yet where it was promised.
    """
    begun = {(one.order, one.seq) for one in scenario.actuals if one.begun}
    orders = [_in_place(one, taken.get(one.id), begun) for one in scenario.orders]
    bookings = tuple(held)
    here = [_of(one.order, scenario) for one in bookings]
    orders += [one for one in here if all(map(_has_home, one.operations))]
    found = replace(scenario, orders=tuple(sorted(orders, key=lambda one: one.id)))
    return go_on(found, standing_jobs(bookings, taken, in_force))


def standing_jobs(
    bookings: Iterable[Booking], taken: Mapping[str, Taken], in_force: Iterable[PlannedJob]
) -> list[PlannedJob]:
    """Where promises stand: in the plan in force, else where they were promised."""
    taker = {one.promise: order for order, one in taken.items()}
    jobs = [replace(one, order=taker[one.order]) if one.order in taker else one for one in in_force]
    known = {(one.order, one.operation) for one in jobs}
    new = [job for one in bookings for job in one.standing]
    new += [job for order, one in taken.items() for job in standing_of(order, one.slots)]
    return [*jobs, *(one for one in new if (one.order, one.operation) not in known)]


def _in_place(order: Order, taken: Taken | None, begun: set[tuple[str, int]]) -> Order:
    if taken is None:
        return order
    starts = {slot.seq: slot.start for slot in taken.slots}
    return replace(
        order,
        operations=tuple(
            replace(one, not_before=max(starts[one.seq], one.not_before or 0))
            if one.seq in starts and (order.id, one.seq) not in begun
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
