"""What the pitches to come were given by the plan in force, so that a plan made again is level too.

An edge hands jobs on to the next plan, and a job is a whole operation. Without what its lots had
each plan would share what is left out anew, and the pitch that runs would get more each time.
"""

from collections.abc import Iterable
from dataclasses import replace

from edge.planning.months.planned import PlannedJob, lots_ahead
from edge.planning.scenario.model import Scenario


def with_shares(scenario: Scenario, in_force: Iterable[PlannedJob], fence: int) -> Scenario:
    """The scenario with the lots of the plan in force that begin at the fence (us) or later, of
    the orders that are levelled still."""
    levelled = {
        order.id
        for order in scenario.orders
        if any(rule.holds(order) for rule in scenario.levelling)
    }
    ahead = [
        block
        for job in in_force
        if job.lots and job.order in levelled
        for block in lots_ahead(job, fence)
    ]
    if not ahead:
        return scenario
    return replace(scenario, previous_blocks=(*scenario.previous_blocks, *ahead))
