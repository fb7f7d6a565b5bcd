"""The silence that an RTU line needs after a missed answer, which may still come."""

import asyncio
from collections.abc import Callable

CHARACTERS = 3.5
BITS = 11  # start, eight of data, parity, stop
PATIENCE = 10  # times the silence that is waited for at most


class Quiet:
    """Whether a line may be used. `settled` is called when it is quiet again."""

    def __init__(self, settled: Callable[[], None]) -> None:
        self._settled = settled
        self._seconds = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: asyncio.Future[None] | None = None

    @property
    def due(self) -> bool:
        """Whether an answer that was given up may still come."""
        return self._timer is not None

    def missed(self, seconds: float) -> None:
        """An answer did not come in time: nothing is sent before `seconds` of silence."""
        self._seconds = seconds
        self._start()

    def heard(self) -> None:
        """Something came; if it was not waited for, the silence begins anew."""
        if self._timer is not None:
            self._start()

    async def wait(self) -> None:
        """Until the line is quiet; TimeoutError if it will not be."""
        if self._timer is None:
            return
        self._waiting = self._waiting or asyncio.get_running_loop().create_future()
        async with asyncio.timeout(PATIENCE * self._seconds + 1):
            await asyncio.shield(self._waiting)

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._over)

    def _over(self) -> None:
        self._timer = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
        self._settled()


def quiet_s(baudrate: int, quiet_ms: int | None, missed: float) -> float:
    """Seconds of silence after an answer that was waited for `missed` seconds."""
    if quiet_ms is not None:
        return quiet_ms / 1000
    return CHARACTERS * BITS / baudrate + missed
