"""Wakes long polls: they hold neither a thread nor a transaction while they wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from edge.domain.clock import Clock

T = TypeVar("T")


class Signal:
    """Set again and again; whoever waits sees the next time."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.closed = False

    def fire(self) -> None:
        """Wake all who wait now. On the event loop only."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    def close(self) -> None:
        """Wake all, and let nobody wait again: the service stops."""
        self.closed = True
        self.fire()

    def next(self) -> asyncio.Event:
        """What will be set at the next time; take it before looking, then wait."""
        return self._event


async def poll(
    signal: Signal, clock: Clock, wait_s: float, look: Callable[[], Awaitable[T | None]]
) -> T | None:
    """What `look` finds, looking again whenever the signal fires; None after `wait_s`."""
    until = clock.monotonic() + wait_s
    while True:
        event = signal.next()
        found = await look()
        left = until - clock.monotonic()
        if found is not None or left <= 0 or signal.closed:
            return found
        try:
            async with asyncio.timeout(left):
                await event.wait()
        except TimeoutError:
            return await look()
