"""Capable to promise: when an order could be done beside the plan in force, and what limits it.

The order is laid into what the next plan leaves free (`inserting`), and that plan is made with
it, as the edge will make it (`beside`): only a date that this plan keeps, with no other order
late for it, is promised. What is promised keeps its place: its slots are part of the plan in
force, and `not_before` keeps it out of a gap that is too small for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from edge.planning.promises.beside import Base, Beside
from edge.planning.promises.booking import Booking
from edge.planning.promises.inserting import Slot, Wish, lay_in
from edge.planning.promises.lanes import Lane
from edge.planning.promises.limiting import Limit, limits_of

MOST_TRIES: Final = 3
UNPROVED: Final = "unproved"


@dataclass(frozen=True, kw_only=True)
class Promised:
    """When it is done (`date`, us), where it is made, what limits it.

    `kept`: how it is known that the next plan keeps it: in_gaps (made with it), behind (after
    all that is planned there), level (a little in each pitch) or moving (others move; `late`
    names those that become late, with their completion). unproved: no plan was found that keeps
    it; `date` is when it might be done, `late` who would be late for it, nobody if it would be.
    """

    date: int
    slots: tuple[Slot, ...]
    kept: str
    limits: tuple[Limit, ...] = ()
    late: Mapping[str, int] | None = None


@dataclass(frozen=True)
class _Tried:
    """The next plan with an order in it: when that is done, where it is, who is late for it."""

    done: int
    slots: tuple[Slot, ...]
    late: Mapping[str, int]

    def keeps(self, date: int) -> bool:
        return self.done <= date and not self.late


@dataclass(frozen=True)
class _Asked:
    """A wish beside the next plan, in which all bookings stand."""

    base: Base
    beside: Beside
    wish: Wish
    bookings: tuple[Booking, ...]

    def tried(self, slots: tuple[Slot, ...], date: int, *, in_place: bool) -> _Tried:
        """The next plan with the order, in its slots or by its date alone."""
        new = Booking(wish=self.wish, slots=slots, in_place=in_place, date=date)
        after = self.base.planned((*self.bookings, new))
        done = after.completions[self.wish.id]
        return _Tried(done, slots_in(after, self.wish.id), self.beside.later(after))

    def in_place(self) -> Promised:
        """In gaps, else behind, else where the next plan has it."""
        last, tried = None, None
        for kept, slots in self._places():
            date = slots[-1].end
            last, tried = slots, self.tried(slots, date, in_place=True)
            if tried.keeps(date):
                return Promised(date=date, slots=slots, kept=kept)
        assert last is not None
        assert tried is not None
        for _ in range(MOST_TRIES):
            last, date = tried.slots, tried.done
            tried = self.tried(last, date, in_place=True)
            if tried.keeps(date):
                return Promised(date=date, slots=last, kept="behind")
        return Promised(date=tried.done, slots=last, kept=UNPROVED, late=tried.late)

    def _places(self) -> Iterator[tuple[str, tuple[Slot, ...]]]:
        lanes = self.beside.free
        yield "in_gaps", (in_gaps := lay_in(self.wish, lanes))
        if (behind := lay_in(_after_all(self.wish, lanes), lanes)) != in_gaps:
            yield "behind", behind

    def level(self) -> Promised:
        """A little in each pitch up to a date that the next plan keeps; more pitches if need be."""
        begin = self.wish.earliest
        slots = lay_in(self.wish, self.beside.free)
        date = slots[-1].end
        tried = self.tried(slots, date, in_place=False)
        for _ in range(MOST_TRIES):
            if tried.keeps(date):
                return Promised(date=date, slots=tried.slots, kept="level")
            more = (date - begin) // 2 if tried.late else 0
            slots, date = tried.slots, max(tried.done, date + more)
            tried = self.tried(slots, date, in_place=False)
        return Promised(date=tried.done, slots=tried.slots, kept=UNPROVED, late=tried.late)

    def moving(self) -> Promised | None:
        """A date that the next plan keeps if orders of less weight may move."""
        slots = lay_in(self.wish, self.beside.lanes(below=self.wish.weight))
        date = slots[-1].end
        for _ in range(MOST_TRIES):
            tried = self.tried(slots, date, in_place=False)
            if tried.done <= date:
                break
            date = tried.done
        else:
            return None
        weights = self.beside.weights
        if any(weights[order] >= self.wish.weight for order in tried.late):
            return None
        return Promised(date=date, slots=tried.slots, kept="moving", late=tried.late)


def promise(
    base: Base, wish: Wish, bookings: tuple[Booking, ...] = (), *, may_move: bool = False
) -> Promised:
    """When the wish could be done. Raises CalendarEnds, and ValueError without a work center."""
    wish = replace(wish, earliest=max(wish.earliest, base.fence))
    asked = _Asked(base, base.beside(bookings), wish, bookings)
    found = asked.level() if base.is_levelled(wish) else asked.in_place()
    if may_move:
        moving = asked.moving()
        if moving is not None and (moving.date < found.date or found.kept == UNPROVED):
            found = moving
    limits = limits_of(wish, found.slots, found.date, asked.beside.free, base.capacity)
    return replace(found, limits=limits)


def slots_in(plan: Beside, order: str) -> tuple[Slot, ...]:
    """Where a plan has an order's operations; of several lots from the first to the last."""
    found: dict[int, Slot] = {}
    for task in plan.plan.tasks:
        placed = task.placed
        if placed is None or order not in (task.order.id, task.order.lot_of):
            continue
        slot = Slot(
            seq=task.operation.seq,
            work_center=placed.center,
            start=placed.start,
            setup_us=placed.setup_us,
            run_start=placed.run_start,
            end=placed.end,
            quantity=task.left,
        )
        found[slot.seq] = _both(found.get(slot.seq, slot), slot) if slot.seq in found else slot
    return tuple(found[seq] for seq in sorted(found))


def _both(one: Slot, other: Slot) -> Slot:
    first, last = sorted((one, other), key=lambda slot: slot.start)
    return replace(first, end=max(first.end, last.end), quantity=one.quantity + other.quantity)


def _after_all(wish: Wish, lanes: Mapping[str, Lane]) -> Wish:
    """The wish after all that the work centers, which could make it, have to do."""
    mine = {one.work_center for step in wish.operations for one in step.alternatives}
    ends = [stay.end for name in mine & lanes.keys() for stay in lanes[name].stays]
    return replace(wish, earliest=max([wish.earliest, *ends]))
