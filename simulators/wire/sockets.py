"""A wire of TCP: the address that clients know, in front of a machine's real port."""

import asyncio

from simulators.clock import Clock
from simulators.errors import PortTaken
from simulators.faults.trouble import InForce
from simulators.wire.framing import FRAMINGS
from simulators.wire.line import Line, hang_up

HERE = "127.0.0.1"


class SocketWire:
    """Listens at `host` and `port`, 0 for a free one, and joins each client to the machine."""

    def __init__(self, scheme: str, host: str, port: int, troubles: InForce, clock: Clock) -> None:
        """Construct only checks; `open` opens the port."""
        self._scheme, self._host, self._port = scheme, host, port
        self._troubles, self._clock = troubles, clock
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self._target = 0

    @property
    def url(self) -> str:
        """Where clients find it; after `open`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{self._scheme}://{host}:{self._port}"

    async def open(self) -> None:
        """Listen, again on the same port after `close`. Raises PortTaken."""
        try:
            self._server = await asyncio.start_server(self._serve, self._host, self._port)
        except OSError as error:
            raise PortTaken(f"{self._host}:{self._port}: {error}") from error
        self._port = int(self._server.sockets[0].getsockname()[1])

    async def join(self, port: int) -> None:
        """Clients reach the machine's real port."""
        self._target = port

    async def close(self) -> None:
        """Close the port and all connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut()

    async def cut(self) -> None:
        """Close all connections; new ones may come."""
        lines = [line for line in self._lines if line is not asyncio.current_task()]
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            if "closed" not in self._troubles:
                far, forth = await asyncio.open_connection(HERE, self._target)
                line = Line(FRAMINGS[self._scheme], self._troubles, self._clock.monotonic)
                await line.carry((near, back), (far, forth))
        except (OSError, asyncio.CancelledError):
            pass  # an end is gone, or the connection is cut
        finally:
            await hang_up(back)
            self._lines.discard(task)
