"""Background work of the edge, kept going: a defect in one room does not stop the others."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import stamina
import structlog

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
log = structlog.get_logger(__name__)


async def tend(name: str, work: Callable[[], Awaitable[None]], failures: Counter[str]) -> None:
    """Run `work`, which should never end; begin it anew, ever more rarely, whenever it fails.

    Counting must go on whatever planning, dispatch or the link run into. Each failure
    is logged with its traceback and counted in `failures` by name.
    """
    async for attempt in stamina.retry_context(
        on=Exception,
        attempts=None,
        timeout=None,
        wait_initial=FIRST_PAUSE_S,
        wait_max=LONGEST_PAUSE_S,
    ):
        with attempt:
            try:
                await work()
            except Exception:
                failures[name] += 1
                log.exception("task_failed", task=name)
                raise


class Crew:
    """Background work by name, each tended; work that ends for good is dismissed."""

    def __init__(self, failures: Counter[str]) -> None:
        self._failures = failures
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def begin(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Tend `work` from now on."""
        self._at_work[name] = asyncio.create_task(tend(name, work, self._failures), name=name)

    def dismiss(self, name: str) -> None:
        """End the work of a name; it may not have ended yet when this returns."""
        task = self._at_work.pop(name)
        task.cancel()
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def dismiss_all(self) -> None:
        """End all work; returns once it has ended."""
        for name in tuple(self._at_work):
            self.dismiss(name)
        await asyncio.gather(*self._leaving, return_exceptions=True)
