"""Scenarios with one constraint lifted: whole scenarios, which the checker can judge.

What is lifted is what the format says of each type of reason: MATERIAL, the material is
there from the plan's start; PRECEDENCE, each piece is passed on at once, however many wait
and for how long; CALENDAR, closures and maintenance are gone, and nobody is absent; FROZEN,
the window is gone; CAPACITY, the order has a work center of its own that never closes, and
whoever is needed there, in the place of the one that it is kept waiting by.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from edge.domain.calendars import WorkCalendar
from edge.domain.intervals import Interval, union
from edge.planning.scenario.model import Operation, Scenario, WorkCenter

ENDLESS: Final = "open without end"


def own_center(scenario: Scenario, center: str, order: str) -> str:
    """The name of the work center that an order has for itself."""
    return _free(f"{center} for {order} alone", (one.id for one in scenario.work_centers))


def _free(name: str, taken: Iterable[str]) -> str:
    """A name that nothing in the input has: plants may call their things as they like."""
    known = set(taken)
    while name in known:
        name += "'"
    return name


def without_material(scenario: Scenario, order: str) -> Scenario:
    return _with(scenario, order, material_from=None, material=())


def with_material_by(scenario: Scenario, order: str, at: int) -> Scenario:
    """All of the order's material is there at a moment, or when it comes, if that is sooner."""
    found = next(one for one in scenario.orders if one.id == order)
    until = None if found.material_from is None else min(found.material_from, at)
    arrivals = tuple(replace(one, at=min(one.at, at)) for one in found.material)
    return _with(scenario, order, material_from=until, material=arrivals)


def piece_by_piece(scenario: Scenario, order: str) -> Scenario:
    found = next(one for one in scenario.orders if one.id == order)
    steps = tuple(
        replace(one, transfer_batch=1, wip_limit=None, max_gap_us=None) for one in found.operations
    )
    return _with(scenario, order, operations=steps)


def _with(scenario: Scenario, order: str, **changes: object) -> Scenario:
    orders = tuple(
        replace(one, **changes) if one.id == order else one  # type: ignore[arg-type]
        for one in scenario.orders
    )
    return replace(scenario, orders=orders)


def without_closures(scenario: Scenario) -> Scenario:
    return replace(
        scenario,
        calendars=tuple(replace(one, closed=()) for one in scenario.calendars),
        work_centers=tuple(replace(one, maintenance=()) for one in scenario.work_centers),
        people=tuple(replace(one, absent=()) for one in scenario.people),
    )


def without_freeze(scenario: Scenario) -> Scenario:
    return replace(scenario, frozen_until=None)


def alone_on(scenario: Scenario, order: str, center: str) -> Scenario:
    """The order does on a work center of its own what it could do on `center`, and nobody who
    is needed there is anywhere else.
    """
    own = own_center(scenario, center, order)
    base = next(one for one in scenario.work_centers if one.id == center)
    name = _free(ENDLESS, (one.id for one in scenario.calendars))
    endless = WorkCalendar(id=name, timezone=scenario.timezone, always=True)
    free = WorkCenter(id=own, calendar=name, initial_family=base.initial_family)
    orders = tuple(
        replace(one, operations=tuple(_moved(step, center, own) for step in one.operations))
        if one.id == order
        else one
        for one in scenario.orders
    )
    return replace(
        scenario,
        calendars=tuple(sorted((*scenario.calendars, endless), key=lambda one: one.id)),
        work_centers=tuple(sorted((*scenario.work_centers, free), key=lambda one: one.id)),
        orders=orders,
        actuals=tuple(
            replace(one, running_on=own) if (one.order, one.running_on) == (order, center) else one
            for one in scenario.actuals
        ),
        previous=tuple(
            replace(one, work_center=own)
            if (one.order, one.work_center) == (order, center)
            else one
            for one in scenario.previous
        ),
        previous_blocks=tuple(
            replace(one, work_center=own)
            if (one.order, one.work_center) == (order, center)
            else one
            for one in scenario.previous_blocks
        ),
    )


def _moved(step: Operation, center: str, own: str) -> Operation:
    if all(one.work_center != center for one in step.alternatives):
        return step
    alternatives = [
        replace(one, work_center=own) if one.work_center == center else one
        for one in step.alternatives
    ]
    ways = tuple(sorted(alternatives, key=lambda one: one.work_center))
    return replace(step, alternatives=ways, skills=())


def with_overtime(scenario: Scenario, center: str, spans: Iterable[Interval]) -> Scenario:
    """A work center is open in those times too, beside its calendar."""
    base = next(one for one in scenario.work_centers if one.id == center)
    calendar = next(one for one in scenario.calendars if one.id == base.calendar)
    name = f"{calendar.id} with overtime of {center}"
    longer = replace(
        calendar,
        id=_free(name, (one.id for one in scenario.calendars)),
        open=union([*calendar.open, *spans]),
    )
    centers = (
        replace(one, calendar=longer.id) if one.id == center else one
        for one in scenario.work_centers
    )
    return replace(
        scenario,
        calendars=tuple(sorted((*scenario.calendars, longer), key=lambda one: one.id)),
        work_centers=tuple(centers),
    )
