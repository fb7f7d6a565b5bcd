"""The reading of one device while it is connected: each batch when it is due, in turn.

The tags that count are one poll, and one snapshot for all collectors; the readings of other
batches are kept by tag and stand beside them in it, with their own times.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

from edge.collection.collector import Collector, Taken
from edge.collection.health import DeviceHealth
from edge.collection.readings import Latest
from edge.collection.schedule import Batch, Reads, Timeline
from edge.collection.snapshots import Snapshot
from edge.domain.clock import Clock
from edge.domain.ports import StoreUnavailable
from plc_drivers.driver import Driver
from plc_drivers.errors import DriverError
from plc_drivers.reading import Reading

RECHECKS = 20  # readings in a row after which a doubted counter is left to the next poll


class Rounds:
    """Reads one device for its collectors; `answered` is called after each poll that was."""

    def __init__(
        self,
        reads: Reads,
        collectors: Sequence[Collector],
        clock: Clock,
        *,
        limit_s: float,
        answered: Callable[[], None],
        committed: Callable[[Taken], None],
    ) -> None:
        self.health, self.latest = DeviceHealth(), Latest()
        self._clock = clock
        self._limit_s, self._answered, self._committed = limit_s, answered, committed
        self.serve(reads, collectors)

    def serve(self, reads: Reads, collectors: Sequence[Collector]) -> None:
        """Read for these collectors from now on; never in the middle of a poll."""
        self._reads, self._collectors = reads, tuple(collectors)
        roles = {tag for one in collectors for tag in one.settings.tags.values()}
        self._roles = (roles | reads.counting) & reads.readable

    async def run(self, driver: Driver, lock: asyncio.Lock) -> None:
        """Poll what is due, for ever; raises what the driver does."""
        timeline = Timeline()
        self.latest.connected()
        while True:
            batches = self._reads.batches()
            batch = timeline.due(batches, self._clock.monotonic())
            if batch is None:
                await asyncio.sleep(timeline.wait(batches, self._clock.monotonic()))
                continue
            async with lock:
                timeline.begun(batch, self._clock.monotonic())
                with suppress(StoreUnavailable):  # the counter holds the pieces; logged once
                    await self._read(driver, batch)
            self.health.missed_polls += timeline.done(batch, self._clock.monotonic())
            await asyncio.sleep(0)

    async def forced(self, driver: Driver) -> Mapping[str, Taken]:
        """A snapshot now, of every tag that has a role; what came of it by work center."""
        counts = self._reads.batches()[0]
        return await self._count(driver, counts.tags | self._roles)

    async def _read(self, driver: Driver, batch: Batch) -> None:
        if batch.counts:
            await self._count(driver, batch.tags)
        else:
            await self._poll(driver, batch.tags)

    async def _count(self, driver: Driver, tags: frozenset[str]) -> Mapping[str, Taken]:
        """One snapshot to all collectors, read again while a counter is doubted."""
        taken: dict[str, Taken] = {}
        for _ in range(RECHECKS):
            snapshot = await self._snapshot(driver, tags)
            for one in self._collectors:
                if one.settings.id in taken and not taken[one.settings.id].again:
                    continue
                taken[one.settings.id] = await one.take(snapshot)
            if not any(one.again for one in taken.values()):
                break
            await asyncio.sleep(min(one.settings.recheck_s for one in self._collectors) / 2)
        for result in taken.values():
            self._committed(result)
        return taken

    async def _snapshot(self, driver: Driver, tags: frozenset[str]) -> Snapshot:
        asked_at, asked = self._clock.now(), self._clock.monotonic()
        readings = await self._poll(driver, tags)
        return Snapshot(asked_at=asked_at, polled=asked, readings=self.latest.with_fresh(readings))

    async def _poll(self, driver: Driver, tags: frozenset[str]) -> Sequence[Reading]:
        asked = self._clock.monotonic()
        every: Collection[str] | None = None if tags >= self._reads.readable else tags
        self.health.polls += 1
        try:
            async with asyncio.timeout(self._limit_s):
                readings = await driver.poll(every)
        except (DriverError, TimeoutError):
            self.health.errors += 1
            raise
        now = self._clock.monotonic()
        self.health.latency_s = now - asked
        self.latest.take(readings)
        self.latest.mark(now)
        self._answered()
        return readings
