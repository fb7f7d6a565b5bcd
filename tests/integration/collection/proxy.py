"""A wire that can be cut: forwards TCP, or swallows every byte and answers nothing."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Wire:
    """Listens on `port` and forwards to `target`; while `dark` all bytes are lost.

    A dark wire resets nothing: connections stay open, new ones are taken, and silence
    is all that comes, as with a firewall that drops or a switch that died.
    """

    target: int
    port: int = 0
    dark: bool = False
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            far, forth = await asyncio.open_connection("127.0.0.1", self.target)
            try:
                await asyncio.gather(self._pass(near, forth), self._pass(far, back))
            finally:
                forth.close()
        except (OSError, asyncio.CancelledError):
            pass  # an end of the wire is gone, or the test is over
        finally:
            back.close()
            self._tasks.discard(task)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                if not self.dark:
                    sink.write(data)
                    await sink.drain()
        sink.close()
