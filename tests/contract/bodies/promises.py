"""Promises."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from tests.contract.bodies.words import Count, Exact, Raw, Strict, Text, Time

Event = Literal["in_gaps", "behind", "level", "moving", "unproved", "stock"]


class Slot(Strict):
    operation: Count
    work_center: Text | None
    start: Time
    setup_us: Annotated[int, Meta(ge=0, title="us")]
    run_start: Time
    end: Time
    quantity: Count


class Material(Strict):
    material: Text
    unit: Text
    quantity: Exact


class Reserved(Strict):
    event: Literal["reserved"]
    product: Text
    revision: Text
    quantity: Count
    from_stock: Raw
    make: Raw
    customer: str
    priority: Count
    date: Time
    until: Time
    kept: Event
    note: str
    slots: list[Slot]
    materials: list[Material]


class Extended(Strict):
    event: Literal["extended"]
    promise: Count
    until: Time
    note: str


class Cancelled(Strict):
    event: Literal["cancelled"]
    promise: Count
    note: str
    order: Text | UnsetType = UNSET


class Ordered(Strict):
    event: Literal["ordered"]
    promise: Count
    order: Text
    from_stock: Raw | UnsetType = UNSET
    product: Text | UnsetType = UNSET


class Refused(Strict):
    event: Literal["refused"]
    promise: Count
    order: Text
    why: Literal["unknown", "expired", "cancelled", "ordered", "shipped", "product", "another"]
    by: str


class Part(Strict):
    lot: Text
    quantity: Count


class Shipped(Strict):
    event: Literal["shipped"]
    promise: Count
    note: str
    lots: list[Part]
    order: Text
    from_stock: Raw | UnsetType = UNSET


PROMISE: dict[str, type[Strict]] = {
    "reserved": Reserved,
    "extended": Extended,
    "cancelled": Cancelled,
    "ordered": Ordered,
    "refused": Refused,
    "shipped": Shipped,
}
