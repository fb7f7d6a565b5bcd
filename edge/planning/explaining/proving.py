"""Solve a changed scenario again, and judge what comes out by the checker.

Two ways are tried: the sequences of the plan as it stands, started as early as the change
allows, and a plan made anew. The one in which the order is done earlier is the proof: a
plan of that scenario that exists. Which way it came does not matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.domain.calendars import CalendarEnds
from edge.planning.checking.check import check
from edge.planning.placing.preparing import as_orders, prepared
from edge.planning.placing.solver import BY_DUE, Plan, Solver, sweep
from edge.planning.placing.tasks import Key
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Scenario
from edge.planning.schedules.schedule import schedule_of

Told = Mapping[str, tuple[Key, ...]]


@dataclass(frozen=True)
class Proof:
    """A plan of a changed scenario, and when the order is done in it."""

    plan: Plan
    completion: int

    def holds(self) -> bool:
        """Whether the checker finds nothing in it."""
        return is_sound(self.plan)


def is_sound(plan: Plan) -> bool:
    """Whether the checker finds nothing in a plan."""
    planned = plan.problem.scenario
    return not check(planned.origin or planned, schedule_of(plan, 0))


def told(plan: Plan) -> Told:
    """The sequences of a plan."""
    return {center: tuple(keys) for center, keys in plan.sequences.items()}


def told_alone(sequences: Told, order: str, center: str, own: str) -> Told:
    """The sequences with an order's operations on a work center moved to one of its own."""
    mine = tuple(sorted(key for key in sequences.get(center, ()) if key[0] == order))
    rest = tuple(key for key in sequences.get(center, ()) if key[0] != order)
    return {**sequences, center: rest, own: mine}


def solve_again(scenario: Scenario, sequences: Told, order: str, *, widely: bool) -> Proof | None:
    """The order's earliest completion that is found; None if it is never done.

    A scenario as it was prepared is planned as one of its own, which the checker can judge.

    `widely`: with all rules of priority; else by due date alone.
    """
    scenario = as_orders(scenario)
    capacity = Capacity(scenario)
    try:
        solver = Solver(scenario, capacity)
        kept = solver.completions()[order] if solver.follow(sequences) else None
        then = solver.sequences() if kept is not None else {}
        if widely:
            sweep(solver)
        else:
            solver.dispatch(BY_DUE)
        anew = solver.completions()[order]
        if kept is not None and anew is not None and kept <= anew:
            solver.follow(then)
        plan = solver.plan()
    except CalendarEnds:  # without the closures that it lives by, a calendar may have no end
        return None
    completion = plan.completion(order)
    return None if completion is None else Proof(plan, completion)


def cut_again(scenario: Scenario, order: str) -> Proof | None:
    """A levelled order in a scenario as it came: cut into lots anew, and planned by due date."""
    capacity = Capacity(scenario)
    try:
        solver = Solver(prepared(scenario, capacity), capacity)
        solver.dispatch(BY_DUE)
        plan = solver.plan()
    except CalendarEnds:
        return None
    ends = [
        plan.completion(one.id)
        for one in plan.problem.scenario.orders
        if order in (one.id, one.lot_of)
    ]
    done = max((end for end in ends if end is not None), default=None)
    return None if done is None else Proof(plan, done)
