"""What becomes of materials by itself: the feed is told what the bill booked, output lots follow.

Consumption by bill is derived from pieces, so that corrections restate it. For the ERP it is
stated as facts: at each change of a lot, each hour and at the end of a job order, the difference
to what was stated before. All statements of a job order add up to what is booked, always.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import structlog

from edge.domain.calendars import CalendarEnds, compile_calendar
from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.genealogy import Owed, Setting
from edge.domain.hours import DAY, hour_start
from edge.domain.orders import JobOrder
from edge.domain.recording import (
    BaselineConflict,
    BaselineMove,
    Recorded,
    Recording,
    StoreUnavailable,
)
from edge.domain.vocabulary import OPEN_JOB_STATES
from edge.execution.genealogy.producing import next_lot, opened_body
from edge.execution.genealogy.stand import (
    Bench,
    Stand,
    recorded_at,
    segment_body,
    with_open,
)

LOOK_S = 1.0
CONSUMED, PRODUCED = FactKind.MATERIAL_CONSUMED, FactKind.MATERIAL_PRODUCED
POSTPONED = (StoreUnavailable, BaselineConflict)
Mark = tuple[object, ...]
log = structlog.get_logger(__name__)


@dataclass
class Tending:
    """Looks at each job order that changed; `pieces_per_lot` 0 and `lot_per_shift` False: the
    output stays in its lot until a person opens the next."""

    bench: Bench
    pieces_per_lot: int = 0
    lot_per_shift: bool = False
    again: set[str] = field(default_factory=set)
    _stated: dict[str, Mark] = field(default_factory=dict)
    _seen: int = 0
    _version: int = -1
    _hour: int = 0

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except POSTPONED as error:
                log.warning("materials_postponed", why=str(error))
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """State what is owed, and let output lots follow, of job orders that have changed."""
        register = self.bench.floor.register
        version, changed = register.changes(self._version)
        if register.outdated or not self._is_same_hour() or changed is None or changed:
            register.reload()  # what was counted for jobs that have ended is known then, too
        elif self.bench.floor.reader.chain_end().seq == self._seen:
            return
        seen = self.bench.floor.reader.chain_end().seq
        settings: dict[str, Setting] = {}
        for job in self._chosen(changed):
            if job.work_center not in settings:
                settings[job.work_center] = self.bench.reader.setting(job.work_center)
            setting = settings[job.work_center]
            if await self._follow(job, setting):
                del settings[job.work_center]
                self.again.add(job.id)  # what is owed is looked at with the other lot
                continue
            mark = self._mark(job, setting)
            if self._stated.get(job.id) != mark or job.id in self.again:
                await self.state(job.id)
                self.again.discard(job.id)
                self._stated[job.id] = mark
        # Not before: what could not be recorded is looked at again.
        self._seen, self._version = seen, version

    def _chosen(self, changed: Collection[str] | None) -> list[JobOrder]:
        """The started jobs that are on, and of the others those that something has happened to.

        A plant's year has thousands that have ended, and nothing is owed of them from one look
        to the next. `changed` None: any may have.
        """
        floor, jobs = self.bench.floor, self.bench.floor.register.jobs
        if changed is None:
            found = tuple(jobs.values())
        else:
            ids = sorted({*changed, *self.again})
            named = (jobs[id_] for id_ in ids if id_ in jobs)
            found = (*floor.register.open, *named)
        started = {job.id: job for job in found if job.started_at is not None}.values()
        here = [job for job in started if job.work_center in floor.work_centers]
        # One of a work center that is not in plant.toml waits until it is there again.
        self.again |= {job.id for job in started if job.work_center not in floor.work_centers}
        return here

    def _is_same_hour(self) -> bool:
        hour = hour_start(self.bench.floor.clock.now(), self.bench.floor.zone)
        same, self._hour = hour == self._hour, hour
        return same

    def _mark(self, job: JobOrder, setting: Setting) -> Mark:
        """What says that something may be owed: of a job that is on not each piece."""
        if job.state in OPEN_JOB_STATES:
            hour = hour_start(self.bench.floor.clock.now(), self.bench.floor.zone)
            return ("on", setting.segment, hour)
        return (job.good, job.scrap, job.rework)

    async def state(self, job_order_id: str) -> None:
        """State for the feed what a job order's bill booked since the last statement."""
        floor = self.bench.floor
        job = floor.job(job_order_id)
        async with floor.lock(job.work_center):
            owed = await asyncio.to_thread(self.bench.reader.owed, job.id)
            if owed:
                drafts = tuple(self._statement(job, one) for one in owed)
                await floor.writer.record(Recording(drafts=drafts))

    def _statement(self, job: JobOrder, owed: Owed) -> FactDraft:
        body = {
            "event": "stated",
            "material": owed.material,
            "lot": owed.lot,
            "quantity": str(owed.consumed - owed.stated),
            "unit": owed.unit,
            "total": str(owed.consumed),
        }
        return self._draft(CONSUMED, job, body)

    def _draft(self, kind: FactKind, job: JobOrder, body: dict[str, Json]) -> FactDraft:
        return FactDraft(
            kind=kind,
            occurred_at=self.bench.floor.clock.now(),
            equipment_id=job.work_center,
            job_order_id=job.id,
            source=Source.SYSTEM,
            body=body,
        )

    async def _follow(self, job: JobOrder, setting: Setting) -> bool:
        """Close the lot of a job that has ended, open the next one where it is due."""
        if not self._is_due(job, setting):
            return False
        async with self.bench.floor.lock(job.work_center):
            # Somebody may have opened or closed one, or ended the job, before it was our turn.
            self.bench.floor.register.reload()
            job = self.bench.floor.job(job.id)
            setting = self.bench.reader.setting(job.work_center)
            if not self._is_due(job, setting):
                return True
            ended = job.state not in OPEN_JOB_STATES
            await self._change(job, setting, None if ended else next_lot(self.bench, job))
        return True

    def _is_due(self, job: JobOrder, setting: Setting) -> bool:
        """Whether another lot is to be open than the one that is."""
        lot = setting.into(job.id)
        is_open = lot != job.id
        if job.state not in OPEN_JOB_STATES:
            return is_open
        if not self.pieces_per_lot and not self.lot_per_shift:
            return False
        return not is_open or self._is_full(lot) or self._is_of_before(job, lot)

    def _is_full(self, lot: str) -> bool:
        return 0 < self.pieces_per_lot <= self.bench.reader.good_in(lot)

    def _is_of_before(self, job: JobOrder, lot: str) -> bool:
        """Whether a lot was opened in another shift than the one that is on."""
        known = self.bench.reader.lot(lot)
        if not self.lot_per_shift or known is None:
            return False
        now = self.bench.floor.clock.now()
        calendar = self.bench.floor.work_centers[job.work_center].calendar
        try:
            on = compile_calendar(calendar, now - 2 * DAY, now + DAY).shift_at(now)
        except CalendarEnds:
            return False
        return on is not None and known.made_at < on.start

    async def _change(self, job: JobOrder, setting: Setting, lot: str | None) -> None:
        """Another lot is open from now on, at the counters of now; None closes it."""
        floor, before = self.bench.floor, setting.into(job.id)

        def make(stand: Stand) -> Sequence[FactDraft]:
            segment = segment_body(stand, setting.mounted, with_open(setting, job.id, lot))
            if lot is None:
                body = {"event": "closed", "lot": before, **segment}
                return [self._draft(PRODUCED, job, body)]
            opened = opened_body(job, lot, "", "") | segment
            drafts = [self._draft(PRODUCED, job, opened)]
            if before != job.id:
                drafts.append(self._draft(PRODUCED, job, {"event": "closed", "lot": before}))
            return drafts

        async def record(
            drafts: tuple[FactDraft, ...], moves: tuple[BaselineMove, ...]
        ) -> Recorded:
            return await floor.writer.record(Recording(drafts=drafts, baselines=moves))

        await recorded_at(floor, job.work_center, make, record)
