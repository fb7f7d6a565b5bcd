"""Pieces go on while they are made: whoever waits for a transfer batch is told when it is there.

Counts are recorded by collection, which knows nothing of operations. So this looks at what
operations with a transfer batch have made, lets the next one start with the first batch, and
wakes one that waits for more. It rests on what is committed alone: after a restart at any moment
it finds the same.
"""

import asyncio
from dataclasses import replace

import structlog

from edge.domain.orders import JobOrder
from edge.domain.recording import ExpectedVersion, Recording, StoreUnavailable, VersionConflict
from edge.domain.vocabulary import JobState
from edge.execution.floor import Floor
from edge.execution.orders.passing import allowed

LOOK_S = 0.2
log = structlog.get_logger(__name__)


class Onward:
    """Passes transfer batches on, on one floor."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def run(self) -> None:
        """Look for ever; what the store cannot take now is found again."""
        while True:
            try:
                await self.look()
            except (StoreUnavailable, VersionConflict) as error:
                self._floor.register.outdated = True
                log.warning("passing_on_postponed", why=str(error))
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Pass on what was made since."""
        register = self._floor.register
        for job, following in register.feeding():
            row = self._floor.reader.job(job.id)
            made = replace(job, good=row.good) if row else job
            if following.state == JobState.NOT_ALLOWED_TO_START:
                await self._allow(made, following)
            elif made.passed_on != job.passed_on:
                register.reload()  # whoever waits for it looks again

    async def _allow(self, made: JobOrder, following: JobOrder) -> None:
        if made.passed_on == 0:
            return
        draft = allowed(following, self._floor.clock.now())
        version = ExpectedVersion(job_order_id=following.id, version=following.version)
        await self._floor.writer.record(Recording(drafts=(draft,), versions=(version,)))
        self._floor.register.reload()
        log.info("input_has_come", job=following.id, pieces=made.passed_on)
