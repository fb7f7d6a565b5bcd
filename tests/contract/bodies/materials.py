"""Lots and material: each event of the two kinds has a body of its own."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tests.contract.bodies.words import Count, Exact, Resolved, Strict, Text, Time

LotId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class MountedLot(Strict):
    material: Text
    lot: LotId
    revision: str
    made_by: str


class OpenedLot(Strict):
    job_order_id: Text
    lot: LotId


class Segment(Strict):
    """A fact that changes the lots of a work center says all that is there from now on."""

    raw: dict[str, int]
    certain: bool
    mounted: list[MountedLot]
    open: list[OpenedLot]


class LotMounted(Segment):
    event: Literal["mounted", "unmounted"]
    lot: LotId
    material: Text
    replaces: LotId | None


class LotRemounted(Strict):
    event: Literal["remounted"]
    corrects: Count
    lot: MountedLot
    was: LotId
    segments: list[Count]
    note: Text


class Booked(Resolved):
    material: Text
    quantity: Exact
    unit: Text
    reverses: Count | msgspec.UnsetType = msgspec.UNSET
    note: Text | msgspec.UnsetType = msgspec.UNSET


class LotUsed(Booked, kw_only=True):
    event: Literal["used"]
    lot: LotId
    into: LotId


class MaterialLost(Booked, kw_only=True):
    event: Literal["lost"]
    lot: str
    loss: Literal["production", "storage", "other"]
    reason: Text


class ConsumptionStated(Strict):
    event: Literal["stated"]
    material: Text
    lot: str
    quantity: Exact
    unit: Text
    total: Exact


class LotReceived(Strict):
    event: Literal["received"]
    lot: LotId
    kind: Literal["material", "serial", "product"]
    material: Text
    revision: str
    quantity: Exact
    unit: Text
    expires: Time | None
    supplier_lot: str
    code: Text | msgspec.UnsetType = msgspec.UNSET


class LotOpened(Segment):
    event: Literal["opened"]
    lot: LotId
    kind: Text
    material: Text
    revision: str
    unit: Text
    container: str


class LotClosed(Strict):
    event: Literal["closed"]
    lot: LotId
    raw: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    certain: bool | msgspec.UnsetType = msgspec.UNSET
    mounted: list[MountedLot] | msgspec.UnsetType = msgspec.UNSET
    open: list[OpenedLot] | msgspec.UnsetType = msgspec.UNSET


class LotFlow(Strict):
    from_: LotId = msgspec.field(name="from")
    to: LotId
    quantity: Exact


class NewLot(Strict):
    lot: LotId
    kind: Text
    material: str
    revision: str
    unit: str
    expires: Time | None


class LotsFlowed(Strict):
    event: Literal["flowed"]
    how: Literal["packed", "split", "merged", "reworked", "serial"]
    flows: list[LotFlow]
    new: list[NewLot]
    reverses: Count | msgspec.UnsetType = msgspec.UNSET
    note: Text | msgspec.UnsetType = msgspec.UNSET


CONSUMED: dict[str, type[Strict]] = {  # by the event
    "mounted": LotMounted,
    "unmounted": LotMounted,
    "remounted": LotRemounted,
    "used": LotUsed,
    "lost": MaterialLost,
    "stated": ConsumptionStated,
}
PRODUCED: dict[str, type[Strict]] = {
    "received": LotReceived,
    "opened": LotOpened,
    "closed": LotClosed,
    "flowed": LotsFlowed,
}
