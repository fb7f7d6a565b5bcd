"""Promises: capacity and stock that are held for somebody until a stated time.

A reservation is a fact; it runs out by itself. An order that names it takes its place over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from edge.domain.facts import Json

RESERVED, ORDERED, CANCELLED, EXPIRED = "reserved", "ordered", "cancelled", "expired"
SHIPPED, REFUSED = "shipped", "refused"
HAS = frozenset({ORDERED, SHIPPED})  # states in which an order has what a promise held in stock
PREFIX = "promise-"


@dataclass(frozen=True, kw_only=True)
class PromisedSlot:
    """Where an operation is promised; `work_center` None for a step outside; times in us."""

    operation: int
    work_center: str | None
    start: int
    setup_us: int
    run_start: int
    end: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class PromisedMaterial:
    """So much of a material is held."""

    material: str
    unit: str
    quantity: Fraction


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """What was promised to whom; `id` is the seq of the fact, times in microseconds UTC.

    `quantity` is `from_stock` and `make`; `date` when all of it is there; `kept` as
    `edge.planning.promises.promising` says it. `state` reserved, ordered, shipped (its pieces of
    stock went to the customer of the order) or cancelled; one whose `until` has passed holds
    nothing more. `order_id` took it over, empty for none.
    """

    id: int
    at: int
    actor: str
    product: str
    revision: str
    quantity: int
    from_stock: int
    make: int
    customer: str
    priority: int
    date: int
    until: int
    kept: str
    note: str
    state: str
    order_id: str
    closed_at: int | None
    slots: tuple[PromisedSlot, ...] = ()
    materials: tuple[PromisedMaterial, ...] = ()

    @property
    def planned_as(self) -> str:
        """The id under which plans hold its place."""
        return f"{PREFIX}{self.id}"

    def state_at(self, now: int) -> str:
        """What has become of it by `now`."""
        return EXPIRED if self.state == RESERVED and self.until <= now else self.state

    def holds_capacity(self, now: int) -> bool:
        """Whether its slots are nobody else's; those of an order are the order's."""
        return self.state_at(now) == RESERVED and bool(self.slots)

    def holds_stock(self, now: int) -> bool:
        """Whether its pieces of stock are nobody else's: ordered ones until it is closed."""
        return self.state_at(now) in {RESERVED, ORDERED}


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What has become of a promise that an order names; `order_promise` of the fold.

    `state` ordered, shipped, cancelled, or refused: then `why` is so, by what is in `by`. Of an
    order that has it `from_stock` pieces of `product` are there already: none of them are of an
    order that is of another product since.
    """

    order_id: str
    promise: int
    state: str
    why: str
    by: str
    from_stock: int
    product: str


def stock_of(claims: Iterable[Claim]) -> dict[tuple[str, str], int]:
    """By order and product, how many of its pieces are there already by its promises."""
    found: dict[tuple[str, str], int] = {}
    for one in claims:
        if one.state in HAS and one.from_stock:
            key = one.order_id, one.product
            found[key] = found.get(key, 0) + one.from_stock
    return found


class PromiseReader(Protocol):
    """Reservations as they stand."""

    def reservations(self) -> Sequence[Reservation]:
        """All of them, the first first."""
        ...

    def reservation(self, id_: int) -> Reservation | None: ...
    def claims(self) -> Sequence[Claim]:
        """What has become of each promise that an order has named."""
        ...


def slot_json(slot: PromisedSlot) -> dict[str, Json]:
    """As a fact says it."""
    return dict(vars(slot))


def slots_from(said: Sequence[dict[str, Any]]) -> tuple[PromisedSlot, ...]:
    """Of a fact's body."""
    return tuple(PromisedSlot(**one) for one in said)


def material_json(one: PromisedMaterial) -> dict[str, Json]:
    """As a fact says it; the quantity is an exact text."""
    return {"material": one.material, "unit": one.unit, "quantity": str(one.quantity)}


def materials_from(said: Sequence[dict[str, Any]]) -> tuple[PromisedMaterial, ...]:
    """Of a fact's body."""
    return tuple(
        PromisedMaterial(
            material=one["material"], unit=one["unit"], quantity=Fraction(one["quantity"])
        )
        for one in said
    )
