"""The next order goes to the machine, and what it makes of it is noticed.

One dispatcher a work center looks at what the machine shows and does at most one
thing. What it does is decided by a pure function from the job that is on and the
last snapshot, so that after a restart at any moment it goes on from what is true:
the boundary is committed first and the machine is told after, and telling it twice
changes nothing. Where operators load the machine, all that is noticed is that
set-up is over: from then on a stop is a delay, and no longer part of the set-up.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from edge.domain.equipment import EquipmentUnreachable, Observation
from edge.domain.facts import Json, Source
from edge.domain.jobs import About, Beyond
from edge.domain.orders import JobOrder
from edge.domain.recording import ExpectedVersion, Recording, StoreUnavailable, VersionConflict
from edge.domain.vocabulary import WAITING_FOR_ORDER
from edge.execution.dispatch.due import Step, due, due_by_hand, due_by_machine
from edge.execution.errors import NotAllowed
from edge.execution.floor import COMPLETE, Floor
from edge.execution.orders.asking import question, surplus
from edge.execution.orders.jobs import event

DISPATCHER = "dispatcher"
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0  # until a machine is told again
POSTPONED = (EquipmentUnreachable, StoreUnavailable, VersionConflict, NotAllowed)
log = structlog.get_logger(__name__)


WAITED_FOR = frozenset({Step.TELL, Step.END, Step.FOLLOW})


@dataclass
class Patience:
    """When a machine is told again that did not take its job over: ever more rarely."""

    again: float = 0.0  # monotonic second
    pause: float = 0.0

    def told(self, now: float) -> None:
        """It was told at `now`."""
        self.pause = min(max(2 * self.pause, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self.again = now + self.pause


@dataclass
class Dispatcher:
    """Dispatch of one work center; `next_job` names what the plan wants next."""

    work_center: str
    floor: Floor
    next_job: Callable[[str], JobOrder | None]

    def __post_init__(self) -> None:
        self._wake = asyncio.Event()
        self._told = 0.0  # monotonic second of the last write; older snapshots say nothing
        self._patience = Patience()
        self._waiting: tuple[str, int] | None = None  # job that waits for input, as last read

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def seen(self, shown: Observation) -> None:
        """A snapshot: look, unless there is certainly nothing to do, as in nearly every one."""
        if self._is_pending(shown):
            self.wake()

    def _is_pending(self, shown: Observation) -> bool:
        if self.floor.register.outdated:
            return True
        job = self._job(shown)
        taken_over = job is None or shown.order == job.number
        step = self._due(job, shown)
        if step in WAITED_FOR and self._waiting is not None:
            about = job.id if job else str(shown.order)
            if self._waiting == (about, self.floor.register.generation):
                return False
        return (taken_over and self._patience.pause > 0) or step is not Step.WAIT

    def _job(self, shown: Observation) -> JobOrder | None:
        """The job that the machine makes, of those that are on."""
        return self.floor.register.main_of(self.work_center, shown.order)

    def _due(self, job: JobOrder | None, shown: Observation) -> Step:
        step = self._due_there(job, shown)
        if step is not Step.RUN or job is None:
            return step
        policy = self.floor.work_center(self.work_center).setup_policy(job)
        return step if policy == "good" else Step.WAIT

    def _due_there(self, job: JobOrder | None, shown: Observation) -> Step:
        center = self.floor.work_center(self.work_center)
        if center.follows:
            named = self.floor.register.named(self.work_center, shown.order)
            return due_by_machine(job, named, shown)
        if not center.automatic:
            return due_by_hand(job, shown)
        step = due(job, shown)
        if step in {Step.WAIT, Step.RUN} and job and self._makes_too_many(job, shown):
            return Step.STOP
        return step

    def _makes_too_many(self, job: JobOrder, shown: Observation) -> bool:
        at_work = shown.order == job.number and shown.state not in WAITING_FOR_ORDER
        return at_work and not shown.command and self.floor.was_told_more(job, shown)

    async def run(self) -> None:
        """Look and act for ever; what fails is logged and done when it can be."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                async with self.floor.lock(self.work_center):
                    await self.look()
            except POSTPONED as error:
                log.warning("dispatch_postponed", work_center=self.work_center, why=str(error))

    async def look(self) -> None:
        """Do the one step that is due now, if any."""
        if self.floor.register.outdated:
            self.floor.register.reload()
        shown = self.floor.equipment.observation(self.work_center)
        if shown is None or shown.polled < self._told:
            return
        job = self._job(shown)
        if job is None or shown.order == job.number:
            self._patience = Patience()
        match self._due(job, shown):
            case Step.START:
                await self._start()
            case Step.TELL if job:
                await self._tell_again(job)
            case Step.FOLLOW:
                await self._follow()
            case Step.LEFT if job:
                await self._leave(job)
            case Step.STOP if job:
                await self._stop(job)
            case Step.RUN if job:
                await self._change(job, "run", None)
            case Step.END if job:
                await self._end(job)
            case _:
                pass

    async def _start(self) -> None:
        job = self.next_job(self.work_center)
        if job is None:
            return
        boundary = await self.floor.equipment.force_reading(self.work_center)
        if due(None, boundary) is not Step.START:
            return
        await self._change(job, "start", boundary)
        await self._tell(self.floor.job(job.id))

    async def _tell_again(self, job: JobOrder) -> None:
        """The machine is free without the job that is on: it never took it over, or lost it."""
        if self.floor.clock.monotonic() < self._patience.again:
            return None
        boundary = await self.floor.equipment.force_reading(self.work_center)
        if due(job, boundary) is not Step.TELL:
            return None
        self.floor.register.reload()
        job = self.floor.job(job.id)
        if self._waits(job):
            return None
        if not self.floor.can_go_on(job):
            return await self._change(job, "complete", boundary)
        if self._patience.pause:
            log.warning("job_not_taken_over", work_center=self.work_center, job=job.id)
        return await self._tell(job)

    async def _tell(self, job: JobOrder) -> None:
        try:
            await self.floor.tell(job, DISPATCHER)
        finally:
            self._told = self.floor.clock.monotonic()
            self._patience.told(self._told)

    async def _follow(self) -> None:
        """The machine has loaded a job by itself: it is started, unless something forbids it."""
        boundary = await self.floor.equipment.force_reading(self.work_center)
        self.floor.register.reload()
        named = self.floor.register.named(self.work_center, boundary.order)
        if due_by_machine(self._job(boundary), named, boundary) is not Step.FOLLOW or not named:
            return
        if not self.floor.gates.allows(named):  # the board says so
            self._waiting = (str(boundary.order), self.floor.register.generation)
            log.warning("loaded_but_blocked", work_center=self.work_center, job=named.id)
            return
        await self._by_machine(named, "start", boundary)

    async def _leave(self, job: JobOrder) -> None:
        """The machine has gone on: the job has ended if its quantity is there, else it waits."""
        boundary = await self.floor.equipment.force_reading(self.work_center)
        self.floor.register.reload()
        job = self.floor.job(job.id)
        if self._due(job, boundary) is not Step.LEFT:
            return
        await self._by_machine(job, "lay_aside" if job.left else "complete", boundary)
        self.wake()

    async def _by_machine(self, job: JobOrder, action: str, boundary: Observation) -> None:
        await self.floor.change(job, action, boundary, source=Source.PLC, actor=None)

    async def _stop(self, job: JobOrder) -> None:
        """The order was cut: the machine is stopped, and told what is left when it stands."""
        log.info("told_too_many", work_center=self.work_center, job=job.id, wanted=job.quantity)
        try:
            await self.floor.command(self.work_center, COMPLETE, DISPATCHER)
        finally:
            self._told = self.floor.clock.monotonic()

    async def _end(self, job: JobOrder) -> None:
        """Count once more, then end the job: its progress decides what is passed on.

        A machine that made what it was told makes the rest, if more is wanted or was passed on
        since; one that has nothing to work on now waits for it.
        """
        boundary = await self.floor.equipment.force_reading(self.work_center)
        if self._due(job, boundary) is not Step.END:
            return None
        self.floor.register.reload()
        job = self.floor.job(job.id)
        if self._waits(job):
            return None
        if self.floor.work_center(self.work_center).follows:
            return await self._ended_by_machine(job, boundary)
        if self.floor.can_go_on(job) and self._goes_on(job, boundary):
            return await self._tell(job)
        if self.floor.can_go_on(job) and job.good < self._least(job):
            return await self._ask_short(job)
        await self._change(job, "complete", boundary, surplus(job))
        self.wake()
        return None

    async def _ended_by_machine(self, job: JobOrder, boundary: Observation) -> None:
        """The machine says that the job is complete; with too few pieces somebody is asked."""
        if job.good < self._least(job) and not self.floor.register.answered(job, About.SHORT):
            return await self._ask_short(job)
        return await self._by_machine(job, "complete", boundary)

    def _goes_on(self, job: JobOrder, shown: Observation) -> bool:
        """Whether the machine is to make the rest, although it stands in Complete."""
        floor = self.floor
        if floor.made_as_told(job, shown) or floor.was_told_more(job, shown):
            return True
        if floor.is_to_be_made(job):
            return True
        return job.good < self._least(job) and job.completion.beyond is Beyond.REFUSE

    def _least(self, job: JobOrder) -> int:
        policy = job.completion
        return 0 if policy.beyond is Beyond.ALLOW else policy.least(job.quantity)

    async def _ask_short(self, job: JobOrder) -> None:
        """Somebody ended the job at the machine: a supervisor says whether that is so."""
        asks = question(About.SHORT, job)
        after = replace(job, version=job.version + 1)
        at = self.floor.clock.now()
        draft = event(after, "asked", at=at, source=Source.SYSTEM, extra={"question": asks})
        version = ExpectedVersion(job_order_id=job.id, version=job.version)
        await self.floor.writer.record(Recording(drafts=(draft,), versions=(version,)))
        self.floor.register.reload()

    def _waits(self, job: JobOrder) -> bool:
        """Whether it waits for input or an answer; nothing is due before that has changed."""
        if not (self.floor.register.asked(job) or self.floor.waits_for_input(job)):
            return False
        self._waiting = (job.id, self.floor.register.generation)
        return True

    async def _change(
        self,
        job: JobOrder,
        action: str,
        boundary: Observation | None,
        asks: Mapping[str, Json] | None = None,
    ) -> None:
        await self.floor.change(
            job, action, boundary, source=Source.SYSTEM, actor=DISPATCHER, asks=asks
        )
