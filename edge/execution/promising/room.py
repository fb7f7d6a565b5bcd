"""Promises: what can be promised, what is reserved, and the orders that take it over.

Questions are answered by the adviser's process against the plan in force; a reservation is
worked out and recorded under one lock, so that the last free hour is given once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final

import structlog

from edge.domain.clock import MICROS
from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.hours import DAY
from edge.domain.orders import OperationsDefinition
from edge.domain.promises import (
    CANCELLED,
    EXPIRED,
    ORDERED,
    RESERVED,
    PromisedMaterial,
    PromisedSlot,
    PromiseReader,
    Reservation,
    material_json,
    slot_json,
)
from edge.domain.recording import Recording
from edge.domain.sentences import say
from edge.execution.authority import SALES, SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.promising.advice import Adviser, advised
from edge.execution.promising.asking import (
    BY_DATE,
    Asking,
    booking_for,
    definition_for,
    held_materials,
    material_needs,
    planned_order,
    slot_of,
    wish_for,
)
from edge.execution.promising.found import Found, why_no_date
from edge.execution.promising.live import Live
from edge.execution.promising.stock import Shelf
from edge.planning.months.outlook import Range, Step
from edge.planning.months.planned import PlannedJob
from edge.planning.promises.asking import AskPromise
from edge.planning.promises.booking import Booking, Taken
from edge.planning.promises.promising import UNPROVED

NEW: Final = "promise-new"
LONGEST_RESERVATION: Final = 90 * DAY
FAR: Final = 400 * DAY
STATES: Final = {
    RESERVED: say("word.promise_reserved", "reserved"),
    ORDERED: say("word.promise_ordered", "ordered"),
    CANCELLED: say("word.promise_cancelled", "cancelled"),
    EXPIRED: say("word.promise_expired", "run out"),
}
log = structlog.get_logger(__name__)


NoLive = Callable[[], Awaitable[Live]]


async def _no_plan() -> Live:
    raise NotImplementedError("the room was given no plan")


@dataclass
class Promises:
    """The room; `live` gives what is planned now, `changed` is called when reservations do."""

    floor: Floor
    reader: PromiseReader
    shelf: Shelf
    adviser: Adviser
    live: NoLive = _no_plan
    changed: Callable[[], None] = lambda: None
    range_of: Callable[[Sequence[Step]], Range | None] = lambda _: None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def desk(self) -> Desk:
        return Desk(self.floor)

    async def ask(self, asking: Asking) -> Found:
        """What can be promised now; nothing is held."""
        async with self._turn:
            return await self._found(asking)

    async def reserve(
        self, asking: Asking, until: int, note: str, asked: Asked
    ) -> tuple[Reservation, Found | None]:
        """Promise it and hold it until then (us); the same request again holds nothing more.

        Raises NotAllowed where no date can be promised.
        """
        if again := self.desk.answered(asked):
            return self.reservation(again.seq), None
        self._check_may(asked)
        self._until(until)
        async with self._turn:
            found = await self._found(asking)
            if found.date is None:
                raise NotAllowed(why_no_date(self.floor, found))
            draft = self._draft(asked, self._reserved(found, found.date, until, note))
            recorded = await self.desk.record(asked, draft)
        self.changed()
        return self.reservation(recorded.first_seq), found

    async def extend(self, id_: int, until: int, note: str, asked: Asked) -> Answer:
        """Hold it until another time, from now on."""
        if again := self.desk.answered(asked):
            return again
        self._check_may(asked)
        self._until(until)
        async with self._turn:
            one = self._held(id_)
            body = {"event": "extended", "promise": one.id, "until": until, "note": note}
            return await self._recorded(asked, body)

    async def cancel(self, id_: int, note: str, asked: Asked) -> Answer:
        """Hold it no more; of an ordered one its stock is given free (it was shipped, or is not
        wanted). Of somebody else's promise a supervisor's word."""
        if again := self.desk.answered(asked):
            return again
        async with self._turn:
            one = self.reservation(id_)
            if one.state_at(self.floor.clock.now()) not in {RESERVED, ORDERED}:
                raise self._over(one)
            if one.actor != asked.actor:
                self.floor.authority.check(asked.actor, SUPERVISOR)
            self._check_may(asked)
            body = {"event": "cancelled", "promise": one.id, "note": note}
            return await self._recorded(asked, body)

    async def follow(self) -> None:
        """Let orders that name a promise take its place over; done again it changes nothing."""
        async with self._turn:
            held = {one.id: one for one in self.reader.reservations() if one.state == RESERVED}
            drafts = [
                self._ordered(request.promise, request.id)
                for request in self.floor.register.data.requests.values()
                if request.promise in held
            ]
            if drafts:
                await self.floor.writer.record(Recording(drafts=tuple(drafts)))
                self.floor.register.outdated = True

    def reservation(self, id_: int) -> Reservation:
        """Raises UnknownObject."""
        found = self.reader.reservation(id_)
        if found is None:
            raise UnknownObject(
                say("promise.unknown", "there is no promise {id}", "look at the list again", id=id_)
            )
        return found

    def held(self) -> list[Booking]:
        """What plans hold a place for: each reservation, by its date, from its slots on."""
        bookings = (self._booking(one, {}) for one in self._holding())
        return [one for one in bookings if one is not None]

    def places(self) -> dict[str, Taken]:
        """By order that has taken a promise over, where that was promised."""
        return {
            one.order_id: Taken(promise=one.planned_as, slots=tuple(map(slot_of, one.slots)))
            for one in self.reader.reservations()
            if one.order_id and one.kept not in BY_DATE
        }

    def _holding(self) -> list[Reservation]:
        now = self.floor.clock.now()
        return [one for one in self.reader.reservations() if one.holds_capacity(now)]

    def _booking(
        self, one: Reservation, moved: Mapping[tuple[str, int], PlannedJob]
    ) -> Booking | None:
        return booking_for(self.floor, one, moved)

    def _check_may(self, asked: Asked) -> None:
        """Whether somebody may hold capacity for customers; raises NotAuthorized.

        Of who asks from afar sync knows that.
        """
        if not asked.afar:
            self.floor.authority.check(asked.actor, SALES)

    def _until(self, until: int) -> None:
        now = self.floor.clock.now()
        if not now < until <= now + LONGEST_RESERVATION:
            raise InvalidAction(
                say(
                    "promise.until",
                    "a reservation ends in the future, within {days} days",
                    "say another time",
                    days=LONGEST_RESERVATION // DAY,
                )
            )

    def _held(self, id_: int) -> Reservation:
        one = self.reservation(id_)
        if one.state_at(self.floor.clock.now()) != RESERVED:
            raise self._over(one)
        return one

    def _over(self, one: Reservation) -> NotAllowed:
        return NotAllowed(
            say(
                "promise.over",
                "promise {id} is {state} already",
                "ask for a new one",
                id=one.id,
                state=STATES[one.state_at(self.floor.clock.now())],
            )
        )

    async def _recorded(self, asked: Asked, body: Mapping[str, Json]) -> Answer:
        recorded = await self.desk.record(asked, self._draft(asked, body))
        self.changed()
        return self.desk.answer(recorded)

    def _draft(self, asked: Asked, body: Mapping[str, Json]) -> FactDraft:
        return self.desk.draft(FactKind.PROMISE, self.floor.site, asked, body)

    def _ordered(self, promise: int | None, order: str) -> FactDraft:
        return FactDraft(
            kind=FactKind.PROMISE,
            occurred_at=self.floor.clock.now(),
            equipment_id=self.floor.site,
            source=Source.ERP,
            body={"event": "ordered", "promise": promise, "order": order},
        )

    def _reserved(self, found: Found, date: int, until: int, note: str) -> dict[str, Json]:
        asking = found.asking
        slots = [_promised_slot(one) for one in found.answer["slots"]] if found.answer else []
        return {
            "event": "reserved",
            "product": found.made.product,
            "revision": found.made.revision,
            "quantity": asking.quantity,
            "from_stock": found.from_stock,
            "make": found.make,
            "customer": asking.customer,
            "priority": asking.priority,
            "date": date,
            "until": until,
            "kept": found.kept,
            "note": note,
            "slots": [slot_json(one) for one in slots],
            "materials": [material_json(one) for one in self._materials(found)],
        }

    @staticmethod
    def _materials(found: Found) -> tuple[PromisedMaterial, ...]:
        return held_materials(found.needs)

    async def _found(self, asking: Asking) -> Found:
        """What can be promised, against the plan in force; with the lock held."""
        if asking.quantity < 1:
            raise InvalidAction(
                say("promise.quantity", "a promise is of one piece or more", "say how many")
            )
        live = await self.planned_now()
        made = definition_for(self.floor, asking.product, asking.revision)
        found = await asyncio.to_thread(self._stock, asking, made, live)
        if not found.make:
            return replace(found, date=found.at)
        answer = await self._advised(found, live)
        found = replace(found, answer=answer)
        if found.lacking or found.kept == UNPROVED:
            return found
        seen = await asyncio.to_thread(self._range, answer)
        return replace(found, date=answer["date"], range=seen)

    def _range(self, answer: Mapping[str, Any]) -> Range | None:
        """Between what it will be done, by what its work centers have made of their hours."""
        steps = [
            Step(
                operation=one["seq"],
                work_center=one["work_center"],
                end=one["end"],
                left=one["quantity"],
                cycle_us=Fraction(1),
            )
            for one in answer["slots"]
            if one["work_center"] is not None
        ]
        seen = self.range_of(steps) if steps else None
        if seen is None:
            return None
        after = answer["date"] - max(one.end for one in steps)  # outside, as long as said
        return replace(seen, low=seen.low + after, high=seen.high + after)

    def _stock(self, asking: Asking, made: OperationsDefinition, live: Live) -> Found:
        """How much is in stock, and what the rest needs; reads the store."""
        now, reserved = self.floor.clock.now(), self.reader.reservations()
        free = self.shelf.pieces(asking.product, reserved) if asking.from_stock else 0
        from_stock = min(free, asking.quantity)
        make = asking.quantity - from_stock
        order = planned_order(self.floor, made, NEW, max(make, 1), now + FAR, asking.priority)
        needs = material_needs(made, order, self.shelf, reserved, now) if make else []
        return Found(
            asking=asking,
            made=made,
            plan=live.version,
            from_stock=from_stock,
            make=make,
            needs=tuple(needs),
            date=None,
            answer=None,
            at=now,
        )

    async def _advised(self, found: Found, live: Live) -> Mapping[str, Any]:
        question = await asyncio.to_thread(self._question, found, live)
        answer = await advised(self.adviser, question, live)
        promised: Mapping[str, Any] = answer["promised"]
        return promised

    def _question(self, found: Found, live: Live) -> AskPromise:
        asking = found.asking
        order = planned_order(
            self.floor, found.made, NEW, found.make, found.at + FAR, asking.priority
        )
        known = [one.there for one in found.needs if one.supply.known and one.there is not None]
        later = max([found.at, *known])
        wish = wish_for(order, found.at, later if later > found.at else None)
        moved = {(one.order, one.operation): one for one in live.promised}
        bookings = [self._booking(one, moved) for one in self._holding()]
        return AskPromise(
            key=live.key,
            wish=wish,
            bookings=tuple(one for one in bookings if one),
            may_move=asking.may_move,
            wanted=asking.wanted,
        )

    async def planned_now(self) -> Live:
        """What is planned now, by the newest documents."""
        self.floor.register.reload()
        return await self.live()


def _promised_slot(said: Mapping[str, Any]) -> PromisedSlot:
    return PromisedSlot(
        operation=said["seq"], **{name: value for name, value in said.items() if name != "seq"}
    )


def seconds(reserve_s: int, now: int) -> int:
    """Until when a reservation of so many seconds lasts."""
    return now + reserve_s * MICROS
