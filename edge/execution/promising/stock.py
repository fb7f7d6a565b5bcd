"""What of stock and purchases is free: not held, not expired, not needed, not promised.

Pieces of a product are free if they were received, or made for stock (by an order of no
customer and no promise), or are more than the order of a customer wanted. What open orders need
of a material comes first, then what is reserved; the rest is free.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Final

from edge.domain.genealogy import HOLDERS, Lot, MaterialReader
from edge.domain.orders import OperationsRequest, job_order_id
from edge.domain.promises import HAS, Reservation
from edge.domain.receipts import Receipt, still_coming
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.execution.floor import Floor

MOST_LOTS: Final = 5_000  # of a material that are looked at, the newest first
NONE: Final = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Supply:
    """What there is of a material for something new: `free` now, and when more comes.

    `known`: whether the edge knows anything of it: a lot or a purchase.
    """

    known: bool
    free: Fraction
    coming: tuple[Receipt, ...] = ()

    def there(self, needed: Fraction, now: int) -> int | None:
        """When so much is there for it; None if no purchase that is known brings it."""
        total = self.free
        if total >= needed:
            return now
        for receipt in self.coming:
            total += receipt.quantity
            if total >= needed:
                return max(receipt.at, now)
        return None


@dataclass(frozen=True)
class Shelf:
    """Stock and purchases of one edge; `held` says which lots are on hold, and why."""

    floor: Floor
    reader: MaterialReader
    held: Callable[[], Mapping[str, str]]

    def look(self) -> "Stock":
        """What there is now."""
        return Stock(self.floor, self.reader, self.held())


class Stock:
    """What there was when somebody looked; each thing is read once, when it is first asked for."""

    def __init__(self, floor: Floor, reader: MaterialReader, held: Mapping[str, str]) -> None:
        self.floor, self.reader, self._held = floor, reader, held
        self._lots_of: dict[str, Sequence[Lot]] = {}

    def pieces(self, product: str, reservations: Iterable[Reservation]) -> int:
        """Free pieces of a product, which can be promised now."""
        known = tuple(reservations)
        there = self._of_product(product, {one.order_id for one in known if one.state in HAS})
        return max(floor(there - self._needed(product) - self._promised(product, known)), 0)

    def supply(self, material: str, reservations: Iterable[Reservation]) -> Supply:
        """What is there and comes of a material, beyond what orders and promises need."""
        lots, known = self._lots(material), tuple(reservations)
        coming = self.coming(material)
        taken = self._needed(material) + self._promised(material, known)
        return Supply(
            known=bool(lots) or bool(coming),
            free=self._usable_of(lots) - taken,
            coming=tuple(coming),
        )

    def lacking(self, product: str, reservations: Iterable[Reservation]) -> int:
        """Pieces that are promised from stock, and are neither there nor packed to go out."""
        known = tuple(reservations)
        held = self._pieces_promised(product, known)
        if not held:
            return 0
        there = self._of_product(product, {one.order_id for one in known if one.state in HAS})
        if there < held:
            there += sum((self._packed(one.lot) for one in self._lots(product)), NONE)
        return max(held - floor(there), 0)

    def _packed(self, lot: str) -> Fraction:
        """What of a lot is on pallets and in containers that are here."""
        links = self.reader.holders(lot)
        left = self._left([one.target for one in links])
        return sum((min(one.quantity or NONE, left[one.target]) for one in links), NONE)

    def coming(self, material: str) -> list[Receipt]:
        """Confirmed purchases that are not there yet, by time."""
        purchases = {
            id_: [one for one in there if one.material == material]
            for id_, there in self.floor.register.data.purchases.items()
        }
        came = [
            (lot.made, lot.quantity)
            for lot in reversed(self._lots(material))
            if not lot.job_order_id and lot.quantity is not None
        ]
        return still_coming(purchases, self._said, came)

    @cached_property
    def _said(self) -> Mapping[str, int]:
        return self.reader.purchases_said()

    def of(self, material: str, reservations: Iterable[Reservation]) -> Fraction:
        """What is there of a material and may be used, without pieces that are promised as such."""
        pieces = self._pieces_promised(material, reservations)
        return max(self._usable_of(self._lots(material)) - pieces, NONE)

    def _promised(self, material: str, known: Sequence[Reservation]) -> Fraction:
        """What is promised of it: as a product from stock, and as a material of others."""
        now = self.floor.clock.now()
        materials = (
            of.quantity
            for one in known
            if one.holds_capacity(now)
            for of in one.materials
            if of.material == material
        )
        return sum(materials, NONE) + self._pieces_promised(material, known)

    def _pieces_promised(self, product: str, known: Iterable[Reservation]) -> int:
        now = self.floor.clock.now()
        return sum(
            one.from_stock for one in known if one.product == product and one.holds_stock(now)
        )

    def _usable_of(self, lots: Iterable[Lot]) -> Fraction:
        return sum(self._left([one.lot for one in lots if self._usable(one)]).values(), NONE)

    def _of_product(self, product: str, promised: Container[str]) -> Fraction:
        """What of the product is nobody's; pieces of `promised` orders are their customers'."""
        lots = [one for one in self._lots(product) if self._usable(one)]
        wanted = [one for one in self._requests().values() if one.product == product]
        jobs = {one.id: self._last_job(one) for one in wanted}
        left = self._left([*(one.lot for one in lots), *filter(None, jobs.values())])
        received, by_order = NONE, dict[str, Fraction]()
        for lot in lots:
            if not lot.job_order_id:
                received += left[lot.lot]
            elif order := self._last_of(lot.job_order_id):
                by_order[order] = by_order.get(order, NONE) + left[lot.lot]
        for id_, job in jobs.items():
            by_order[id_] = by_order.get(id_, NONE) + left.get(job, NONE)
        spare = (self._spare(id_, left, id_ in promised) for id_, left in by_order.items())
        return received + sum(spare, NONE)

    def _spare(self, order: str, left: Fraction, is_promised: bool) -> Fraction:
        """What of an order's pieces is not its customer's."""
        request = self._requests().get(order)
        if request is None:
            return NONE  # whether they are shipped already is not known here
        if not request.customer and not is_promised:
            return left
        job = self.floor.register.jobs.get(self._last_job(request))
        return min(left, Fraction(max((job.good if job else 0) - request.quantity, 0)))

    def _last_job(self, request: OperationsRequest) -> str:
        made = self.floor.register.data.definition_of(request)
        return job_order_id(request.id, made.operations[-1].seq) if made else ""

    def _last_of(self, job: str) -> str:
        """The order of a job that is its last operation; empty for another, or an unknown one."""
        found = self.floor.register.jobs.get(job)
        request = self._requests().get(found.order) if found else None
        return request.id if request and self._last_job(request) == job else ""

    def _requests(self) -> Mapping[str, OperationsRequest]:
        return self.floor.register.data.requests

    def _lots(self, material: str) -> Sequence[Lot]:
        if material not in self._lots_of:
            found = self.reader.lots(material=material, limit=MOST_LOTS)
            self._lots_of[material] = [one for one in found if one.kind not in HOLDERS]
        return self._lots_of[material]

    def _usable(self, lot: Lot) -> bool:
        expired = lot.expires is not None and lot.expires <= self.floor.clock.now()
        return not expired and lot.lot not in self._held

    def _left(self, lots: Sequence[str]) -> dict[str, Fraction]:
        """What is in each lot, or came of a job order and is in no lot of its own."""
        balances = self.reader.balances(lots)
        left = ((lot, balances[lot].left) for lot in lots)
        return {lot: much if much and much > 0 else NONE for lot, much in left}

    def _needed(self, material: str) -> Fraction:
        """What the open orders still need of a material, for good pieces and for planned losses."""
        total = NONE
        for job in self.floor.register.jobs.values():
            if job.state in FINAL_JOB_STATES:
                continue
            for one in job.needs.materials:
                if one.id == material:
                    total += one.quantity * ceil(job.left / job.good_share)
        return total
