"""What can be promised now: free stock, material, and the date that the adviser finds."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from edge.domain.hours import DAY
from edge.domain.orders import OperationsDefinition
from edge.domain.promises import PromiseReader, Reservation
from edge.domain.sentences import say
from edge.execution.errors import InvalidAction
from edge.execution.floor import Floor
from edge.execution.promising.advice import Adviser, advised
from edge.execution.promising.asking import (
    Asking,
    booking_for,
    definition_for,
    material_needs,
    planned_order,
    wish_for,
)
from edge.execution.promising.found import Found
from edge.execution.promising.live import Live, LivePlan
from edge.execution.promising.stock import Shelf
from edge.planning.months.outlook import Range
from edge.planning.months.recovering import Step
from edge.planning.promises.asking import AskPromise
from edge.planning.promises.promising import UNPROVED

NEW: Final = "promise-new"
FAR: Final = 400 * DAY


@dataclass
class Finding:
    """Works promises out; `live` is what is planned now, `range_of` what rates were observed."""

    floor: Floor
    reader: PromiseReader
    shelf: Shelf
    adviser: Adviser
    live: LivePlan
    range_of: Callable[[Sequence[Step]], Range | None] = lambda _: None

    async def planned_now(self) -> Live:
        """What is planned now, by the newest documents. Raises NoAdvice."""
        self.floor.register.reload()
        return await self.live.now()

    async def found(self, asking: Asking, held: Sequence[Reservation]) -> Found:
        """What can be promised, against the plan in force, beside what is `held`.

        One caller at a time. Raises InvalidAction, UnknownObject, NoAdvice.
        """
        if asking.quantity < 1:
            raise InvalidAction(
                say("promise.quantity", "a promise is of one piece or more", "say how many")
            )
        live = await self.planned_now()
        made = definition_for(self.floor, asking.product, asking.revision)
        found = await asyncio.to_thread(self._stock, asking, made, live)
        if not found.make:
            return replace(found, date=found.at)
        answer = await self._advised(found, live, held)
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
        stock = self.shelf.look()
        free = stock.pieces(asking.product, reserved) if asking.from_stock else 0
        from_stock = min(free, asking.quantity)
        make = asking.quantity - from_stock
        order = planned_order(self.floor, made, NEW, max(make, 1), now + FAR, asking.priority)
        needs = material_needs(made, order, stock, reserved, now) if make else []
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

    async def _advised(
        self, found: Found, live: Live, held: Sequence[Reservation]
    ) -> Mapping[str, Any]:
        question = await asyncio.to_thread(self._question, found, live, held)
        answer = await advised(self.adviser, question, live)
        promised: Mapping[str, Any] = answer["promised"]
        return promised

    def _question(self, found: Found, live: Live, held: Sequence[Reservation]) -> AskPromise:
        asking = found.asking
        order = planned_order(
            self.floor, found.made, NEW, found.make, found.at + FAR, asking.priority
        )
        known = [one.there for one in found.needs if one.supply.known and one.there is not None]
        later = max([found.at, *known])
        wish = wish_for(order, found.at, later if later > found.at else None)
        moved = {(one.order, one.operation): one for one in live.promised}
        bookings = [booking_for(self.floor, one, moved) for one in held]
        return AskPromise(
            key=live.key,
            wish=wish,
            bookings=tuple(one for one in bookings if one),
            may_move=asking.may_move,
            wanted=asking.wanted,
        )
