"""Material is booked by people beside the bill: put into a job order, lost, or taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from edge.domain.facts import FactKind, Json
from edge.domain.genealogy import Lot, LotKind
from edge.domain.sentences import say
from edge.execution.desk import Answer, Asked
from edge.execution.errors import InvalidAction, LotRefused, NotAllowed
from edge.execution.genealogy.judging import Judge
from edge.execution.genealogy.scanning import Scanning
from edge.execution.genealogy.stand import LOTS, Bench
from edge.execution.wording import NOTE_EMPTY

CONSUMED, PRODUCED = FactKind.MATERIAL_CONSUMED, FactKind.MATERIAL_PRODUCED
LOSSES = ("production", "storage", "other")
REVERSED = frozenset({"used", "lost", "flowed"})


@dataclass(frozen=True, kw_only=True)
class Use:
    """So much of a lot (None: all that is left, of a serial 1) is put into a job order."""

    lot: str
    quantity: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Material that went into no piece: in production, in store and on the way, or otherwise."""

    material: str
    quantity: Fraction
    loss: str
    reason: str
    unit: str = ""
    lot: str = ""
    job_order_id: str | None = None


class Using:
    """Bookings of material, of one edge's floor."""

    def __init__(self, bench: Bench, judge: Judge, scanning: Scanning) -> None:
        self._bench, self._judge, self._scanning = bench, judge, scanning

    async def use(self, job_order_id: str, use: Use, asked: Asked) -> Answer:
        """Put a lot, a serial or a part of a lot into a job order's pieces.

        Raises UnknownObject, LotRefused, InvalidAction, NotAllowed, RequestConflict.
        """
        floor, desk = self._bench.floor, self._bench.desk
        async with floor.lock(floor.job(job_order_id).work_center), floor.lock(LOTS):
            if again := desk.answered(asked):
                return again
            floor.register.reload()
            job = desk.expected(floor.job(job_order_id), asked)
            if job.started_at is None:
                raise NotAllowed(
                    say(
                        "lot.job_not_on",
                        "{job} was not started",
                        "start it, then scan what goes in",
                        job=job.id,
                    )
                )
            lot = self._scanning.lot(use.lot)
            try:
                self._judge.check(lot, job)
            except LotRefused as refused:
                await self._bench.refused(job.work_center, job, lot.lot, refused, asked)
                raise
            quantity = self._much(lot, use.quantity)
            body: dict[str, Json] = {
                "event": "used",
                "lot": lot.lot,
                "material": lot.material,
                "quantity": str(quantity),
                "unit": lot.unit,
                "into": self._bench.reader.setting(job.work_center).into(job.id),
                **desk.when(job.work_center, floor.clock.now(), job),
            }
            draft = desk.draft(CONSUMED, job.work_center, asked, body, job.id)
            return desk.answer(await desk.record(asked, draft))

    async def lose(self, work_center: str, loss: Loss, asked: Asked) -> Answer:
        """Say that material was lost; raises UnknownObject, InvalidAction, RequestConflict."""
        floor, desk = self._bench.floor, self._bench.desk
        floor.work_center(work_center)
        async with floor.lock(work_center):
            if again := desk.answered(asked):
                return again
            floor.register.reload()
            job = floor.register.running_job(work_center)
            job = floor.job(loss.job_order_id) if loss.job_order_id else job
            lot = self._judge.known(loss.lot) if loss.lot else None
            if loss.quantity <= 0 or loss.loss not in LOSSES:
                raise InvalidAction(
                    say(
                        "loss.value",
                        "{quantity} of {loss!r}: it must be above 0, and a loss of {known}",
                        "say how much was lost, and where",
                        quantity=str(loss.quantity),
                        loss=loss.loss,
                        known=", ".join(LOSSES),
                    )
                )
            need = job.needs.material(loss.material) if job else None
            unit = loss.unit or (lot.unit if lot else "") or (need.unit if need else "")
            if not unit:
                raise InvalidAction(
                    say(
                        "loss.unit",
                        "unit of {material} is not known",
                        "say it",
                        material=loss.material,
                    )
                )
            if lot is not None and lot.material != loss.material:
                raise InvalidAction(
                    say(
                        "loss.lot",
                        "lot {lot} is {material}, not {lost}",
                        "name a lot of what was lost",
                        lot=lot.lot,
                        material=lot.material,
                        lost=loss.material,
                    )
                )
            self._check_unit(loss.material, unit, lot)
            body: dict[str, Json] = {
                "event": "lost",
                "loss": loss.loss,
                "reason": loss.reason,
                "lot": loss.lot,
                "material": loss.material,
                "quantity": str(loss.quantity),
                "unit": unit,
                **desk.when(work_center, floor.clock.now(), job),
            }
            draft = desk.draft(CONSUMED, work_center, asked, body, job.id if job else None)
            return desk.answer(await desk.record(asked, draft))

    def _check_unit(self, material: str, unit: str, lot: Lot | None) -> None:
        """Raise InvalidAction for another unit than the lot's, else than that of bills."""
        if lot is None:
            self._judge.check_unit(material, unit)
        elif unit != lot.unit:
            raise InvalidAction(
                say(
                    "loss.other_unit",
                    "unit {unit!r}: lot {lot} is in {wanted}",
                    "say the quantity in that",
                    unit=unit,
                    lot=lot.lot,
                    wanted=lot.unit,
                )
            )

    async def reverse(self, seq: int, note: str, asked: Asked) -> Answer:
        """Take back what was used, lost, packed, split or merged, by a new fact.

        Raises UnknownObject, InvalidAction, NotAllowed if it was taken back, RequestConflict.
        """
        bench = self._bench
        fact = bench.fact(seq)
        if fact.kind not in {CONSUMED, PRODUCED} or fact.body["event"] not in REVERSED:
            raise InvalidAction(
                say(
                    "lot.no_booking",
                    "fact {seq} is no booking of material that can be taken back",
                    "name the fact that booked it",
                    seq=seq,
                )
            )
        if not note.strip():
            raise InvalidAction(NOTE_EMPTY)
        async with bench.floor.lock(LOTS):
            if again := bench.desk.answered(asked):
                return again
            if bench.reader.is_reversed(seq) or "reverses" in fact.body:
                raise NotAllowed(
                    say(
                        "lot.booking_back",
                        "fact {seq} was taken back already, or takes back another one",
                        "look at the facts of the lot",
                        seq=seq,
                    )
                )
            body = {**fact.body, "reverses": seq, "note": note.strip()}
            if "flows" in body:
                body["flows"] = [_negated(one) for one in body["flows"]]
                body["new"] = []
            else:
                body = _negated(body)
            draft = bench.desk.draft(fact.kind, fact.equipment_id, asked, body, fact.job_order_id)
            return bench.desk.answer(await bench.desk.record(asked, draft))

    def _much(self, lot: Lot, said: Fraction | None) -> Fraction:
        left = self._bench.reader.balance(lot.lot).left
        much = said if said is not None else (Fraction(1) if lot.kind == LotKind.SERIAL else left)
        if much is None or much <= 0:
            raise InvalidAction(
                say(
                    "lot.no_quantity",
                    "quantity of lot {lot} is not known",
                    "say how much goes in",
                    lot=lot.lot,
                )
            )
        if left is not None and much > left:
            raise LotRefused(
                say(
                    "empty.lot",
                    "lot {lot} has {left} {unit} left, not {much}",
                    "say less, or scan another lot",
                    lot=lot.lot,
                    left=str(left),
                    unit=lot.unit,
                    much=str(much),
                )
            )
        return much


def _negated(said: Mapping[str, Json]) -> dict[str, Json]:
    return {**said, "quantity": str(-Fraction(said["quantity"]))}
