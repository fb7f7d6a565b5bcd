"""One connection through a wire: both ways, with the faults in force."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from random import Random

from simulators.faults.trouble import InForce
from simulators.wire.answers import altered, delay_s
from simulators.wire.framing import Framing

CHUNK = 65_536
FAREWELL_S = 0.5


class Line:
    """Carries bytes from a client to a machine and its answers back, whole messages only."""

    def __init__(self, framing: Framing, troubles: InForce, now: Callable[[], float]) -> None:
        """`now` tells monotonic seconds."""
        self._framing, self._troubles, self._now = framing, troubles, now
        self._draws = Random(0)
        self._kept: deque[tuple[float, bytes]] = deque()
        self._more = asyncio.Event()

    async def carry(
        self,
        near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Until one end is gone; then both are closed."""
        tasks = [
            asyncio.create_task(self._ask(near[0], far[1])),
            asyncio.create_task(self._listen(far[0])),
            asyncio.create_task(self._answer(near[1])),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            far[1].close()  # at once: a cut may come while the rest is awaited
            near[1].close()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(hang_up(far[1]), hang_up(near[1]))

    async def _ask(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                if not self._is_lost():
                    await self._troubles.answering.wait()
                    sink.write(data)
                    await sink.drain()

    async def _listen(self, source: asyncio.StreamReader) -> None:
        rest = b""
        with suppress(OSError):
            while data := await source.read(CHUNK):
                messages, rest = self._framing.split(rest + data)
                for message in messages:
                    self._keep(message)

    def _keep(self, message: bytes) -> None:
        left = b"" if self._is_lost() else altered(self._framing, message, self._troubles)
        if left:
            self._kept.append((self._now() + delay_s(self._troubles), left))
            self._more.set()

    async def _answer(self, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while True:
                await self._more.wait()
                self._more.clear()
                while self._kept:
                    due, message = self._kept.popleft()
                    if (wait := due - self._now()) > 0:
                        await asyncio.sleep(wait)
                    await self._troubles.answering.wait()
                    sink.write(message)
                    await sink.drain()

    def _is_lost(self) -> bool:
        if "restart" in self._troubles:
            return True  # a serial line; a port would be closed
        if "silent" in self._troubles and not self._framing.waits:
            return True
        values = self._troubles.values("dropped")
        return values is not None and self._draws.random() < values["share"]


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close an end, with what was written to it if that is taken soon."""
    writer.close()
    try:
        async with asyncio.timeout(FAREWELL_S):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        pass  # it is gone, or takes no more
    finally:
        writer.transport.abort()
