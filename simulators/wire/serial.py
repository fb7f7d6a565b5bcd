"""A serial line without hardware: a pair of pseudo-terminals in front of a machine's port."""

import asyncio
import os
import tty
from contextlib import suppress

from simulators.clock import Clock
from simulators.errors import PortTaken
from simulators.faults.kinds import RTU
from simulators.faults.trouble import InForce
from simulators.wire.framing import FRAMINGS
from simulators.wire.line import Line
from simulators.wire.sockets import HERE


class SerialWire:
    """Whoever opens the device of `url` talks with a port that speaks Modbus RTU.

    Nothing connects on a serial line: it is one line for as long as it is there, so an
    answer that comes late is read by whoever asks next.
    """

    def __init__(self, troubles: InForce, clock: Clock) -> None:
        """Construct only checks; `open` makes the pair."""
        self._troubles, self._clock = troubles, clock
        self._ends: list[int] = []
        self._device = ""
        self._line: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The device; after `open`."""
        return f"{RTU}://{self._device}"

    async def open(self) -> None:
        """Make the pair. Raises PortTaken."""
        try:
            master, slave = os.openpty()
        except OSError as error:
            raise PortTaken(f"no pseudo-terminal: {error}") from error
        tty.setraw(slave)
        # The slave stays open here too: else the line hangs up when a client leaves.
        self._ends, self._device = [master, slave], os.ttyname(slave)

    async def join(self, port: int) -> None:
        """Clients reach the machine's real port."""
        self._line = asyncio.create_task(self._run(port))

    async def cut(self) -> None:
        """There is nothing to cut."""

    async def close(self) -> None:
        """Take the device away, for good."""
        if self._line is not None:
            self._line.cancel()
            await asyncio.gather(self._line, return_exceptions=True)
        for end in self._ends:
            os.close(end)
        self._ends = []

    async def _run(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        near = asyncio.StreamReader()
        master = os.fdopen(os.dup(self._ends[0]), "rb", buffering=0)
        reading, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(near), master
        )
        back_file = os.fdopen(os.dup(self._ends[0]), "wb", buffering=0)
        writing, flow = await loop.connect_write_pipe(
            lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), back_file
        )
        back = asyncio.StreamWriter(writing, flow, None, loop)
        try:
            with suppress(OSError):
                far, forth = await asyncio.open_connection(HERE, port)
                line = Line(FRAMINGS[RTU], self._troubles, self._clock.monotonic)
                await line.carry((near, back), (far, forth))
        finally:
            reading.close()
            back.close()
