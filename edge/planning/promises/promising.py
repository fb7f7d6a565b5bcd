"""Capable to promise: when an order could be done beside the plan in force, and what limits it.

The order is laid into what the plan leaves free (`inserting`), and the plan is made again
with it: only a date that this plan keeps, with no other order later for it, is answered.
Else the order goes behind all that its work centers have to do, where nothing can be moved.
An ordered promise keeps its place by `not_before`, so that it does not start into a gap
that is too small for it; if nothing else changes the next plan keeps its date.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil
from typing import Final

from edge.domain.clock import MICROS
from edge.domain.hours import next_hour
from edge.planning.levels.originals import Originals
from edge.planning.placing.preparing import prepared
from edge.planning.placing.solver import make_plan
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.promises.inserting import Slot, Wish, lay_in
from edge.planning.promises.lanes import Lane, Stay, blocks_from, lanes_of, stays_of
from edge.planning.scenario.model import Block, Order, Scenario
from edge.planning.schedules.rows import block_rows

MOST_TRIES: Final = 3


@dataclass(frozen=True, kw_only=True)
class Booking:
    """What is promised already, and in no plan yet: it holds its slots.

    `in_place`: no step is begun before its slot; else it is planned by its date alone.
    """

    wish: Wish
    slots: tuple[Slot, ...]
    in_place: bool = True

    @property
    def done(self) -> int:
        return self.slots[-1].end

    @property
    def order(self) -> Order:
        return order_of(self.wish, self.slots if self.in_place else (), self.done)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A constraint without which it would be done at `relaxed`, as in a plan's reasons.

    `type`: MATERIAL, PRECEDENCE, CALENDAR or CAPACITY; `work_center`, `needed_s` and
    `available_s` (until it is done) of CAPACITY; `until` of MATERIAL.
    """

    type: str
    relaxed: int
    work_center: str | None = None
    needed_s: int | None = None
    available_s: int | None = None
    until: int | None = None


@dataclass(frozen=True, kw_only=True)
class Promised:
    """When it is done (`date`, us), where it is made, what limits it.

    `kept`: how it is known that the next plan keeps it: in_gaps (made again with it),
    behind (after all that is planned there) or moving (others move; `late` names those
    that become late, with their completion) or unproved (behind, but the plan made again would
    not keep that, or make another promise later: it may be somewhat later).
    """

    date: int
    slots: tuple[Slot, ...]
    kept: str
    limits: tuple[Limit, ...] = ()
    late: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Base:
    """A plan in force with its problem; `blocks` are what of it is to be made."""

    scenario: Scenario
    blocks: tuple[Block, ...]

    @cached_property
    def capacity(self) -> Capacity:
        return Capacity(self.scenario)

    @cached_property
    def stays(self) -> Mapping[str, list[Stay]]:
        found = stays_of(self.blocks, {order.id: order.family for order in self.scenario.orders})
        for center, stay in self._under_way():
            found.setdefault(center, []).append(stay)
        return found

    def _under_way(self) -> Iterator[tuple[str, Stay]]:
        """What is on now holds its work center until it is done, whatever the plan says."""
        orders = {order.id: order for order in self.scenario.orders}
        begin = self.scenario.begin
        for actual in self.scenario.actuals:
            order = orders.get(actual.order)
            if actual.running_on is None or actual.ended or order is None:
                continue
            step = next(one for one in order.operations if one.seq == actual.seq)
            here = (one for one in step.alternatives if one.work_center == actual.running_on)
            if chosen := next(here, None):
                left = ceil(max(order.quantity - actual.good, 0) * chosen.cycle_us / step.yield_)
                end = self._timeline(actual.running_on).after(begin, left + actual.setup_left_us)
                yield actual.running_on, Stay(begin, end, order.family, order.id)

    def _timeline(self, center: str) -> Timeline:
        found = next(one for one in self.scenario.work_centers if one.id == center)
        return self.capacity.timeline(found)

    @cached_property
    def completions(self) -> Mapping[str, int]:
        """When each order's last operation is done."""
        last = {order.id: order.operations[-1].seq for order in self.scenario.orders}
        return {
            block.order: block.end for block in self.blocks if last.get(block.order) == block.seq
        }

    @cached_property
    def levelled(self) -> "Base":
        """The same with the plan made again of what is left."""
        rows = block_rows(make_plan(prepared(self.scenario, self.capacity), self.capacity))
        return Base(self.scenario, tuple(blocks_from(rows)))

    @cached_property
    def is_level(self) -> bool:
        """Whether the plan made again of what is left ends each order as the plan in force."""
        return self.levelled.completions == self.completions

    @cached_property
    def fence(self) -> int:
        """The moment before which nothing new begins: the end of the last frozen hour."""
        scenario = self.scenario
        until = scenario.frozen_until or scenario.begin
        frozen = [
            next_hour(row.hour, scenario.zone) for row in scenario.previous if row.hour < until
        ]
        return max([scenario.begin, *frozen])

    @cached_property
    def _free(self) -> dict[str, Lane]:
        return lanes_of(self.scenario, self.capacity, self.stays)

    def lanes(self, bookings: tuple[Booking, ...], below: int | None = None) -> dict[str, Lane]:
        """What is free beside plan and bookings; `below`: orders of less weight take nothing."""
        if not bookings and below is None:
            return self._free
        light = {
            order.id for order in self.scenario.orders if below is not None and order.weight < below
        }
        stays = {
            center: [one for one in there if one.order not in light]
            for center, there in self.stays.items()
        }
        for booking in bookings:
            for slot in booking.slots:
                if slot.work_center is not None:
                    stay = Stay(slot.start, slot.end, booking.wish.family, booking.wish.id)
                    stays.setdefault(slot.work_center, []).append(stay)
        return lanes_of(self.scenario, self.capacity, stays)


