"""What is promised already: the order as it is planned, and where it stands in the plan."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge.planning.months.planned import PlannedJob
from edge.planning.months.waiting import waiting_blocks
from edge.planning.placing.relaxing import NOTHING
from edge.planning.placing.tasks import fence_of
from edge.planning.promises.inserting import Slot, Wish
from edge.planning.scenario.model import Order, Scenario


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A promise that holds its place; `date` (us) is its due date, by default its last slot's end.

    `in_place`: no step is begun before its slot; else it is planned by its date alone.
    `places`: where the plan in force has it, which may be later than was promised.
    """

    wish: Wish
    slots: tuple[Slot, ...]
    in_place: bool = True
    date: int | None = None
    places: tuple[Slot, ...] = ()

    @property
    def done(self) -> int:
        """When it was promised to be done."""
        return self.slots[-1].end if self.date is None else self.date

    @property
    def order(self) -> Order:
        """As it is planned."""
        return order_of(self.wish, self.slots if self.in_place else (), self.done)

    @property
    def standing(self) -> tuple[PlannedJob, ...]:
        """Where it stands; what is planned by its date stands nowhere before it is planned."""
        return standing_of(self.wish.id, self.places or (self.slots if self.in_place else ()))


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A promise that an order has taken over: `promise` is what plans called it until then."""

    promise: str
    slots: tuple[Slot, ...]


def order_of(wish: Wish, slots: tuple[Slot, ...], due: int) -> Order:
    """The order as it is planned: no step is begun before its slot."""
    begins = {slot.seq: slot.start for slot in slots}
    return Order(
        id=wish.id,
        product=wish.product,
        family=wish.family,
        quantity=wish.quantity,
        due=due,
        weight=wish.weight,
        material_from=wish.material_from,
        operations=tuple(
            replace(one, not_before=begins.get(one.seq, wish.earliest)) for one in wish.operations
        ),
    )


def standing_of(order: str, slots: Iterable[Slot]) -> tuple[PlannedJob, ...]:
    """Slots as a plan has operations; without steps outside, which stand nowhere."""
    return tuple(
        PlannedJob(
            order=order,
            operation=slot.seq,
            work_center=slot.work_center,
            start=slot.start,
            end=slot.end,
            run_start=slot.run_start,
            quantity=slot.quantity,
        )
        for slot in slots
        if slot.work_center is not None
    )


def go_on(scenario: Scenario, standing: Iterable[PlannedJob]) -> Scenario:
    """The scenario, told of what stands in the plan in force; what it knows already stays so."""
    known = {(one.order, one.seq) for one in scenario.previous_blocks}
    known |= {(one.order, one.seq) for one in scenario.actuals if one.begun}
    new = [one for one in standing if (one.order, one.operation) not in known]
    blocks = waiting_blocks(new, scenario.orders, {}, (), fence_of(scenario, NOTHING))
    return replace(scenario, previous_blocks=(*scenario.previous_blocks, *blocks))
