"""A plan reaches twenty years beyond its horizon; what needs longer is refused by its place.

The kernel only knows that some timeline was too short. Who is to blame is first reckoned, order
by order. Where no order alone needs so long, they do together: then it is a work center, with the
order that has most work there, or a calendar that ends. Beside it stand the orders without which
the others can be planned, found by trying: whoever plans the rest leaves these out.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from edge.domain.calendars import CalendarEnds
from edge.planning.errors import ScenarioInvalid
from edge.planning.placing.timeline import Capacity
from edge.planning.refusals.reckoned import Reckoned
from edge.planning.refusals.tried import orders_tried
from edge.planning.scenario.model import Scenario
from edge.planning.scenario.not_yet import not_planned_yet


@contextmanager
def refusing(scenario: Scenario) -> Iterator[Capacity]:
    """The capacity to plan with; what cannot be planned at all raises ScenarioInvalid."""
    if refused := tuple(not_planned_yet(scenario)):
        raise ScenarioInvalid(refused)
    capacity = Capacity(scenario)
    try:
        yield capacity
    except CalendarEnds as ends:
        reckoned = Reckoned(scenario, capacity)
        faults = reckoned.orders() or [reckoned.together(ends), *orders_tried(scenario, ends)]
        raise ScenarioInvalid(tuple(faults)) from ends
