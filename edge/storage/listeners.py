"""How the other rooms learn of new facts, without ever holding the writer up.

A subscription says how far the facts have come and holds no facts: whoever falls
behind reads on from the store, and nothing piles up in memory.
"""

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType


class Subscription:
    """`async for seq in subscription`: the last committed seq, whenever it has moved on.

    Several commits may be one step. Belongs to the event loop that made it; ends when
    it or the store is closed.
    """

    def __init__(self, seen: int, on_close: Callable[["Subscription"], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._seen = seen
        self._last = seen
        self._moved = asyncio.Event()
        self._closed = False
        self._on_close = on_close

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> int:
        while self._last <= self._seen:
            if self._closed:
                raise StopAsyncIteration
            self._moved.clear()
            await self._moved.wait()
        self._seen = self._last
        return self._seen

    def announce(self, seq: int) -> None:
        """Say from any thread that the facts have come to `seq`."""
        self._soon(self._advance, seq)

    def end(self) -> None:
        """Say from any thread that no more facts will come."""
        self._soon(self._finish)

    def close(self) -> None:
        """Stop listening (from its own loop)."""
        self._on_close(self)
        self._finish()

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _soon(self, call: Callable[..., None], *arguments: int) -> None:
        with contextlib.suppress(RuntimeError):  # its loop has ended: nobody listens any more
            self._loop.call_soon_threadsafe(call, *arguments)

    def _advance(self, seq: int) -> None:
        self._last = max(self._last, seq)
        self._moved.set()

    def _finish(self) -> None:
        self._closed = True
        self._moved.set()
