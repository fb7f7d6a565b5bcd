"""What is asked of a promise, how a product would be made, and what of material it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from edge.domain.orders import OperationsDefinition, OperationsRequest
from edge.domain.promises import PromisedMaterial, PromisedSlot, Reservation
from edge.domain.sentences import say
from edge.execution.dispatch.plannable import here
from edge.execution.errors import InvalidAction, UnknownObject
from edge.execution.floor import Floor
from edge.execution.orders.changeovers import planned_over
from edge.execution.promising.stock import Stock, Supply
from edge.planning.months.carrying import carried
from edge.planning.months.month import scenario_from
from edge.planning.months.planned import PlannedJob
from edge.planning.promises.booking import Booking
from edge.planning.promises.inserting import Slot, Wish, starts_of
from edge.planning.scenario import model

# How a promise is kept that is planned by its date alone, and in no place.
BY_DATE: Final = frozenset({"moving", "level"})


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A promise that somebody wants; `revision` empty for the newest, `wanted` in us.

    `from_stock` False: all of it is to be made. `may_move`: orders of lower priority may.
    """

    product: str
    quantity: int
    revision: str = ""
    wanted: int | None = None
    customer: str = ""
    priority: int = 1
    may_move: bool = False
    from_stock: bool = True
    split: bool = False


@dataclass(frozen=True, kw_only=True)
class MaterialNeed:
    """What the pieces to be made need of a material, and what there is of it.

    `there` is when all of it is there (us); None if no known purchase brings it.
    """

    material: str
    unit: str
    needed: Fraction
    supply: Supply
    there: int | None


def definition_for(floor: Floor, product: str, revision: str) -> OperationsDefinition:
    """How it is made here; raises UnknownObject, and InvalidAction where no one here can."""
    found = [one for one in floor.register.data.definitions.values() if one.product == product]
    if revision:
        found = [one for one in found if one.revision == revision]
    if not found:
        what = f"{product}/{revision}" if revision else product
        raise UnknownObject(
            say(
                "promise.no_definition",
                "nobody has said how {product} is made",
                "send its operations definition first",
                product=what,
            )
        )
    made = here(found[-1], floor.work_centers)
    homeless = [one.seq for one in made.operations if not one.alternatives]
    if homeless:
        raise InvalidAction(
            say(
                "promise.no_work_center",
                "operation {operation} of {product} names no work center of this edge",
                "mend the definition or plant.toml",
                operation=homeless[0],
                product=f"{made.product}/{made.revision}",
            )
        )
    timeless = [
        one.seq for one in made.operations if not any(way.cycle for way in one.alternatives)
    ]
    if timeless:
        raise InvalidAction(
            say(
                "promise.no_cycle",
                "nobody knows how long a piece takes in operation {operation} of {product}",
                "say its cycle time in the definition",
                operation=timeless[0],
                product=f"{made.product}/{made.revision}",
            )
        )
    return made


def planned_order(
    floor: Floor, made: OperationsDefinition, id_: str, quantity: int, due: int, priority: int
) -> model.Order:
    """An order for it, as it would be planned."""
    request = OperationsRequest(
        id=id_,
        number=None,
        product=made.product,
        product_revision=made.revision,
        quantity=quantity,
        release=None,
        due=due,
        customer="",
        priority=priority,
    )
    centers = floor.work_centers.values()
    scenario = scenario_from(
        [made],
        [request],
        [],
        {one.calendar.id: one.calendar for one in centers}.values(),
        [model.WorkCenter(id=one.id, calendar=one.calendar.id) for one in centers],
        floor.clock.now(),
        due,
    )
    return planned_over(floor.register, carried(scenario).orders[0], made.revision)


def wish_for(order: model.Order, earliest: int, material_from: int | None) -> Wish:
    """The order as a wish of the adviser."""
    return Wish(
        id=order.id,
        product=order.product,
        family=order.family,
        quantity=order.quantity,
        operations=order.operations,
        earliest=earliest,
        weight=order.weight,
        material_from=material_from,
    )


def material_needs(
    made: OperationsDefinition,
    order: model.Order,
    stock: Stock,
    reservations: Iterable[Reservation],
    now: int,
) -> list[MaterialNeed]:
    """By material, in the order of the operations."""
    starts = starts_of(order.operations, order.quantity)
    needed: dict[str, tuple[str, Fraction]] = {}
    for operation, pieces in zip(made.operations, starts, strict=True):
        for one in operation.needs.materials:
            _, before = needed.get(one.id, ("", Fraction(0)))
            needed[one.id] = one.unit, before + one.quantity * pieces
    reserved, found = tuple(reservations), []
    for id_, (unit, quantity) in needed.items():
        supply = stock.supply(id_, reserved)
        found.append(
            MaterialNeed(
                material=id_,
                unit=unit,
                needed=quantity,
                supply=supply,
                there=supply.there(quantity, now),
            )
        )
    return found


def held_materials(needs: Iterable[MaterialNeed]) -> tuple[PromisedMaterial, ...]:
    """What a reservation holds of them."""
    return tuple(
        PromisedMaterial(material=one.material, unit=one.unit, quantity=one.needed)
        for one in needs
        if one.supply.known
    )


def booking_for(
    floor: Floor, one: Reservation, moved: Mapping[tuple[str, int], PlannedJob]
) -> Booking | None:
    """A reservation as a booking of the adviser; None where it can be made here no more.

    `moved` says where the plan in force has its operations now, if it has.
    """
    try:
        made = definition_for(floor, one.product, one.revision)
    except (UnknownObject, InvalidAction):
        return None
    order = planned_order(floor, made, one.planned_as, one.make, one.date, one.priority)
    slots = tuple(map(slot_of, one.slots))
    first = min(slot.start for slot in one.slots)
    return Booking(
        wish=wish_for(order, first, None),
        slots=slots,
        in_place=one.kept not in BY_DATE,
        date=one.date,
        places=_moved(slots, one.planned_as, moved),
    )


def slot_of(said: PromisedSlot) -> Slot:
    """A promised slot as the planner has them."""
    return Slot(
        seq=said.operation, **{name: at for name, at in vars(said).items() if name != "operation"}
    )


def _moved(
    slots: tuple[Slot, ...], order: str, moved: Mapping[tuple[str, int], PlannedJob]
) -> tuple[Slot, ...]:
    """Those of the slots that the plan in force has, where it has them."""
    here = [moved.get((order, slot.seq)) for slot in slots]
    return tuple(
        replace(
            slot,
            work_center=one.work_center,
            start=one.start,
            run_start=one.run_start,
            end=one.end,
        )
        for slot, one in zip(slots, here, strict=True)
        if one is not None
    )
