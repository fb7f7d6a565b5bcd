"""Lots come out of job orders and go into each other: opened, used, packed, split, lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.genealogy import HOLDERS, Lot, LotKind
from edge.domain.gs1 import sscc
from edge.domain.orders import JobOrder
from edge.domain.recording import BaselineMove, Recorded
from edge.domain.sentences import say
from edge.execution.desk import Answer, Asked
from edge.execution.errors import InvalidAction, LotRefused, NotAllowed
from edge.execution.genealogy.judging import Judge
from edge.execution.genealogy.scanning import Scanning
from edge.execution.genealogy.stand import (
    LOTS,
    Bench,
    Stand,
    desk_record,
    recorded_at,
    segment_body,
    with_open,
)

CONSUMED, PRODUCED = FactKind.MATERIAL_CONSUMED, FactKind.MATERIAL_PRODUCED
PACKED, UNPACKED = "packed", "unpacked"
HOW: Mapping[str, LotKind | None] = {
    PACKED: LotKind.PALLET,
    UNPACKED: None,
    "split": LotKind.PRODUCT,
    "merged": LotKind.PRODUCT,
    "reworked": LotKind.PRODUCT,
    "serial": LotKind.SERIAL,
}
LOSSES = ("production", "storage", "other")


@dataclass(frozen=True, kw_only=True)
class Flow:
    """So much of a lot goes into another one."""

    source: str
    target: str
    quantity: Fraction


@dataclass(frozen=True, kw_only=True)
class Flowing:
    """What people do with lots: `how` is one of HOW, `kind` that of targets that are new."""

    how: str
    flows: Sequence[Flow] = field(default_factory=tuple)
    kind: str = ""


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


class Producing:
    """Output lots of job orders, and what becomes of lots."""

    def __init__(self, bench: Bench, judge: Judge, scanning: Scanning) -> None:
        self._bench, self._judge, self._scanning = bench, judge, scanning
        self.gs1_prefix = ""

    async def new_pallet(self, asked: Asked, kind: str = "") -> tuple[Answer, str]:
        """An empty pallet or container with the next number (an SSCC where there is a prefix)."""
        bench, kind = self._bench, kind or str(LotKind.PALLET)
        if kind not in HOLDERS:
            raise InvalidAction(f"kind {kind!r}: one of {', '.join(sorted(HOLDERS))}")
        async with bench.floor.lock(LOTS):
            if again := bench.desk.answered(asked):
                return again, str(bench.fact(again.seq).body["new"][0]["lot"])
            id_ = self._free_number(kind)
            new = {"lot": id_, "kind": kind, "material": "", "revision": "", "unit": "pcs"}
            body: dict[str, Json] = {
                "event": "flowed",
                "how": PACKED,
                "flows": [],
                "new": [{**new, "expires": None}],
            }
            draft = bench.desk.draft(PRODUCED, bench.floor.site, asked, body)
            return bench.desk.answer(await bench.desk.record(asked, draft)), id_

    def _free_number(self, kind: str) -> str:
        """The next number of a pallet that no lot has."""
        number = self._bench.reader.holders_made() + 1
        while self._bench.reader.lot(id_ := self._number(kind, number)) is not None:
            number += 1
        return id_

    def _number(self, kind: str, number: int) -> str:
        if self.gs1_prefix:
            return sscc(self.gs1_prefix, number)
        return f"{'PAL' if kind == LotKind.PALLET else 'CON'}-{number}"

    async def open(
        self, job_order_id: str, id_: str, asked: Asked, *, kind: str = "", container: str = ""
    ) -> Answer:
        """The pieces of a job order go into a new lot from now on; the one before is closed.

        Raises UnknownObject, NotAllowed, InvalidAction, RequestConflict, StoreUnavailable.
        """
        floor, desk = self._bench.floor, self._bench.desk
        async with floor.lock(floor.job(job_order_id).work_center):
            if again := desk.answered(asked):
                return again
            floor.register.reload()
            job = desk.expected(floor.job(job_order_id), asked)
            if job.started_at is None:
                raise NotAllowed(f"{job.id} was not started; start it, then open its lot")
            body = opened_body(job, id_ or next_lot(self._bench, job), kind, container)
            return await self._changed(job, body, str(body["lot"]), asked)

    async def close(self, id_: str, asked: Asked) -> Answer:
        """Nothing more goes into a lot; raises UnknownObject, NotAllowed, RequestConflict."""
        bench = self._bench
        lot = self._judge.known(id_)
        place = lot.equipment_id or bench.floor.site
        async with bench.floor.lock(place):
            if again := bench.desk.answered(asked):
                return again
            bench.floor.register.reload()
            lot = self._judge.known(id_)
            if lot.closed_at is not None:
                raise NotAllowed(f"lot {id_} is closed already")
            body: dict[str, Json] = {"event": "closed", "lot": id_}
            job = bench.floor.register.jobs.get(lot.job_order_id)
            setting = bench.reader.setting(place)
            if job is None or setting.into(job.id) != id_:
                draft = bench.desk.draft(PRODUCED, place, asked, body, lot.job_order_id or None)
                return bench.desk.answer(await bench.desk.record(asked, draft))
            return await self._changed(job, body, None, asked)

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
                raise NotAllowed(f"{job.id} was not started; start it, then scan what goes in")
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
                raise InvalidAction(f"{loss.quantity} of {loss.loss!r}: above 0, and of {LOSSES}")
            need = job.needs.material(loss.material) if job else None
            unit = loss.unit or (lot.unit if lot else "") or (need.unit if need else "")
            if not unit:
                raise InvalidAction(f"unit of {loss.material} is not known; say it")
            if lot is not None and lot.material != loss.material:
                raise InvalidAction(f"lot {lot.lot} is {lot.material}, not {loss.material}")
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

    async def flow(self, flowing: Flowing, asked: Asked) -> Answer:
        """Pack, unpack, split, merge, rework, or name single pieces.

        Raises UnknownObject, InvalidAction, LotRefused, NotAllowed, RequestConflict.
        """
        bench = self._bench
        if flowing.how not in HOW or not flowing.flows:
            raise InvalidAction(f"{flowing.how!r}: one of {', '.join(HOW)}, with at least one flow")
        async with bench.floor.lock(LOTS):
            if again := bench.desk.answered(asked):
                return again
            bench.floor.register.reload()
            flowing = self._named(flowing)
            new: dict[str, dict[str, Json]] = {}
            for one in flowing.flows:
                self._check_flow(flowing, one, new)
            self._check_sums(flowing)
            back = flowing.how == UNPACKED
            body: dict[str, Json] = {
                "event": "flowed",
                "how": PACKED if back else flowing.how,
                "flows": [_said(one, back=back) for one in flowing.flows],
                "new": list(new.values()),
            }
            place, job = self._of(flowing)
            draft = bench.desk.draft(PRODUCED, place, asked, body, job)
            return bench.desk.answer(await bench.desk.record(asked, draft))

    def _named(self, flowing: Flowing) -> Flowing:
        """With ids of lots in the place of labels that were scanned."""
        holder = flowing.how in {PACKED, UNPACKED}
        flows = [
            replace(
                one,
                source=self._scanning.id(one.source),
                target=self._scanning.id(one.target, holder=holder),
            )
            for one in flowing.flows
        ]
        return replace(flowing, flows=flows)

    async def reverse(self, seq: int, note: str, asked: Asked) -> Answer:
        """Take back what was used, lost, packed, split or merged, by a new fact.

        Raises UnknownObject, InvalidAction, NotAllowed if it was taken back, RequestConflict.
        """
        bench = self._bench
        fact = bench.fact(seq)
        if fact.kind not in {CONSUMED, PRODUCED} or fact.body["event"] not in REVERSED:
            raise InvalidAction(f"fact {seq} is no booking of material that can be taken back")
        if not note.strip():
            raise InvalidAction("note is empty: say why, for whoever looks at it later")
        async with bench.floor.lock(LOTS):
            if again := bench.desk.answered(asked):
                return again
            if bench.reader.is_reversed(seq) or "reverses" in fact.body:
                raise NotAllowed(f"fact {seq} was taken back already, or takes back another one")
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
            raise InvalidAction(f"quantity of lot {lot.lot} is not known; say how much goes in")
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

    def _check_flow(self, flowing: Flowing, one: Flow, new: dict[str, dict[str, Json]]) -> None:
        if one.quantity <= 0 or one.source == one.target:
            raise InvalidAction(f"{one.source} to {one.target}: above 0, and of two lots")
        if flowing.how == UNPACKED:
            return
        material, revision, unit, expires = self._what(one.source)
        target = self._bench.reader.lot(one.target)
        kind = flowing.kind or str(HOW[flowing.how])
        if target is None:
            holds = kind in HOLDERS
            new.setdefault(
                one.target,
                {
                    "lot": one.target,
                    "kind": kind,
                    "material": "" if holds else material,
                    "revision": "" if holds else revision,
                    "unit": unit,
                    "expires": expires,
                },
            )
            known = str(new[one.target]["material"])
        else:
            if target.closed_at is not None:
                raise NotAllowed(f"{one.target} is closed: nothing more goes into it")
            kind, known = target.kind, target.material
        if flowing.how == PACKED and kind not in HOLDERS:
            raise InvalidAction(f"{one.target} is a {kind}; packed is what goes into a pallet")
        if kind not in HOLDERS and known != material:
            raise LotRefused(
                say(
                    "wrong_material.flow",
                    "{source} is {material}; {target} is {known}",
                    "name another lot",
                    source=one.source,
                    material=material,
                    target=one.target,
                    known=known,
                )
            )

    def _check_sums(self, flowing: Flowing) -> None:
        """Raise LotRefused if more goes out of a lot, or of a pallet, than is in it."""
        reader, sums = self._bench.reader, dict[tuple[str, str], Fraction]()
        back = flowing.how == UNPACKED
        for one in flowing.flows:
            key = (one.source, one.target if back else "")
            sums[key] = sums.get(key, Fraction(0)) + one.quantity
        for (source, holder), much in sums.items():
            left = reader.balance(source).left
            if back:
                inside = [link for link in reader.contents(holder) if link.source == source]
                left = sum((link.quantity or Fraction(0) for link in inside), Fraction(0))
            if left is not None and much > left:
                place = say("word.inside", "{lot} in {holder}", lot=source, holder=holder)
                raise LotRefused(
                    say(
                        "empty.source",
                        "{lot} has {left} left, not {much}",
                        "say at most what is left",
                        lot=place if back else source,
                        left=str(left),
                        much=str(much),
                    )
                )

    def _what(self, source: str) -> tuple[str, str, str, int | None]:
        """Material, revision, unit and expiry of a lot, or of a job order's pieces."""
        if (job := self._bench.floor.register.jobs.get(source)) is not None:
            return job.product, job.revision, "pcs", None
        lot = self._judge.known(source)
        return lot.material, lot.revision, lot.unit, lot.expires

    def _of(self, flowing: Flowing) -> tuple[str, str | None]:
        """Where it is done, and the job order that all of it is of, if there is one."""
        floor, reader = self._bench.floor, self._bench.reader
        jobs = set()
        for one in flowing.flows:
            lot = reader.lot(one.source)
            jobs.add(lot.job_order_id if lot else one.source)
        job = floor.register.jobs.get(next(iter(jobs))) if len(jobs) == 1 else None
        return (job.work_center, job.id) if job else (floor.site, None)

    def _free(self, id_: str) -> None:
        if self._bench.reader.lot(id_) is not None or id_ in self._bench.floor.register.jobs:
            raise NotAllowed(f"lot {id_} is known already; give this one another id")

    async def _changed(
        self, job: JobOrder, said: dict[str, Json], lot: str | None, asked: Asked
    ) -> Answer:
        bench = self._bench
        setting = bench.reader.setting(job.work_center)
        before = setting.into(job.id)

        def make(stand: Stand) -> Sequence[FactDraft]:
            segment = segment_body(stand, setting.mounted, with_open(setting, job.id, lot))
            drafts = [bench.desk.draft(PRODUCED, job.work_center, asked, said | segment, job.id)]
            if lot is not None and before != job.id:
                closed = {"event": "closed", "lot": before}
                drafts.append(bench.desk.draft(PRODUCED, job.work_center, asked, closed, job.id))
            return drafts

        committed = desk_record(bench.desk, asked)

        async def record(
            drafts: tuple[FactDraft, ...], moves: tuple[BaselineMove, ...]
        ) -> Recorded:
            async with bench.floor.lock(LOTS):
                if lot is not None:
                    self._free(lot)
                return await committed(drafts, moves)

        return bench.desk.answer(await recorded_at(bench.floor, job.work_center, make, record))


REVERSED = frozenset({"used", "lost", "flowed"})


def opened_body(job: JobOrder, id_: str, kind: str, container: str) -> dict[str, Json]:
    """What a fact says of an output lot of a job order."""
    return {
        "event": "opened",
        "lot": id_,
        "kind": kind or str(LotKind.PRODUCT),
        "material": job.product,
        "revision": job.revision,
        "unit": "pcs",
        "container": container,
    }


def next_lot(bench: Bench, job: JobOrder) -> str:
    """The id of the next output lot of a job order: WO1001.10-1, -2 and so on."""
    number = len(bench.reader.lots(job_order_id=job.id, limit=100_000)) + 1
    while bench.reader.lot(f"{job.id}-{number}") is not None:
        number += 1
    return f"{job.id}-{number}"


def _said(one: Flow, *, back: bool) -> dict[str, Json]:
    quantity = -one.quantity if back else one.quantity
    return {"from": one.source, "to": one.target, "quantity": str(quantity)}


def _negated(said: Mapping[str, Json]) -> dict[str, Json]:
    return {**said, "quantity": str(-Fraction(said["quantity"]))}
