"""What the same strokes make beside a job: its job order goes with the main one.

It is started, interrupted, resumed and ended with the job of the tool, in one recording, in the
phase `beside`, in which it holds no work center. Between those, this ends one whose quantity is
there and begins the next order of its product.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import structlog

from edge.domain.facts import Source
from edge.domain.orders import BESIDE, JobOrder
from edge.domain.recording import StoreUnavailable, VersionConflict
from edge.domain.vocabulary import JobState
from edge.execution.errors import NotAllowed
from edge.execution.floor import Floor

LOOK_S = 0.2
log = structlog.get_logger(__name__)


class Siding:
    """Follows the sides of all tools at work, on one floor."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def run(self) -> None:
        """Look for ever; what cannot be done now is found again."""
        while True:
            try:
                await self.look()
            except (StoreUnavailable, VersionConflict, NotAllowed) as error:
                self._floor.register.outdated = True
                log.warning("co_products_postponed", why=str(error))
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """End the sides that are made, and begin the next ones."""
        for center in [one for one, also in self._at_work() if also]:
            async with self._floor.lock(center):
                self._floor.register.reload()
                for side in list(self._sides(center)):
                    action = "complete" if side.phase == BESIDE else "beside"
                    await self._floor.change(side, action, None, source=Source.SYSTEM, actor=None)

    def _at_work(self) -> Iterator[tuple[str, bool]]:
        for center in self._floor.work_centers:
            yield center, any(True for _ in self._sides(center))

    def _sides(self, center: str) -> Iterator[JobOrder]:
        """Sides for which something is due: to be ended, or to be begun."""
        for main in self._floor.register.mains(center):
            if main.state != JobState.RUNNING:
                continue
            for side in self._floor.register.sides(main):
                row = self._floor.reader.job(side.id)
                now = replace(side, good=row.good) if row else side
                is_made = side.phase == BESIDE and now.left == 0
                if is_made or (side.state == JobState.ALLOWED_TO_START and now.left > 0):
                    yield side
