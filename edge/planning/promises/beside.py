"""The plan that the floor keeps, with what is promised in it, and what it leaves free.

It is made as the edge's next plan will be (`efforts.plan_with`): the plan in force is followed
in its sequences, with each promise in its place.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from edge.planning.efforts import plan_with
from edge.planning.levels.originals import Originals
from edge.planning.placing.preparing import prepared
from edge.planning.placing.relaxing import NOTHING
from edge.planning.placing.solver import Plan
from edge.planning.placing.tasks import fence_of, problem_of
from edge.planning.placing.timeline import Capacity
from edge.planning.placing.underway import Standing, pin_running
from edge.planning.promises.booking import Booking, go_on, order_of
from edge.planning.promises.inserting import Wish
from edge.planning.promises.lanes import Lane, Stay, lanes_of
from edge.planning.scenario.model import Order, Scenario


@dataclass(frozen=True)
class Beside:
    """A plan with what is promised; `plan` places all of it, `bookings` hold their slots.

    A promise may be done sooner than its slot ends: one of its family came before it, and it
    needs less set-up. Its slot is not given to anybody else for that: the other may be cancelled.
    """

    scenario: Scenario
    plan: Plan
    capacity: Capacity
    standing: Mapping[str, Standing]
    bookings: tuple[Booking, ...] = ()

    @cached_property
    def completions(self) -> Mapping[str, int]:
        """When each order is done; without those of which nothing is left."""
        seen = Originals(self.plan)
        done = {order.id: seen.completion(order.id) for order in self.scenario.orders}
        return {id_: at for id_, at in done.items() if at is not None}

    @cached_property
    def weights(self) -> Mapping[str, int]:
        return {order.id: order.weight for order in self.scenario.orders}

    @cached_property
    def free(self) -> dict[str, Lane]:
        """What is free beside it."""
        return self.lanes()

    def lanes(self, below: int | None = None) -> dict[str, Lane]:
        """What is free beside it; `below`: orders of less weight take nothing."""
        stays: defaultdict[str, list[Stay]] = defaultdict(list)
        for center, stay, weight in self._stays():
            if below is None or weight >= below:
                stays[center].append(stay)
        return lanes_of(self.scenario, self.capacity, stays, self.standing)

    def _stays(self) -> Iterator[tuple[str, Stay, int]]:
        slots = {
            (one.order.id, slot.seq, slot.work_center): slot.end
            for one in self.bookings
            for slot in one.slots
        }
        for task in self.plan.tasks:
            if (placed := task.placed) is not None and placed.center is not None:
                order = task.order
                name = order.lot_of or order.id
                end = max(placed.end, slots.get((name, task.operation.seq, placed.center), 0))
                own = placed.way.setup_us if placed.way else 0
                stay = Stay(placed.start, end, task.family, name, task.operation.lot_of, own)
                yield placed.center, stay, order.weight

    def later(self, after: "Beside") -> dict[str, int]:
        """Orders that are late in another plan of them, by more than they are in this one."""
        dues = {order.id: order.due or 0 for order in self.scenario.orders}
        return {
            id_: at
            for id_, at in after.completions.items()
            if id_ in dues and at > max(self.completions.get(id_, 0), dues[id_])
        }


@dataclass(frozen=True)
class Base:
    """What is left, with the plan in force in it (`previous_blocks`), and nothing reserved."""

    scenario: Scenario
    _known: dict[tuple[Booking, ...], Beside] = field(default_factory=dict, compare=False)

    @cached_property
    def capacity(self) -> Capacity:
        return Capacity(self.scenario)

    @cached_property
    def fence(self) -> int:
        """The moment before which nothing new begins: the end of the last frozen hour."""
        return fence_of(self.scenario, NOTHING)

    @cached_property
    def standing(self) -> Mapping[str, Standing]:
        """What each work center is set up for at the fence."""
        return pin_running(problem_of(self.scenario, self.capacity, NOTHING), self.capacity)

    def beside(self, bookings: tuple[Booking, ...]) -> Beside:
        """The next plan with what is promised; made once for the same promises."""
        if bookings not in self._known:
            self._known.clear()
            self._known[bookings] = self.planned(bookings)
        return self._known[bookings]

    def planned(self, bookings: tuple[Booking, ...]) -> Beside:
        """The next plan, with these promises in it."""
        scenario = self.with_orders([one.order for one in bookings])
        told = go_on(scenario, (job for one in bookings for job in one.standing))
        plan = plan_with(prepared(told, self.capacity), self.capacity)
        return Beside(scenario, plan, self.capacity, self.standing, bookings)

    def is_levelled(self, wish: Wish) -> bool:
        """Whether plans make a little of it in every pitch."""
        order = order_of(wish, (), wish.earliest)
        return any(one.holds(order) for one in self.scenario.levelling)

    def with_orders(self, orders: list[Order]) -> Scenario:
        """The scenario with more orders."""
        every = sorted([*self.scenario.orders, *orders], key=lambda one: one.id)
        return replace(self.scenario, orders=tuple(every))
