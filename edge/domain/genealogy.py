"""Materials, lots and where they went: records, and what the rooms ask of the store.

A job order is a lot too: of its pieces that were put into no lot of their own. Quantities are
exact fractions of the lot's unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol


class LotKind(StrEnum):
    """What a lot is: bought or brought material, a product, one piece, what holds others."""

    MATERIAL = "material"
    PRODUCT = "product"
    SERIAL = "serial"
    CONTAINER = "container"
    PALLET = "pallet"


NOTHING = Fraction(0)
HOLDERS = frozenset({LotKind.CONTAINER, LotKind.PALLET})


@dataclass(frozen=True, kw_only=True)
class MaterialHour:
    """What a job order took of a material in a clock hour (`hour`: its UTC start, us), exactly.

    `consumed` is what went into pieces, and `pieces` (good, scrap and rework) how many those
    of the bill are. The losses (KPI notes: PL, STL, OL) come beside it: material that went
    into no piece.
    """

    equipment_id: str
    hour: int
    job_order_id: str
    material: str
    unit: str
    pieces: int
    consumed: Fraction
    production_loss: Fraction = Fraction(0)
    storage_loss: Fraction = Fraction(0)
    other_loss: Fraction = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Lot:
    """A lot as it was received or made. `quantity` None where nobody said how much it is.

    `job_order_id` made it, empty for what came from outside; `expires` (us) None for never.
    """

    lot: str
    kind: str
    material: str
    revision: str
    unit: str
    quantity: Fraction | None
    expires: int | None
    supplier_lot: str
    container: str
    job_order_id: str
    equipment_id: str
    made: int
    made_at: int
    closed_at: int | None


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What is in a lot: received or made, less what went out. `left` None if nobody knows."""

    received: Fraction | None
    made: int
    into: Fraction
    out: Fraction
    consumed: Fraction

    @property
    def left(self) -> Fraction | None:
        if self.received is None and not self.made and not self.into:
            return None
        left = self.received or NOTHING
        if self.made or self.into:  # most lots have neither, nor what follows: asked often
            left += self.made + self.into
        if self.out or self.consumed:
            left -= self.out + self.consumed
        return left


@dataclass(frozen=True, kw_only=True)
class Mounted:
    """A lot that a work center takes its material from; `made_by` the job order of the lot."""

    material: str
    lot: str
    revision: str
    made_by: str


@dataclass(frozen=True, kw_only=True)
class OpenLot:
    """The lot that the pieces of a job order go into now."""

    job_order_id: str
    lot: str


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A work center's segment that is on: its id (0 for none), what is mounted, what is open."""

    segment: int
    start: int
    mounted: tuple[Mounted, ...] = ()
    open: tuple[OpenLot, ...] = ()

    def of(self, material: str) -> Mounted | None:
        return next((one for one in self.mounted if one.material == material), None)

    def into(self, job_order_id: str) -> str:
        """The lot that pieces of a job order go into; the job order itself without one."""
        open_ = (one.lot for one in self.open if one.job_order_id == job_order_id)
        return next(open_, job_order_id)


@dataclass(frozen=True, kw_only=True)
class Consumption:
    """What of a lot went into pieces of a job order in one segment, by its bill of materials.

    `output` is the lot of those pieces. `certain` False: the machine was silent when the lot
    was changed, so that pieces around it may be of the other one.
    """

    lot: str
    segment: int
    start: int
    certain: bool
    job_order_id: str
    output: str
    material: str
    unit: str
    pieces: int
    quantity: Fraction


@dataclass(frozen=True, kw_only=True)
class Link:
    """That something of `source` is in `target`, and how: bill, used, packed, ..., order.

    `order`: nothing was scanned, but both are of one order, an operation after the other.
    """

    source: str
    target: str
    how: str
    quantity: Fraction | None = None
    unit: str = ""
    pieces: int | None = None
    certain: bool = True


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What was scanned to be loaded on a work center: a document, a tool or a program.

    `id` is its place: of a document its name; a work center has one tool and one program.
    """

    equipment_id: str
    what: str
    id: str
    loaded: str
    revision: str
    seq: int
    at: int
    actor: str


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What the bill booked of a material for a job order, and what the feed was told of it."""

    material: str
    lot: str
    unit: str
    consumed: Fraction
    stated: Fraction


class MaterialReader(Protocol):
    """Materials and lots as they stand; each call is one short read transaction."""

    def material_hours(
        self, equipment_id: str | None, start: int, end: int
    ) -> Sequence[MaterialHour]:
        """By hour in [start, end), of a work center (None: of all), in order."""
        ...

    def lot(self, id_: str) -> Lot | None: ...
    def lots(
        self, *, material: str = "", job_order_id: str = "", limit: int = 200
    ) -> Sequence[Lot]:
        """The newest lots, of a material, of a job order, or all."""
        ...

    def purchases_said(self) -> Mapping[str, int]:
        """By document of confirmed purchases, the seq of the fact by which it came."""
        ...

    def lots_named(self, name: str, *, material: str = "") -> Sequence[Lot]:
        """Lots whose id, or whose supplier's number, is `name`; of a material, or of all."""
        ...

    def balance(self, lot: str) -> Balance: ...
    def balances(self, lots: Sequence[str]) -> Mapping[str, Balance]:
        """The same of each of many lots."""
        ...

    def setting(self, equipment_id: str) -> Setting: ...
    def mounted_on(self, lot: str) -> Sequence[str]:
        """The work centers that a lot is mounted on now."""
        ...

    def mounted_in(self, segment: int, material: str) -> Mounted | None: ...
    def segments_with(self, equipment_id: str, lot: str, material: str, first: int) -> list[int]:
        """Segments in a row, from `first` on, in which a lot was mounted."""
        ...

    def consumption(self, *, lot: str = "", job_order_id: str = "") -> Sequence[Consumption]:
        """What of a lot, or for a job order, was consumed by bill, in the order of segments."""
        ...

    def good_in(self, lot: str) -> int:
        """Good pieces that went into a lot; of a job order those in no lot of their own."""
        ...

    def good_of(self, lots: Sequence[str]) -> Mapping[str, int]:
        """The same of many lots; those without any may be missing."""
        ...

    def lots_by_id(self, lots: Sequence[str]) -> Mapping[str, Lot]:
        """Those of the lots that are known."""
        ...

    def contents(self, holder: str) -> Sequence[Link]:
        """What is in a container or pallet now."""
        ...

    def holders(self, lot: str) -> Sequence[Link]:
        """The containers and pallets that a lot is in now."""
        ...

    def reached(self, lot: str, *, forward: bool) -> Sequence[str]:
        """Every lot that has something of `lot` in it, or that `lot` has something of."""
        ...

    def links(self, lots: Sequence[str]) -> Sequence[Link]:
        """How lots of a trace hang together."""
        ...

    def loaded(self, equipment_id: str) -> Sequence[Loaded]: ...
    def holders_made(self) -> int:
        """How many pallets and containers there ever were."""
        ...

    def copies(self, lot: str) -> int:
        """How many labels of a lot were printed."""
        ...

    def is_reversed(self, seq: int) -> bool:
        """Whether a booking was taken back."""
        ...

    def owed(self, job_order_id: str) -> Sequence[Owed]:
        """Materials of a job order whose booked quantity is not what the feed was told."""
        ...
