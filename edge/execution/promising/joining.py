"""Plans hold what is promised and wait for material; promises go by the plan."""

from edge.execution.dispatch.forecasting import Forecasting
from edge.execution.dispatch.replanning import Replanner
from edge.execution.floor import Floor
from edge.execution.promising.stock import Shelf
from edge.execution.rooms import Rooms
from edge.planning.months.supplying import Supplied, supplied
from edge.planning.scenario.model import Scenario


def join(rooms: Rooms, replanner: Replanner, floor: Floor) -> None:
    """Let promises and what-ifs know what is planned, and plans what is promised."""
    promises, rooms.supposing.ahead = rooms.promises, replanner.ahead
    finding, promises.changed = promises.finding, replanner.wake
    finding.live.plans = replanner
    finding.range_of = Forecasting(floor).range_of  # its own: the other runs beside it
    replanner.held, replanner.places = promises.held, promises.places
    replanner.remarks = promises.remarks
    replanner.supply = lambda scenario: with_material(scenario, finding.shelf, floor)


def with_material(scenario: Scenario, shelf: Shelf, floor: Floor) -> Supplied:
    """The scenario with what stock and purchases there are; as it is without purchases."""
    data = floor.register.data
    if not data.receipts:
        return Supplied(scenario)
    needs = {}
    for order in scenario.orders:
        request = data.requests.get(order.id)
        made = data.definition_of(request) if request else None
        if made:
            needs[order.id] = {
                one.id: one.quantity for step in made.operations for one in step.needs.materials
            }
    stock = {name: shelf.stock(name) for name in sorted({one.material for one in data.receipts})}
    return supplied(scenario, needs, stock, data.receipts)
