"""What a device told, kept until it is taken: bounded, and honest about what was lost."""

import asyncio
from collections.abc import Iterable

from plc_drivers.driver import Changes
from plc_drivers.errors import Unreachable
from plc_drivers.reading import Reading

ROOM = 200_000  # readings; twenty seconds of the most that a server is expected to tell
REASONS = 5


class Inbox:
    """Filled by subscriptions, emptied by `changes`."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._readings: list[Reading] = []
        self._missed: dict[str, None] = {}
        self._more = 0
        self._error: Unreachable | None = None
        self._came = asyncio.Event()

    def put(self, readings: Iterable[Reading]) -> None:
        """Add readings; beyond the room the oldest go, and that is told."""
        self._readings.extend(readings)
        if (over := len(self._readings) - self._room) > 0:
            del self._readings[:over]
            self.miss("changes came faster than they were taken")
        self._came.set()

    def miss(self, why: str) -> None:
        """Say why values may be missing; the same words are kept once."""
        if why in self._missed:
            return
        if len(self._missed) < REASONS:
            self._missed[why] = None
        else:
            self._more += 1
        self._came.set()

    def fail(self, error: Unreachable) -> None:
        """The end: from now on `take` raises, after what came before was taken."""
        self._error = self._error or error
        self._came.set()

    async def take(self) -> Changes:
        """Wait for something, and take all there is. Unreachable once nothing more can come."""
        while not (self._readings or self._missed):
            if self._error is not None:
                raise Unreachable(self._error.url, self._error.detail)
            self._came.clear()
            await self._came.wait()
        readings, self._readings = self._readings, []
        words, self._missed = list(self._missed), {}
        if self._more:
            words.append(f"and {self._more} more")
            self._more = 0
        return Changes(readings=tuple(readings), missed="; ".join(words))
