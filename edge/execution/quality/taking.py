"""Inspections that the machine measures: taken when they fall due, without anybody's asking.

Each is taken once: what is due is looked at again under the work center's lock, with a reading
that was polled for it, and is covered by its fact. What cannot be taken stays due, is shown with
the reason, and has the consequences of an inspection that is overdue.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import structlog

from edge.domain.equipment import EquipmentUnreachable
from edge.domain.recording import StoreUnavailable, VersionConflict
from edge.domain.sentences import Sentence, Told, say
from edge.domain.vocabulary import JobState
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.floor import Floor
from edge.execution.quality.inspecting import Inspecting
from edge.execution.quality.standing import Asked, Inspections
from edge.execution.quality.suspecting import made
from edge.execution.wording import NOBODY

LOOK_S = 0.5
START = "start"
NOT_TAKEN = (
    EquipmentUnreachable,
    InvalidAction,
    NotAllowed,
    StoreUnavailable,
    VersionConflict,
)
NO_STORE = say("store.not_now", "the store cannot take facts now")
Key = tuple[str, str]  # job order, inspection
log = structlog.get_logger(__name__)


@dataclass
class Taking:
    """Why an inspection that is due is not taken is told to `inspections`."""

    floor: Floor
    inspections: Inspections
    inspecting: Inspecting
    _why: dict[Key, tuple[Sentence, ...]] = field(default_factory=dict)
    _made: dict[tuple[str, str], int] = field(default_factory=dict)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Take what is due and can be; what cannot is looked at again."""
        if self.floor.register.outdated:
            self.floor.register.reload()
        due = [asked for id_ in tuple(self.floor.work_centers) for asked in self._due(id_)]
        self._forget(due)
        for asked in due:
            await self._try(asked)

    def _due(self, work_center: str) -> Iterator[Asked]:
        """What a machine is to measure of the job that it makes."""
        for job in self.floor.register.mains(work_center):
            if job.state == JobState.RUNNING and any(one.by_machine for one in job.inspections):
                for asked in self.inspections.of_job(job):
                    if asked.plan.by_machine and asked.due:
                        yield asked

    def _forget(self, due: Iterable[Asked]) -> None:
        """Keep nothing of what is not due any more."""
        asked = [(one.job.id, one.plan.id) for one in due]
        points = {(one.job.id, at) for one in due if one.due for at in one.due.points}
        self._why = {key: why for key, why in self._why.items() if key in asked}
        self.inspections.not_taken = self._why
        self._made = {key: was for key, was in self._made.items() if key in points}

    async def _try(self, asked: Asked) -> None:
        key = asked.job.id, asked.plan.id
        if not self._has_a_piece(asked):
            return
        try:
            self.inspecting.can_take(asked.job, asked.plan)
            await self._take(asked)
        except NOT_TAKEN as error:
            said = error.said if isinstance(error, Told) else (NO_STORE,)
            if self._why.get(key) != said:
                log.warning("inspection_not_taken", job=key[0], inspection=key[1], why=str(error))
            self._why[key] = said
        else:
            self._why.pop(key, None)

    def _has_a_piece(self, asked: Asked) -> bool:
        """Whether a piece was made since the point: a first one is none before it is there."""
        job, points = asked.job, asked.due.points if asked.due else ()
        so_far = made(job)
        if not asked.plan.when.first_after:
            return True
        seen = [self._made.setdefault((job.id, at), so_far) for at in points if at != START]
        return so_far > max(seen, default=0)

    async def _take(self, asked: Asked) -> None:
        id_, work_center = asked.job.id, asked.job.work_center
        async with self.floor.lock(work_center):
            await self.floor.equipment.force_reading(work_center)
            self.floor.register.reload()
            mains = self.floor.register.mains(work_center)
            if [job.id for job in mains] != [id_]:
                others = ", ".join(job.id for job in mains if job.id != id_)
                raise NotAllowed(
                    say(
                        "inspection.whose",
                        "{jobs} is on {work_center} too: whose piece is it",
                        "record the inspection by hand",
                        jobs=others or NOBODY,
                        work_center=work_center,
                    )
                )
            job = self.floor.job(id_)
            if any(
                one.plan.id == asked.plan.id and one.due for one in self.inspections.of_job(job)
            ):
                await self.inspecting.take(job, asked.plan)
                log.info("inspection_taken", job=id_, inspection=asked.plan.id)
