"""What quality demands of running jobs: an interrupting hold stops them, whatever happens.

It looks at what is true now, so that a hold that was placed while the machine was silent, or
just before a restart, still takes effect.
"""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from edge.domain.equipment import EquipmentUnreachable
from edge.domain.facts import Source
from edge.domain.orders import JobOrder
from edge.domain.recording import StoreUnavailable, VersionConflict
from edge.domain.vocabulary import JobState
from edge.execution.errors import NotAllowed
from edge.execution.floor import HOLD, Floor

LOOK_S = 0.5
WATCH = "quality"
Why = Callable[[JobOrder], Iterable[str]]
"""Why a running job has to be interrupted; nothing where it may go on."""
POSTPONED = (EquipmentUnreachable, StoreUnavailable, VersionConflict, NotAllowed, PermissionError)
log = structlog.get_logger(__name__)


class Watch:
    """Interrupts the jobs that may not go on; `reasons` say why."""

    def __init__(self, floor: Floor, *reasons: Why) -> None:
        self._floor, self._reasons = floor, reasons
        self._postponed: set[str] = set()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Interrupt each running job that may not go on; what fails is done at the next look."""
        if self._floor.register.outdated:
            self._floor.register.reload()
        for id_ in tuple(self._floor.work_centers):
            for job in self._floor.register.mains(id_):
                if job.state == JobState.RUNNING and self._why(job):
                    await self._try(job)
                else:
                    self._postponed.discard(job.id)

    async def _try(self, job: JobOrder) -> None:
        try:
            await self._interrupt(job.work_center, job.id)
        except POSTPONED as error:
            if job.id not in self._postponed:
                self._postponed.add(job.id)
                log.warning("interrupt_postponed", job=job.id, why=str(error))

    async def _interrupt(self, work_center: str, id_: str) -> None:
        floor = self._floor
        async with floor.lock(work_center):
            floor.register.reload()
            job = floor.register.jobs.get(id_)
            if job is None or job.state != JobState.RUNNING:
                return
            reasons = self._why(job)
            if not reasons:
                return
            await floor.command(work_center, HOLD, WATCH)
            boundary = await floor.equipment.force_reading(work_center)
            floor.register.reload()
            await floor.change(
                floor.job(job.id),
                "interrupt",
                boundary,
                source=Source.SYSTEM,
                actor=WATCH,
                reason="; ".join(reasons),
            )
            log.info("job_interrupted", work_center=work_center, job=job.id, why=reasons)

    def _why(self, job: JobOrder) -> list[str]:
        return [why for reason in self._reasons for why in reason(job)]
