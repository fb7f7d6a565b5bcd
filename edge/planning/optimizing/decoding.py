"""Sequences become a plan: each work center does its tasks in the order that it is told.

What an optimizer decides is who comes where and after whom. When, is the solver's own
business: set-ups, batches, calendars and work under way are placed by its rules, so that
a plan made here is one that it could have made.
"""

from collections.abc import Mapping

from edge.planning.placing.solver import Plan, Solver
from edge.planning.placing.tasks import Key
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Scenario

Sequences = Mapping[str, tuple[Key, ...]]


def sequences_of(plan: Plan) -> Sequences:
    """Work center -> its operations in the order in which they are done."""
    return {
        station.center.id: tuple(task.key for task in station.placed) for station in plan.stations
    }


def decode(scenario: Scenario, capacity: Capacity, sequences: Sequences) -> Plan | None:
    """The plan that keeps the sequences; None if they wait for each other in a circle."""
    solver = Solver(scenario, capacity)
    return solver.plan() if solver.follow(sequences) else None