def promise(
    base: Base, wish: Wish, bookings: tuple[Booking, ...] = (), *, may_move: bool = False
) -> Promised:
    """When the wish could be done. Raises CalendarEnds, and ValueError without a work center."""
    wish = replace(wish, earliest=max(wish.earliest, base.fence))
    found = _beside(base, wish, bookings)
    if found is None and not base.is_level:
        base = base.levelled
        found = _beside(base, wish, bookings)
    if found is None:
        found = replace(_behind(wish, base.lanes(bookings)), kept="unproved")
    lanes = base.lanes(bookings)
    if may_move:
        moving = _moving(base, wish, bookings)
        if moving is not None and moving.date < found.date:
            found = moving
    return replace(found, limits=_limits(base, wish, found, lanes))


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


def _beside(base: Base, wish: Wish, bookings: tuple[Booking, ...]) -> Promised | None:
    """In gaps, else behind; None where the plan made again with it keeps neither."""
    lanes = base.lanes(bookings)
    in_gaps = Promised(slots=(slots := lay_in(wish, lanes)), date=slots[-1].end, kept="in_gaps")
    if _is_kept(base, wish, bookings, in_gaps):
        return in_gaps
    behind = _behind(wish, lanes)
    return behind if _is_kept(base, wish, bookings, behind) else None


def _is_kept(base: Base, wish: Wish, bookings: tuple[Booking, ...], found: Promised) -> bool:
    """Whether the plan made again with it keeps its date, and no other order is later for it."""
    done = _made_again(base, bookings, order_of(wish, found.slots, found.date))
    return done[wish.id] <= found.date and not _later(base, bookings, done)


def _behind(wish: Wish, lanes: Mapping[str, Lane]) -> Promised:
    """After all that the work centers, which could make it, have to do."""
    mine = {one.work_center for step in wish.operations for one in step.alternatives}
    ends = [stay.end for name in mine & lanes.keys() for stay in lanes[name].stays]
    later = replace(wish, earliest=max([wish.earliest, *ends]))
    slots = lay_in(later, lanes)
    return Promised(date=slots[-1].end, slots=slots, kept="behind")


