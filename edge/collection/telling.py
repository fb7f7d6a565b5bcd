"""What a connected device tells by itself is taken in as it comes, beside the polls.

It wakes a snapshot and is never counted; that the wire is silent is the driver's to notice.
"""

import asyncio
from collections.abc import Callable, Collection

from edge.collection.changes import Backlog
from edge.collection.health import DeviceHealth
from edge.collection.readings import Latest
from plc_drivers.configuration import DeviceConfig
from plc_drivers.driver import Driver, Subscriber


class Telling:
    """Listens to one connection until it is closed; `woken` is set when something has come.

    `news`: a tag that is `counting` has changed; `missed`: changes may be missing. Both are
    for whoever reads to take back.
    """

    def __init__(
        self,
        driver: Subscriber,
        counting: Callable[[], Collection[str]],
        backlog: Backlog,
        latest: Latest,
        health: DeviceHealth,
    ) -> None:
        self.woken, self.news, self.missed = asyncio.Event(), False, False
        self._driver, self._counting = driver, counting
        self._backlog, self._latest, self._health = backlog, latest, health
        self._task = asyncio.create_task(self._listen(), name="changes")
        self._task.add_done_callback(lambda _: self.woken.set())

    @property
    def polled(self) -> frozenset[str]:
        return self._driver.polled

    def check(self) -> None:
        """Raise what ended the listening, if it has ended."""
        if self._task.done():
            self._task.result()

    async def close(self) -> None:
        """End the listening."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            changes = await self._driver.changes()
            self._health.changes += len(changes.readings)
            self._latest.take(changes.readings)
            self._backlog.take(changes)
            if changes.missed:
                self._health.missed_changes += 1
                self.missed = True
            counting = self._counting()
            if any(reading.tag in counting for reading in changes.readings):
                self.news = True
            if self.news or self.missed:
                self.woken.set()


def subscriber(driver: Driver, config: DeviceConfig) -> Subscriber | None:
    """The driver as one that tells of changes; None if it cannot, or is not asked to."""
    wanted = any(group.mode == "subscribe" for group in config.groups)
    return driver if wanted and isinstance(driver, Subscriber) else None
