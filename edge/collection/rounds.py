"""The reading of one device while it is connected: each batch when it is due, in turn.

The tags that count are one poll, and one snapshot for all collectors; the readings of other
batches are kept by tag and stand beside them in it, with their own times.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial

import structlog

from edge.collection.beat import beat, beat_tag
from edge.collection.changes import Backlog, moments
from edge.collection.collector import Collector, Taken
from edge.collection.health import DeviceHealth
from edge.collection.readings import Latest
from edge.collection.schedule import Batch, Reads, Timeline
from edge.collection.settings import DeviceSettings
from edge.collection.skew import Skew
from edge.collection.snapshots import STATE_ROLES, Snapshot
from edge.collection.telling import Telling, subscriber
from edge.domain.clock import MICROS, Clock, PlantClock
from edge.domain.recording import StoreUnavailable
from plc_drivers.driver import Driver
from plc_drivers.errors import DriverError, Refused
from plc_drivers.reading import Reading

log = structlog.get_logger(__name__)
RECHECKS = 20  # readings in a row after which a doubted counter is left to the next poll


class Rounds:
    """Reads one device for its collectors; `answered` is called after each poll that was."""

    def __init__(
        self,
        reads: Reads,
        collectors: Sequence[Collector],
        clock: Clock,
        *,
        settings: DeviceSettings,
        answered: Callable[[], None],
        committed: Callable[[Taken], None],
    ) -> None:
        self.health, self.latest, self.skew = DeviceHealth(), Latest(), Skew()
        self._clock = clock
        self._settings, self._answered, self._committed = settings, answered, committed
        self._backlog, self._snapshot_at = Backlog(), clock.now()
        self.serve(reads, collectors)

    def serve(self, reads: Reads, collectors: Sequence[Collector]) -> None:
        """Read for these collectors from now on; never in the middle of a poll."""
        self._reads, self._collectors = reads, tuple(collectors)
        settings = [one.settings for one in collectors]
        roles = {tag for one in settings for tag in (*one.tags.values(), *one.measures.values())}
        self._roles = (roles | reads.counting) & reads.readable
        states = (one.settings.tags.get(role) for one in collectors for role in STATE_ROLES)
        self._backlog.states = frozenset(tag for tag in states if tag)
        self._beat_tag = beat_tag(reads.config)
        self._polled: frozenset[str] | None = None
        self._planned: tuple[Batch, ...] = ()

    async def run(self, driver: Driver, lock: asyncio.Lock) -> None:
        """Read what is due, for ever; raises what the driver does."""
        self.latest.connected()
        timeline, telling = Timeline(), self._listen(driver)
        beating = asyncio.create_task(self._beat(driver, lock), name="heartbeat")
        try:
            while True:
                batches = self._batches(telling.polled if telling else None)
                if telling:
                    telling.check()
                    self._hurry(timeline, batches, telling)
                await self._turn(driver, lock, timeline, batches, telling)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            if telling:
                await telling.close()

    async def _beat(self, driver: Driver, lock: asyncio.Lock) -> None:
        tag = self._beat_tag
        if tag is not None:
            shown = partial(self.latest.value_of, tag.id)
            await beat(driver, lock, tag, shown, self._recording, self.health)

    def _recording(self) -> bool:
        return all(one.recording for one in self._collectors)

    async def _turn(
        self,
        driver: Driver,
        lock: asyncio.Lock,
        timeline: Timeline,
        batches: Sequence[Batch],
        telling: Telling | None,
    ) -> None:
        """Read what is due now; else wait until something is, or until changes are told."""
        now = self._clock.monotonic()
        batch = timeline.due(batches, now)
        if batch is None:
            await _woken(telling, timeline.wait(batches, now))
            return
        async with lock:
            if batches is not self._planned:
                return  # other work centers are served by now
            timeline.begun(batch, self._clock.monotonic())
            with suppress(StoreUnavailable):  # the counter holds the pieces; logged once
                await self._read(driver, batch)
        self.health.missed_polls += timeline.done(batch, self._clock.monotonic())
        await asyncio.sleep(0)

    def _listen(self, driver: Driver) -> Telling | None:
        teller = subscriber(driver, self._reads.config)
        if teller is None:
            return None
        return Telling(
            teller, lambda: self._reads.counting, self._backlog, self.latest, self.health
        )

    def _hurry(self, timeline: Timeline, batches: Sequence[Batch], telling: Telling) -> None:
        """A change of what counts asks for a snapshot now; changes that are missing, for all."""
        telling.woken.clear()
        if telling.missed:
            for batch in batches:
                timeline.hurry(batch, 0.0)
        elif telling.news:
            timeline.hurry(batches[0], self._settings.wake_s)
        telling.missed = telling.news = False

    def _batches(self, polled: frozenset[str] | None) -> tuple[Batch, ...]:
        if polled != self._polled or not self._planned:
            self._polled, self._planned = polled, self._reads.batches(polled)
        return self._planned

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
        """One snapshot to all collectors, read again while a counter is doubted.

        Each gets it whatever becomes of the others; then StoreUnavailable is raised.
        """
        taken: dict[str, Taken] = {}
        refused: StoreUnavailable | None = None
        for _ in range(RECHECKS):
            snapshot = await self._snapshot(driver, tags)
            refused = await self._take(snapshot, taken)
            if not any(one.again for one in taken.values()):
                break
            await asyncio.sleep(min(one.settings.recheck_s for one in self._collectors) / 2)
        for result in taken.values():
            self._committed(result)
        for one in self._collectors:
            if one.settings.id in taken:
                await self._acknowledge(driver, one, taken[one.settings.id].acknowledge)
        if refused is not None:
            raise refused
        return taken

    async def _take(self, snapshot: Snapshot, taken: dict[str, Taken]) -> StoreUnavailable | None:
        """A snapshot to those that have not had one to their end; what the store refused."""
        refused = None
        for one in self._collectors:
            if one.settings.id in taken and not taken[one.settings.id].again:
                continue
            try:
                taken[one.settings.id] = await one.take(snapshot)
            except StoreUnavailable as error:
                taken.pop(one.settings.id, None)  # of the reading before, which was doubted
                refused = error
        return refused

    async def _acknowledge(
        self, driver: Driver, collector: Collector, values: Mapping[str, int]
    ) -> None:
        """Tell a machine that its message is recorded; a lost answer is given again."""
        if not values:
            return
        try:
            await driver.write(values)
        except Refused as error:
            if not self.health.acknowledge_failures:
                log.error("message_not_acknowledged", device=self._reads.config.id, why=str(error))
            self.health.acknowledge_failures += 1
            return
        collector.acknowledged()

    async def _snapshot(self, driver: Driver, tags: frozenset[str]) -> Snapshot:
        asked_at, asked = self._clock.now(), self._clock.monotonic()
        waiting = self._backlog.waiting()  # what comes later may be newer than what is read
        readings = await self._poll(driver, tags)
        by_tag = self.latest.with_fresh(readings)
        self._backlog.settle(waiting, by_tag)
        since, self._snapshot_at = self._snapshot_at, asked_at
        return Snapshot(
            asked_at=asked_at,
            polled=asked,
            readings=by_tag,
            passed=moments(waiting.changes, since),
            missed=waiting.missed,
        )

    async def _poll(self, driver: Driver, tags: frozenset[str]) -> Sequence[Reading]:
        asked = self._clock.monotonic()
        every: Collection[str] | None = None if tags >= self._reads.readable else tags
        self.health.polls += 1
        try:
            async with asyncio.timeout(self._settings.poll_limit_s):
                readings = await driver.poll(every)
        except (DriverError, TimeoutError):
            self.health.errors += 1
            raise
        now = self._clock.monotonic()
        self.health.answered(now - asked)
        self.latest.take(readings)
        self.latest.mark(now)
        if not isinstance(self._clock, PlantClock):  # time that is faster than life has no skew
            self.skew.take(readings, now)
        self.health.clock_skew_s = (self.skew.estimate or 0) / MICROS
        self._answered()
        return readings


async def _woken(telling: Telling | None, seconds: float) -> None:
    """Wait; not so long if changes are told meanwhile."""
    if telling is None:
        await asyncio.sleep(seconds)
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await telling.woken.wait()
