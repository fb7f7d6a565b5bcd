"""Long work on the store of a running edge: one piece at a time, beside counting.

Old facts move to archives once a day, a little while after the start; a person can ask for that
now, or for the projections to be made anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

import structlog

from edge.domain.clock import Clock
from edge.storage.archives.archivist import Moved
from edge.storage.archives.moving import Wanted
from edge.storage.store import Store

FIRST_S, DAY_S = 600.0, 86_400.0
WORTH_A_FILE = 40 * 256  # facts: what a day's run leaves for the next one
DAY = 86_400_000_000
log = structlog.get_logger(__name__)
Json = dict[str, Any]


def wanted(store: Store, clock: Clock, *, keep_days: int, forwarded: bool, least: int) -> Wanted:
    """Facts older than `keep_days`; where facts are `forwarded`, those that sync has."""
    acknowledged = store.acknowledged()[0] if forwarded else None
    return Wanted(before=clock.now() - keep_days * DAY, acknowledged=acknowledged, smallest=least)


class Upkeep:
    """What is done, and how far it is: `view` is a part of the API."""

    def __init__(self, store: Store, clock: Clock, *, keep_days: int, forwarded: bool) -> None:
        self._store, self._clock = store, clock
        self._keep_days, self._forwarded = keep_days, forwarded
        self._task: asyncio.Task[None] | None = None
        self._told: Json = {"work": None, "state": "none", "done": {}, "detail": ""}

    async def run(self) -> None:
        """Archive once a day for ever; never ends."""
        await asyncio.sleep(FIRST_S)
        while True:
            if self._keep_days:
                await self._archive(self._keep_days, WORTH_A_FILE)
            await asyncio.sleep(DAY_S)

    def begin(self, work: str, keep_days: int | None) -> bool:
        """Begin `archive` or `rebuild` now; False if something is under way."""
        if self._task is not None and not self._task.done():
            return False
        days = self._keep_days if keep_days is None else keep_days
        works: Mapping[str, Callable[[], Awaitable[None]]] = {
            "archive": lambda: self._archive(days, 1),
            "rebuild": self._rebuild,
        }
        self._told = {"work": work, "state": "running", "done": {}, "detail": ""}
        self._task = asyncio.create_task(self._finished(work, works[work]))
        return True

    def view(self) -> Json:
        """The last piece of work that a person asked for: none, running, done or failed."""
        return dict(self._told)

    async def end(self) -> None:
        """Leave off; what was begun goes on with the next run."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _finished(self, work: str, do: Callable[[], Awaitable[None]]) -> None:
        try:
            await do()
        except Exception as error:
            self._told |= {"state": "failed", "detail": str(error)}
            log.exception("upkeep_failed", work=work)
        else:
            self._told |= {"state": "done"}

    async def _archive(self, keep_days: int, least: int) -> None:
        what = wanted(
            self._store,
            self._clock,
            keep_days=keep_days,
            forwarded=self._forwarded,
            least=least,
        )
        moved = await self._store.archivist.run(what, self._moved)
        self._moved(moved)
        if moved.facts:
            log.info("facts_archived", **asdict(moved))

    def _moved(self, moved: Moved) -> None:
        if self._told["work"] == "archive":
            self._told |= {"done": asdict(moved)}

    async def _rebuild(self) -> None:
        self._folded(await self._store.rebuild(self._folded))
        log.info("projections_rebuilt", **self._told["done"])

    def _folded(self, facts: int) -> None:
        self._told |= {"done": {"facts": facts}}
