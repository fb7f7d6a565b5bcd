"""Lots are mounted on a work center, and what its counters count from then on is made of them."""

from collections.abc import Mapping, Sequence

from edge.domain.bom import LOT
from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.genealogy import Lot, LotKind, Mounted
from edge.domain.orders import JobOrder
from edge.domain.sentences import say
from edge.execution.desk import Answer, Asked
from edge.execution.errors import InvalidAction, LotRefused, NotAllowed, UnknownObject
from edge.execution.genealogy.judging import Judge, lot_known
from edge.execution.genealogy.scanning import Received, Scanning
from edge.execution.genealogy.stand import (
    LOTS,
    Bench,
    Stand,
    desk_record,
    recorded_at,
    segment_body,
    with_mounted,
)
from edge.execution.wording import NOTE_EMPTY, job_of_another, one_of, same_already

SAID = ("lot", "material", "revision", "quantity", "unit", "expires", "supplier_lot", "kind")
CONSUMED, PRODUCED = FactKind.MATERIAL_CONSUMED, FactKind.MATERIAL_PRODUCED


RECEIVED = (LotKind.MATERIAL, LotKind.SERIAL, LotKind.PRODUCT)


class Mounting:
    """Lots that come in, and that are mounted."""

    def __init__(self, bench: Bench, judge: Judge, scanning: Scanning) -> None:
        self._bench, self._judge, self._scanning = bench, judge, scanning
        self.restated: set[str] = set()  # job orders whose lots are known otherwise now

    async def receive(self, received: Received, asked: Asked) -> Answer:
        """A lot comes to the site.

        Raises NotAllowed if its id is taken, InvalidAction (its kind, a unit in which no bill has
        it, or what neither a person nor its label says), RequestConflict.
        """
        desk, site = self._bench.desk, self._bench.floor.site
        async with self._bench.floor.lock(LOTS):
            if again := desk.answered(asked):
                return again
            self._bench.floor.register.reload()
            received = self._scanning.received(received)
            if self._bench.reader.lot(received.lot) is not None:
                raise NotAllowed(lot_known(received.lot))
            if received.kind not in RECEIVED:
                raise InvalidAction(one_of("kind", received.kind, RECEIVED))
            self._judge.check_unit(received.material, received.unit)
            body = {**vars(received), "event": "received"}
            if not received.code:
                del body["code"]
            draft = desk.draft(PRODUCED, site, asked, body)
            return desk.answer(await desk.record(asked, draft))

    def received(self, seq: int) -> Mapping[str, Json]:
        """What a lot was received as, its label read: by the fact that received it."""
        body = self._bench.fact(seq).body
        return {name: body[name] for name in SAID}

    async def mount(
        self, work_center: str, id_: str, asked: Asked, job_order_id: str | None = None
    ) -> Answer:
        """Mount a lot, named by its id or its label, in the place of the one of its material.

        It is judged for the job order that is named, else the one that is on. Raises
        UnknownObject, LotRefused, NotAllowed, RequestConflict, StoreUnavailable.
        """
        floor, desk = self._bench.floor, self._bench.desk
        floor.work_center(work_center)
        async with floor.lock(work_center):
            if again := desk.answered(asked):
                return again
            floor.register.reload()
            lot, job = self._scanning.lot(id_), self._for(work_center, job_order_id)
            await self._judged(lot, job, work_center, asked)
            before = self._bench.reader.setting(work_center).of(lot.material)
            if before is not None and before.lot == lot.lot:
                raise NotAllowed(
                    say(
                        "lot.mounted",
                        "lot {lot} is mounted on {work_center} already",
                        "scan another, or go on",
                        lot=lot.lot,
                        work_center=work_center,
                    )
                )
            new = Mounted(
                material=lot.material,
                lot=lot.lot,
                revision=lot.revision,
                made_by=lot.job_order_id,
            )
            said: dict[str, Json] = {
                "event": "mounted",
                "lot": lot.lot,
                "material": lot.material,
                "replaces": before.lot if before else None,
            }
            return await self._changed(work_center, said, new, asked)

    async def unmount(self, work_center: str, material: str, asked: Asked) -> Answer:
        """Take a lot off; raises UnknownObject if there is none of that material."""
        floor, desk = self._bench.floor, self._bench.desk
        floor.work_center(work_center)
        async with floor.lock(work_center):
            if again := desk.answered(asked):
                return again
            floor.register.reload()
            before = self._bench.reader.setting(work_center).of(material)
            if before is None:
                raise UnknownObject(
                    say(
                        "lot.none_mounted",
                        "no lot of {material} is mounted on {work_center}",
                        "look at what is mounted",
                        material=material,
                        work_center=work_center,
                    )
                )
            said: dict[str, Json] = {
                "event": "unmounted",
                "lot": before.lot,
                "material": material,
                "replaces": before.lot,
            }
            return await self._changed(work_center, said, None, asked)

    async def remount(self, seq: int, id_: str, note: str, asked: Asked) -> Answer:
        """Another lot was mounted all the while than fact `seq` says.

        Raises UnknownObject, InvalidAction, LotRefused, NotAllowed, RequestConflict.
        """
        fact = self._bench.fact(seq)
        if fact.kind != CONSUMED or fact.body["event"] != "mounted":
            raise InvalidAction(
                say(
                    "lot.no_mounting", "fact {seq} mounts no lot", "name the fact that did", seq=seq
                )
            )
        if not note.strip():
            raise InvalidAction(NOTE_EMPTY)
        floor, desk, reader = self._bench.floor, self._bench.desk, self._bench.reader
        async with floor.lock(fact.equipment_id):
            if again := desk.answered(asked):
                return again
            lot, material = self._judge.known(id_), str(fact.body["material"])
            was = reader.mounted_in(seq, material)
            if lot.material != material:
                raise LotRefused(
                    say(
                        "wrong_material.mounted",
                        "lot {lot} is {material}; fact {seq} mounted {mounted}",
                        "scan the right lot",
                        lot=lot.lot,
                        material=lot.material,
                        seq=seq,
                        mounted=material,
                    )
                )
            if was is None or was.lot == lot.lot:
                raise InvalidAction(same_already(seq))
            segments = reader.segments_with(fact.equipment_id, was.lot, material, seq)
            new = Mounted(
                material=material, lot=lot.lot, revision=lot.revision, made_by=lot.job_order_id
            )
            body: dict[str, Json] = {
                "event": "remounted",
                "corrects": seq,
                "lot": vars(new),
                "was": was.lot,
                "segments": segments,
                "note": note.strip(),
            }
            draft = desk.draft(CONSUMED, fact.equipment_id, asked, body, fact.job_order_id)
            recorded = await desk.record(asked, draft)
            self.restated |= {one.job_order_id for one in reader.consumption(lot=lot.lot)}
            return desk.answer(recorded)

    def on(self, work_center: str) -> JobOrder | None:
        """The job order that is on."""
        return self._bench.floor.register.running_job(work_center)

    def lots_of(self, job: JobOrder) -> Sequence[str]:
        """The lots that a job order would consume now: those that are mounted of its materials."""
        if not job.needs.materials:
            return ()
        setting = self._bench.reader.setting(job.work_center)
        return [one.lot for need in job.needs.materials if (one := setting.of(need.id))]

    def missing(self, job: JobOrder) -> list[str]:
        """Materials of which a lot must be mounted before a job order starts, and none is."""
        needed = [one.id for one in job.needs.materials if one.tracked == LOT]
        if not needed:
            return []
        setting = self._bench.reader.setting(job.work_center)
        return [material for material in needed if setting.of(material) is None]

    def _for(self, work_center: str, job_order_id: str | None) -> JobOrder | None:
        """The job order that a lot is judged for, where one is named."""
        floor = self._bench.floor
        if job_order_id is None:
            return None
        job = floor.job(job_order_id)
        if job.work_center != work_center:
            raise InvalidAction(job_of_another(job, work_center))
        return job

    async def _judged(self, lot: Lot, job: JobOrder | None, work_center: str, asked: Asked) -> None:
        """Raise LotRefused, and keep that it was: whoever mounts what is refused, it is known."""
        on = self._bench.floor.register.mains(work_center)
        takers = [one for one in on if one.needs.material(lot.material)]
        try:
            # It would go into the pieces of all that take its material from now on.
            for one in {one.id: one for one in [*takers, *([job] if job else [])]}.values():
                self._judge.check(lot, one)
            if job is None and not takers:
                self._judge.check(lot, on[0] if on else None)
        except LotRefused as refused:
            await self._bench.refused(work_center, job, lot.lot, refused, asked)
            raise

    async def _changed(
        self,
        work_center: str,
        said: dict[str, Json],
        new: Mounted | None,
        asked: Asked,
    ) -> Answer:
        bench, material = self._bench, str(said["material"])
        setting = bench.reader.setting(work_center)
        running = bench.floor.register.running_job(work_center)

        def make(stand: Stand) -> Sequence[FactDraft]:
            body = said | segment_body(stand, with_mounted(setting, new, material), setting.open)
            on = running.id if running else None
            return [bench.desk.draft(CONSUMED, work_center, asked, body, on)]

        recorded = await recorded_at(bench.floor, work_center, make, desk_record(bench.desk, asked))
        return bench.desk.answer(recorded)
