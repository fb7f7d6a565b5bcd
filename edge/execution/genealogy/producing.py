"""Lots come out of job orders: opened, closed, numbered, and empty pallets for them."""

from collections.abc import Sequence

from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.genealogy import HOLDERS, LotKind
from edge.domain.gs1 import sscc
from edge.domain.orders import JobOrder
from edge.domain.recording import BaselineMove, Recorded
from edge.domain.sentences import say
from edge.execution.desk import Answer, Asked
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.genealogy.flowing import PACKED
from edge.execution.genealogy.judging import Judge, lot_known
from edge.execution.genealogy.stand import (
    LOTS,
    Bench,
    Stand,
    desk_record,
    recorded_at,
    segment_body,
    with_open,
)
from edge.execution.wording import one_of

PRODUCED = FactKind.MATERIAL_PRODUCED


class Producing:
    """Output lots of job orders."""

    def __init__(self, bench: Bench, judge: Judge) -> None:
        self._bench, self._judge = bench, judge
        self.gs1_prefix = ""

    async def new_pallet(self, asked: Asked, kind: str = "") -> tuple[Answer, str]:
        """An empty pallet or container with the next number (an SSCC where there is a prefix)."""
        bench, kind = self._bench, kind or str(LotKind.PALLET)
        if kind not in HOLDERS:
            raise InvalidAction(one_of("kind", kind, sorted(HOLDERS)))
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
                raise NotAllowed(
                    say(
                        "lot.job_not_started",
                        "{job} was not started",
                        "start it, then open its lot",
                        job=job.id,
                    )
                )
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
                raise NotAllowed(
                    say(
                        "lot.closed_already",
                        "lot {lot} is closed already",
                        "look at the open lots",
                        lot=id_,
                    )
                )
            body: dict[str, Json] = {"event": "closed", "lot": id_}
            job = bench.floor.register.jobs.get(lot.job_order_id)
            setting = bench.reader.setting(place)
            if job is None or setting.into(job.id) != id_:
                draft = bench.desk.draft(PRODUCED, place, asked, body, lot.job_order_id or None)
                return bench.desk.answer(await bench.desk.record(asked, draft))
            return await self._changed(job, body, None, asked)

    def _free(self, id_: str) -> None:
        if self._bench.reader.lot(id_) is not None or id_ in self._bench.floor.register.jobs:
            raise NotAllowed(lot_known(id_))

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