def _moving(base: Base, wish: Wish, bookings: tuple[Booking, ...]) -> Promised | None:
    """A date that the next plan keeps if orders of less weight may move."""
    slots = lay_in(wish, base.lanes(bookings, below=wish.weight))
    date = slots[-1].end
    for _ in range(MOST_TRIES):
        done = _made_again(base, bookings, order_of(wish, (), date))
        if done[wish.id] <= date:
            break
        date = done[wish.id]
    else:
        return None
    weights = {order.id: order.weight for order in base.scenario.orders}
    weights |= {one.wish.id: one.wish.weight for one in bookings}
    late = _later(base, bookings, done)
    if any(weights[order] >= wish.weight for order in late):
        return None
    return Promised(date=date, slots=slots, kept="moving", late=late)


def _made_again(base: Base, bookings: tuple[Booking, ...], order: Order) -> dict[str, int]:
    """When each order is done in the plan with this one."""
    promised = [one.order for one in bookings]
    orders = sorted([*base.scenario.orders, *promised, order], key=lambda one: one.id)
    scenario = replace(base.scenario, orders=tuple(orders))
    plan = Originals(make_plan(prepared(scenario, base.capacity), base.capacity))
    done = {one.id: plan.completion(one.id) for one in orders}
    return {id_: at for id_, at in done.items() if at is not None}


def _later(base: Base, bookings: tuple[Booking, ...], done: Mapping[str, int]) -> dict[str, int]:
    """Orders that are late now, by more than they were in the plan in force."""
    dues = {order.id: order.due for order in base.scenario.orders}
    before = {**base.completions, **{one.wish.id: one.done for one in bookings}}
    dues |= {one.wish.id: one.done for one in bookings}
    return {
        id_: at
        for id_, at in done.items()
        if id_ in before and at > max(before[id_], dues.get(id_) or 0)
    }


def _limits(
    base: Base, wish: Wish, found: Promised, lanes: Mapping[str, Lane]
) -> tuple[Limit, ...]:
    """What the date hangs on, the constraint that helps most first."""
    limits: list[Limit] = []
    if wish.material_from is not None and wish.material_from > wish.earliest:
        relaxed = lay_in(replace(wish, material_from=None), lanes)[-1].end
        limits.append(Limit(type="MATERIAL", relaxed=relaxed, until=wish.material_from))
    if any(one.transfer_batch != 1 for one in wish.operations[:-1]):
        relaxed = lay_in(wish, lanes, piecewise=True)[-1].end
        limits.append(Limit(type="PRECEDENCE", relaxed=relaxed))
    open_ = {
        name: replace(lane, timeline=base.capacity.timeline(lane.center, exceptions=False))
        for name, lane in lanes.items()
    }
    limits.append(Limit(type="CALENDAR", relaxed=lay_in(wish, open_)[-1].end))
    centers = sorted({one.work_center for one in found.slots if one.work_center})
    limits += [_capacity(base, wish, found, lanes, center) for center in centers]
    helps = [one for one in limits if one.relaxed < found.date]
    return tuple(sorted(helps, key=lambda one: one.relaxed))


def _capacity(
    base: Base, wish: Wish, found: Promised, lanes: Mapping[str, Lane], center: str
) -> Limit:
    lane = lanes[center]
    alone = replace(lane, timeline=base.capacity.endless(), stays=())
    relaxed = lay_in(wish, {**lanes, center: alone})[-1].end
    amount = lane.timeline.amount
    own = [Stay(one.start, one.end, "") for one in found.slots if one.work_center == center]
    ends = min(found.date, max(one.end for one in own))
    taken = [one for one in [*lane.stays, *own] if one.end > wish.earliest and one.start < ends]
    needed = sum(
        amount(min(one.end, ends)) - amount(max(one.start, wish.earliest)) for one in taken
    )
    available = amount(ends) - amount(wish.earliest)
    return Limit(
        type="CAPACITY",
        relaxed=relaxed,
        work_center=center,
        needed_s=-(-needed // MICROS),
        available_s=available // MICROS,
    )
