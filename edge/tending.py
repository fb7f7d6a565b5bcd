"""Background work of the edge, kept going: a defect in one room does not stop the others."""

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
