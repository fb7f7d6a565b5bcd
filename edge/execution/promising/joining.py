"""Plans hold what is promised and wait for material; promises go by the plan."""

from collections.abc import Iterable
from fractions import Fraction

from edge.domain.promises import Reservation
from edge.execution.dispatch.forecasting import Forecasting
from edge.execution.dispatch.replanning import Replanner
from edge.execution.floor import Floor
from edge.execution.promising.room import Promises
from edge.execution.promising.stock import Shelf
from edge.execution.rooms import Rooms
from edge.planning.months.supplying import Promised, Supplied, supplied
from edge.planning.scenario.model import Scenario


def join(rooms: Rooms, replanner: Replanner, floor: Floor) -> None:
    """Let promises and what-ifs know what is planned, and plans what is promised."""
    promises, rooms.supposing.ahead = rooms.promises, replanner.ahead
    finding, promises.changed = promises.finding, replanner.wake
    finding.live.plans = replanner
    finding.range_of = Forecasting(floor).range_of  # its own: the other runs beside it
    around = replanner.around
    around.held, around.places = promises.held, promises.places
    around.remarks = promises.remarks
    around.supply = lambda scenario: with_material(scenario, finding.shelf, floor, promises)


def with_material(scenario: Scenario, shelf: Shelf, floor: Floor, promises: Promises) -> Supplied:
    """The scenario with what stock and purchases there are; as it is without purchases."""
    data = floor.register.held
    if not data.receipts:
        return Supplied(scenario)
    needs = {}
    for order in scenario.orders:
        request = data.requests.get(order.id)
        made = data.definition_of(request) if request else None
        if made:
            needs[order.id] = {
                step.seq: _sums((one.id, one.quantity) for one in step.needs.materials)
                for step in made.operations
            }
    known, stock = promises.reader.reservations(), shelf.look()
    named = sorted({one.material for one in data.receipts})
    return supplied(
        scenario,
        needs,
        {name: stock.of(name, known) for name in named},
        [one for name in named for one in stock.coming(name)],
        promised_materials(known, floor.clock.now()),
        promises.starts(),
    )


def promised_materials(known: Iterable[Reservation], now: int) -> list[Promised]:
    """What reservations hold of materials, each until it was to begin."""
    return [
        Promised(
            id=one.planned_as,
            start=min(slot.start for slot in one.slots),
            materials=_sums((of.material, of.quantity) for of in one.materials),
        )
        for one in known
        if one.holds_capacity(now) and one.materials
    ]


def _sums(amounts: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """How much of each material, where one may be named twice."""
    found: dict[str, Fraction] = {}
    for material, much in amounts:
        found[material] = found.get(material, Fraction(0)) + much
    return found
