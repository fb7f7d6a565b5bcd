"""Which lot may be used for what: expired, held, wrong, empty ones are refused by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from edge.domain.bom import Material, Needs
from edge.domain.clock import to_datetime
from edge.domain.genealogy import Lot, LotKind, MaterialReader
from edge.domain.orders import JobOrder
from edge.execution.errors import InvalidAction, LotRefused, UnknownObject
from edge.execution.floor import Floor
from edge.execution.gates import Block

Held = Callable[[str], str]
Empty = Literal["ask", "block"]
SCAN_ANOTHER = "scan another lot"


def nobody_holds(_: str) -> str:
    """No lot is on hold."""
    return ""


@dataclass
class Judge:
    """Judges lots; `held` says why one is on hold (empty: it is not), `empty` is the policy for
    a mounted lot that has run out: the start is blocked, or it is only said."""

    floor: Floor
    reader: MaterialReader
    held: Held = nobody_holds
    empty: Empty = "ask"

    def known(self, id_: str) -> Lot:
        """The lot; raises UnknownObject."""
        lot = self.reader.lot(id_)
        if lot is None:
            raise UnknownObject(f"no lot {id_!r} on this edge; receive it first, then scan it")
        return lot

    def check_unit(self, material: str, unit: str) -> None:
        """Raise InvalidAction for a unit in which no bill has the material, while some has it."""
        units = self._units(material)
        if units and unit not in units:
            wanted = " or ".join(sorted(units))
            raise InvalidAction(
                f"unit {unit!r}: bills have {material} in {wanted}; say the quantity in that"
            )

    def warnings(self, material: str) -> list[Block]:
        """What is to be told of a material that is received: that no definition knows it."""
        known = self.floor.register.data.definitions
        if self._units(material) or any(product == material for product, _ in known):
            return []
        return [
            Block(
                code="unknown_material",
                detail=f"no definition needs or makes {material!r}",
                mend="if it is misspelt receive it again under another id",
                only_warns=True,
            )
        ]

    def _units(self, material: str) -> set[str]:
        """The units in which the bills of all definitions have a material."""
        return {
            need.unit
            for definition in self.floor.register.data.definitions.values()
            for operation in definition.operations
            if (need := operation.needs.material(material)) is not None
        }

    def check(self, lot: Lot, job: JobOrder | None) -> None:
        """Raise LotRefused with all that speaks against using a lot, for a job order or any."""
        found = [*self._of_itself(lot, empties=True)]
        if job is not None:
            found += self._for(lot, job.needs, job)
        if found:
            raise LotRefused(lot.lot, [(one.code, one.detail, one.mend) for one in found])

    def blocks(self, lot: Lot, need: Material, job: JobOrder) -> Iterator[Block]:
        """What speaks against a start with a lot that is mounted."""
        for one in self._of_itself(lot, empties=False):
            if one.code != "held":  # the hold's own gate says that
                yield one
        yield from self._as_needed(lot, need, job)
        left = self.reader.balance(lot.lot).left
        if left is not None and left <= 0:
            yield Block(
                code="material",
                detail=f"lot {lot.lot} of {lot.material} is used up ({left} {lot.unit} left)",
                mend="mount the next lot",
                only_warns=self.empty == "ask",
            )

    def _of_itself(self, lot: Lot, *, empties: bool) -> Iterator[Block]:
        now = self.floor.clock.now()
        if lot.expires is not None and lot.expires <= now:
            zone = self.floor.zone
            day = to_datetime(lot.expires).astimezone(zone).isoformat(timespec="minutes")
            detail = f"lot {lot.lot} of {lot.material} expired at {day}"
            yield Block(code="expired", detail=detail, mend=SCAN_ANOTHER)
        if why := self.held(lot.lot):
            detail = f"lot {lot.lot} of {lot.material} is on hold: {why}"
            yield Block(
                code="held", detail=detail, mend="have the hold released, or " + SCAN_ANOTHER
            )
        left = self.reader.balance(lot.lot).left if empties else None
        if left is not None and left <= 0:
            detail = f"lot {lot.lot} of {lot.material} is empty: {left} {lot.unit} left"
            yield Block(code="empty", detail=detail, mend=SCAN_ANOTHER)

    def _for(self, lot: Lot, needs: Needs, job: JobOrder) -> Iterator[Block]:
        need = needs.material(lot.material)
        if need is None:
            if lot.job_order_id and self._same_order(lot, job):
                return
            wanted = ", ".join(one.id for one in needs.materials) or "no material"
            yield Block(
                code="wrong_material",
                detail=f"lot {lot.lot} is {lot.material}; {job.id} needs {wanted}",
                mend="scan a lot of what is needed",
            )
            return
        yield from self._as_needed(lot, need, job)

    def _same_order(self, lot: Lot, job: JobOrder) -> bool:
        made_by = self.floor.register.jobs.get(lot.job_order_id)
        return made_by is not None and made_by.order == job.order and made_by.id != job.id

    def _as_needed(self, lot: Lot, need: Material, job: JobOrder) -> Iterator[Block]:
        # What was made here is counted in pieces, whatever the bill calls them.
        if lot.kind == LotKind.MATERIAL and lot.unit != need.unit:
            yield Block(
                code="unit",
                detail=f"lot {lot.lot} is in {lot.unit}; {job.id} needs {need.id} in {need.unit}",
                mend=f"scan a lot that is in {need.unit}",
            )
        if need.revision and lot.revision != need.revision:
            yield Block(
                code="revision",
                detail=f"lot {lot.lot} is {lot.material} revision {lot.revision or 'none'}; "
                f"{job.id} is made by revision {need.revision}",
                mend=f"scan a lot of revision {need.revision}",
            )
