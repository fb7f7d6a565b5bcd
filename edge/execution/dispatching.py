"""The next order goes to the machine, and what it makes of it is noticed.

One dispatcher a work center looks at what the machine shows and does at most one
thing. What it does is decided by a pure function from the job that is on and the
last snapshot, so that after a restart at any moment it goes on from what is true:
the boundary is committed first and the machine is told after, and telling it twice
changes nothing. Where operators load the machine, all that is noticed is that
set-up is over: from then on a stop is a delay, and no longer part of the set-up.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import structlog

from edge.domain.facts import Source
from edge.domain.orders import JobOrder
from edge.domain.ports import (
    EquipmentUnreachable,
    Observation,
    StoreUnavailable,
    VersionConflict,
)
from edge.domain.vocabulary import PRODUCING, WAITING_FOR_ORDER, JobState, MachineState
from edge.execution.errors import NotAllowed
from edge.execution.floor import Floor, Made

DISPATCHER = "dispatcher"
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0  # until a machine is told again
POSTPONED = (EquipmentUnreachable, StoreUnavailable, VersionConflict, NotAllowed)
log = structlog.get_logger(__name__)


class Step(Enum):
    """What is due on a work center."""

    WAIT = "wait"
    START = "start"  # the machine is free: give it the next job
    TELL = "tell"  # the job is started, but the machine does not know it yet
    RUN = "run"  # the first pieces: set-up is over
    END = "end"  # the machine has completed the job


def due(job: JobOrder | None, shown: Observation) -> Step:
    """The step that is due, from the job that is on and what the machine shows."""
    idle = shown.state in WAITING_FOR_ORDER and not shown.command
    if job is None:
        return Step.START if idle else Step.WAIT
    if shown.order != job.number:
        return Step.TELL if idle and job.state == JobState.RUNNING else Step.WAIT
    if shown.state == MachineState.COMPLETE and not shown.command:
        return Step.END
    return _run_or_wait(job, shown)


def due_by_hand(job: JobOrder | None, shown: Observation) -> Step:
    """The step that is due where an operator starts and ends jobs: RUN or WAIT.

    A machine that shows no order number makes the job that was started there.
    """
    if job is None or shown.order not in (None, job.number):
        return Step.WAIT
    return _run_or_wait(job, shown)


def _run_or_wait(job: JobOrder, shown: Observation) -> Step:
    in_setup = job.state == JobState.RUNNING and job.phase == "setup"
    return Step.RUN if in_setup and shown.state in PRODUCING else Step.WAIT


GOES_ON = frozenset({Step.TELL, Step.END})
NONE_MADE = Made()


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
        self._before = dict[str, Made]()  # what a job had when its machine was told, while known
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
        job = self.floor.register.running_job(self.work_center)
        taken_over = job is None or shown.order == job.number
        step = self._due(job, shown)
        if step in GOES_ON and job and self._waiting == (job.id, self.floor.register.generation):
            return False
        return (taken_over and self._patience.pause > 0) or step is not Step.WAIT

    def _due(self, job: JobOrder | None, shown: Observation) -> Step:
        automatic = self.floor.work_center(self.work_center).automatic
        return due(job, shown) if automatic else due_by_hand(job, shown)

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
        job = self.floor.register.running_job(self.work_center)
        if job is None or shown.order == job.number:
            self._patience = Patience()
        match self._due(job, shown):
            case Step.START:
                await self._start()
            case Step.TELL if job:
                await self._tell_again(job)
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
        self._before = {job.id: Made.of(job)}
        try:
            await self.floor.tell(job, DISPATCHER)
        finally:
            self._told = self.floor.clock.monotonic()
            self._patience.told(self._told)

    async def _end(self, job: JobOrder) -> None:
        """Count once more, then end the job: its progress decides what is passed on.

        A machine that made what it was told makes the rest, if more is wanted or was passed on
        since; one that has nothing to work on now waits for it.
        """
        boundary = await self.floor.equipment.force_reading(self.work_center)
        if due(job, boundary) is not Step.END:
            return
        self.floor.register.reload()
        job = self.floor.job(job.id)
        if self._waits(job):
            return
        as_told = self.floor.made_as_told(job, boundary, self._before.get(job.id, NONE_MADE))
        if as_told and self.floor.can_go_on(job):
            await self._tell(job)
        else:
            await self._change(job, "complete", boundary)
            self.wake()

    def _waits(self, job: JobOrder) -> bool:
        """Whether it waits for input; then nothing is due before something has changed."""
        if not self.floor.waits_for_input(job):
            return False
        self._waiting = (job.id, self.floor.register.generation)
        return True

    async def _change(self, job: JobOrder, action: str, boundary: Observation | None) -> None:
        await self.floor.change(job, action, boundary, source=Source.SYSTEM, actor=DISPATCHER)
