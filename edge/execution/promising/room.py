"""Promises: what can be promised, what is reserved, and the orders that take it over.

Questions are answered by the adviser's process against the plan in force; a reservation is
worked out and recorded under one lock, so that the last free hour is given once.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.hours import DAY
from edge.domain.orders import OperationsRequest
from edge.domain.promises import (
    CANCELLED,
    EXPIRED,
    ORDERED,
    RESERVED,
    SHIPPED,
    PromiseReader,
    Reservation,
    stock_of,
)
from edge.domain.remarks import Remark
from edge.domain.sentences import Sentence, say
from edge.execution.authority import SALES, SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.dispatch.plannable import has_homes, here
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.genealogy.stand import LOTS
from edge.execution.orders import receiving
from edge.execution.promising import drafts
from edge.execution.promising.asking import (
    BY_DATE,
    Asking,
    booking_for,
    slot_of,
)
from edge.execution.promising.finding import Finding
from edge.execution.promising.found import Found, why_no_date
from edge.execution.promising.owed import (
    by_others,
    check_made_without,
    is_of_another,
    order_of,
    wanted_of,
)
from edge.execution.promising.remarks import left_over, not_there
from edge.execution.promising.shipping import check_shipment
from edge.execution.promising.taking import Takings, is_told, takings
from edge.planning.promises.booking import Booking, Taken

LONGEST_RESERVATION: Final = 90 * DAY
STATES: Final = {
    RESERVED: say("word.promise_reserved", "reserved"),
    ORDERED: say("word.promise_ordered", "ordered"),
    CANCELLED: say("word.promise_cancelled", "cancelled"),
    EXPIRED: say("word.promise_expired", "run out"),
    SHIPPED: say("word.promise_shipped", "shipped"),
}


@dataclass
class Promises:
    """The room; `finding` works dates out, `changed` is called when reservations change."""

    floor: Floor
    reader: PromiseReader
    finding: Finding
    changed: Callable[[], None] = lambda: None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def desk(self) -> Desk:
        return Desk(self.floor)

    async def ask(self, asking: Asking) -> Found:
        """What can be promised now; nothing is held."""
        async with self._turn:
            return await self.finding.found(asking, self._holding())

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
            found = await self.finding.found(asking, self._holding())
            if found.date is None:
                raise NotAllowed(why_no_date(self.floor, found))
            draft = self._draft(asked, drafts.reserved(found, found.date, until, note))
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
        """Hold it no more. An order that has taken it over makes all of its pieces then; of
        somebody else's promise a supervisor's word."""
        if again := self.desk.answered(asked):
            return again
        async with self._turn:
            one = self.reservation(id_)
            if one.state_at(self.floor.clock.now()) not in {RESERVED, ORDERED}:
                raise self._over(one)
            if one.actor != asked.actor:
                self.floor.authority.check(asked.actor, SUPERVISOR)
            self._check_may(asked)
            self._check_made_without(one)
            body = {"event": "cancelled", "promise": one.id, "note": note}
            answer = await self._closed(one, asked, body)
        await self.follow()
        return answer

    async def ship(self, id_: int, parts: Mapping[str, int], note: str, asked: Asked) -> Answer:
        """What it has in stock went to the customer of its order: so many pieces of these lots
        or pallets. The order keeps them; nothing of the promise is held any more."""
        if again := self.desk.answered(asked):
            return again
        self._check_may(asked)
        async with self._turn, self.floor.lock(LOTS):
            one = self.reservation(id_)
            if one.state != ORDERED:
                raise self._not_ordered(one)
            requests = self.floor.register.data.requests
            wanted = wanted_of(one, requests, self.reader.claims())
            check_shipment(self.finding.shelf.reader, one, parts, wanted)
            lots = [{"lot": lot, "quantity": many} for lot, many in parts.items()]
            body = {"event": "shipped", "promise": one.id, "note": note, "lots": lots}
            shipped = sum(parts.values())
            answer = await self._closed(one, asked, {**body, "from_stock": shipped}, shipped)
        await self.follow()
        return answer

    async def _closed(
        self, one: Reservation, asked: Asked, body: Mapping[str, Json], kept: int = 0
    ) -> Answer:
        """Record the end of a promise, of which its order has kept so many pieces."""
        order = one.order_id if one.state == ORDERED else ""
        said = {**body, "order": order} if order else body
        draft = self._draft(asked, said)
        there = by_others(one, self.reader.claims()) + kept
        changed = {(order, one.product): there} if order else {}
        recorded = await receiving.restock(self.floor, [draft], changed, asked.request)
        self.changed()
        return self.desk.answer(recorded)

    def _check_made_without(self, one: Reservation) -> None:
        """Raise NotAllowed where nobody would make what its order loses with a promise."""
        data = self.floor.register.data
        order = order_of(one, data.requests)
        if one.state != ORDERED or not one.from_stock or order is None:
            return
        made_by = data.definition_of(order)
        check_made_without(
            one,
            order.ordered - by_others(one, self.reader.claims()),
            [job for job in self.floor.register.jobs.values() if job.order == order.id],
            made_by.operations if made_by else (),
        )

    async def follow(self) -> None:
        """Let orders that name a promise which is held take its place over, and what it has in
        stock; done again it changes nothing."""
        async with self._turn:
            found, claims = self._takings(), self.reader.claims()
            facts = [drafts.ordered(self.floor, one, order) for order, one in found.taken.items()]
            facts += [
                drafts.refused(self.floor, one) for one in found.refused if not is_told(one, claims)
            ]
            there = stock_of(claims)
            if facts:
                taken = {(order, one.product): one.from_stock for order, one in found.taken.items()}
                await receiving.restock(self.floor, facts, _more(there, taken))
                self.changed()  # not before: a plan that begins between makes these pieces, too
            elif there != self._in_stock():
                # It was recorded, and the answer was lost.
                self.floor.register.reload(self.floor.register.data.stocked(there))
                self.changed()

    def _in_stock(self) -> dict[tuple[str, str], int]:
        """What the floor takes for there already, by order and product."""
        known = self.floor.register.data.from_stock
        return {key: pieces for key, pieces in known.items() if pieces}

    def remarks(self) -> list[Remark]:
        """What a person must know: orders that do not get the promise that they name, and stock
        that is held for an order that is gone, or is not there any more."""
        refused = [one.remark() for one in self._takings().refused]
        known, requests = self.reader.reservations(), self.floor.register.data.requests
        stock, now = self.finding.shelf.look(), self.floor.clock.now()
        said = (*left_over(known, requests), *not_there(known, stock, now))
        return [*refused, *(Remark(said=one) for one in said)]

    def _takings(self) -> Takings:
        requests = self.floor.register.data.requests.values()
        now = self.floor.clock.now()
        return takings(requests, self.reader.reservations(), now, self._is_made_here)

    def _is_made_here(self, request: OperationsRequest) -> bool:
        """Whether each operation of an order has a work center of this edge."""
        made = self.floor.register.data.definition_of(request)
        return made is not None and has_homes(here(made, self.floor.work_centers))

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
        bookings = (booking_for(self.floor, one, {}) for one in self._holding())
        return [one for one in bookings if one is not None]

    def places(self) -> dict[str, Taken]:
        """By order that has taken a promise over, where that was promised."""
        requests = self.floor.register.data.requests
        return {
            one.order_id: Taken(promise=one.planned_as, slots=tuple(map(slot_of, one.slots)))
            for one in self.reader.reservations()
            if one.order_id and one.kept not in BY_DATE and not is_of_another(one, requests)
        }

    def starts(self) -> dict[str, int]:
        """By order that has taken a promise over, when that was to begin."""
        requests = self.floor.register.data.requests
        return {
            one.order_id: min(slot.start for slot in one.slots)
            for one in self.reader.reservations()
            if one.state == ORDERED and one.slots and not is_of_another(one, requests)
        }

    def _holding(self) -> list[Reservation]:
        now = self.floor.clock.now()
        return [one for one in self.reader.reservations() if one.holds_capacity(now)]

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
                state=self._state(one),
            )
        )

    def _not_ordered(self, one: Reservation) -> NotAllowed:
        return NotAllowed(
            say(
                "promise.not_ordered",
                "promise {id} is {state}: nothing was ordered that could be shipped",
                "send the order that names it first",
                id=one.id,
                state=self._state(one),
            )
        )

    def _state(self, one: Reservation) -> Sentence:
        return STATES[one.state_at(self.floor.clock.now())]

    async def _recorded(self, asked: Asked, body: Mapping[str, Json]) -> Answer:
        recorded = await self.desk.record(asked, self._draft(asked, body))
        self.changed()
        return self.desk.answer(recorded)

    def _draft(self, asked: Asked, body: Mapping[str, Json]) -> FactDraft:
        return self.desk.draft(FactKind.PROMISE, self.floor.site, asked, body)


def _more(
    there: Mapping[tuple[str, str], int], taken: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    """What orders have in stock when they have taken this over, too."""
    return {order: there.get(order, 0) + pieces for order, pieces in taken.items()}
