"""Which lot may be used for what: expired, held, wrong, empty ones are refused by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from edge.domain.bom import Material, Needs
from edge.domain.clock import to_datetime
from edge.domain.genealogy import Lot, LotKind, MaterialReader
from edge.domain.orders import JobOrder
from edge.domain.sentences import Sentence, say
from edge.execution.errors import InvalidAction, LotRefused, UnknownObject
from edge.execution.floor import Floor
from edge.execution.gates import Block

Held = Callable[[str], str]
Empty = Literal["ask", "block"]


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
            said = say(
                "lot.unknown",
                "no lot {lot!r} on this edge",
                "receive it first, then scan it",
                lot=id_,
            )
            raise UnknownObject(said)
        return lot

    def check_unit(self, material: str, unit: str) -> None:
        """Raise InvalidAction for a unit in which no bill has the material, while some has it."""
        units = self.units(material)
        if units and unit not in units:
            wanted = " or ".join(sorted(units))
            said = say(
                "lot.unit",
                "unit {unit!r}: bills have {material} in {wanted}",
                "say the quantity in that",
                unit=unit,
                material=material,
                wanted=wanted,
            )
            raise InvalidAction(said)

    def warnings(self, material: str) -> list[Sentence]:
        """What is to be told of a material that is received: that no definition knows it."""
        known = self.floor.register.data.definitions
        if self.units(material) or any(product == material for product, _ in known):
            return []
        return [
            say(
                "unknown_material",
                "no definition needs or makes {material!r}",
                "if it is misspelt receive it again under another id",
                material=material,
            )
        ]

    def units(self, material: str) -> set[str]:
        """The units in which the bills of all definitions have a material."""
        return {
            need.unit
            for definition in self.floor.register.data.definitions.values()
            for operation in definition.operations
            if (need := operation.needs.material(material)) is not None
        }

    def check(self, lot: Lot, job: JobOrder | None) -> None:
        """Raise LotRefused with all that speaks against using a lot, for a job order or any."""
        found = [*self._of_itself(lot)]
        if job is not None:
            found += self._for(lot, job.needs, job)
        if found:
            raise LotRefused(*found)

    def blocks(self, lot: Lot, need: Material, job: JobOrder) -> Iterator[Block]:
        """What speaks against a start with a lot that is mounted."""
        if expired := self._expired(lot):  # of a hold its own gate tells
            yield Block(said=expired)
        yield from map(as_block, self._as_needed(lot, need, job))
        left = self.reader.balance(lot.lot).left
        if left is not None and left <= 0:
            yield Block(
                said=say(
                    "material.used_up",
                    "lot {lot} of {material} is used up ({left} {unit} left)",
                    "mount the next lot",
                    lot=lot.lot,
                    material=lot.material,
                    left=str(left),
                    unit=lot.unit,
                ),
                only_warns=self.empty == "ask",
            )

    def _expired(self, lot: Lot) -> Sentence | None:
        if lot.expires is None or lot.expires > self.floor.clock.now():
            return None
        at = to_datetime(lot.expires).astimezone(self.floor.zone).isoformat(timespec="minutes")
        return say(
            "expired",
            "lot {lot} of {material} expired at {at}",
            "scan another lot",
            lot=lot.lot,
            material=lot.material,
            at=at,
        )

    def _of_itself(self, lot: Lot) -> Iterator[Sentence]:
        if expired := self._expired(lot):
            yield expired
        if why := self.held(lot.lot):
            yield say(
                "held",
                "lot {lot} of {material} is on hold: {why}",
                "have the hold released, or scan another lot",
                lot=lot.lot,
                material=lot.material,
                why=why,
            )
        left = self.reader.balance(lot.lot).left
        if left is not None and left <= 0:
            yield say(
                "empty",
                "lot {lot} of {material} is empty: {left} {unit} left",
                "scan another lot",
                lot=lot.lot,
                material=lot.material,
                left=str(left),
                unit=lot.unit,
            )

    def _for(self, lot: Lot, needs: Needs, job: JobOrder) -> Iterator[Sentence]:
        need = needs.material(lot.material)
        if need is None:
            if lot.job_order_id and self._same_order(lot, job):
                return
            wanted = ", ".join(one.id for one in needs.materials) or "no material"
            yield say(
                "wrong_material.needed",
                "lot {lot} is {material}; {job} needs {wanted}",
                "scan a lot of what is needed",
                lot=lot.lot,
                material=lot.material,
                job=job.id,
                wanted=wanted,
            )
            return
        yield from self._as_needed(lot, need, job)

    def _same_order(self, lot: Lot, job: JobOrder) -> bool:
        made_by = self.floor.register.jobs.get(lot.job_order_id)
        return made_by is not None and made_by.order == job.order and made_by.id != job.id

    def _as_needed(self, lot: Lot, need: Material, job: JobOrder) -> Iterator[Sentence]:
        # What was made here is counted in pieces, whatever the bill calls them.
        if lot.kind == LotKind.MATERIAL and lot.unit != need.unit:
            yield say(
                "unit",
                "lot {lot} is in {unit}; {job} needs {material} in {needed}",
                "scan a lot that is in {needed}",
                lot=lot.lot,
                unit=lot.unit,
                job=job.id,
                material=need.id,
                needed=need.unit,
            )
        if need.revision and lot.revision != need.revision:
            yield say(
                "revision.lot",
                "lot {lot} is {material} revision {revision}; {job} is made by revision {needed}",
                "scan a lot of revision {needed}",
                lot=lot.lot,
                material=lot.material,
                revision=lot.revision or "–",
                job=job.id,
                needed=need.revision,
            )


def lot_known(id_: str) -> Sentence:
    """The id of a new lot that another one has."""
    return say("lot.known", "lot {lot} is known already", "give this one another id", lot=id_)


def as_block(said: Sentence) -> Block:
    """What forbids a start."""
    return Block(said=said)
