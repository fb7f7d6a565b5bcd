"""Scans a Modbus device for what can be read: read only, bounded, and no faster than told.

A device refuses a request that touches a register that it does not have, so runs are felt out:
from a register that answers the run is doubled until it is refused, then its end is searched.
After a stretch of silence only round numbers (100, 110, ...) are tried: runs begin there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

DENSE = 16  # so many misses in a row, then only round numbers
STRIDE = 10
LONGEST = {"holding": 120, "input": 120, "coil": 1000, "discrete": 1000}
Ask = Callable[[str, int, int], Awaitable[bool]]
"""Whether (table, first, count) can be read; raises Unreachable if the device is silent."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The numbers that are tried, requests in all, seconds between two requests."""

    first: int = 0
    last: int = 999
    requests: int = 2000
    pause_s: float = 0.02


@dataclass(frozen=True)
class Run:
    """Places that can be read, one after the other."""

    table: str
    first: int
    count: int


class RequestsSpent(Exception):
    """The bound on requests was reached: what was found until then stands."""


class Scanner:
    """Feels out one device; `runs` grows while it does."""

    def __init__(self, ask: Ask, bounds: Bounds) -> None:
        self._ask, self._bounds = ask, bounds
        self.requests = 0
        self.runs: list[Run] = []

    async def scan(self, tables: tuple[str, ...]) -> bool:
        """All tables; False if the bound on requests cut it short."""
        try:
            for table in tables:
                await self._scan(table)
        except RequestsSpent:
            return False
        return True

    async def _scan(self, table: str) -> None:
        number, misses = self._bounds.first, 0
        while number <= self._bounds.last:
            most = min(LONGEST[table], self._bounds.last + 1 - number)
            count = await self._run(table, number, most)
            if count:
                self._found(Run(table, number, count))
                number, misses = number + count, 0
                continue
            misses += 1
            number += 1 if misses < DENSE else STRIDE - number % STRIDE

    async def _run(self, table: str, first: int, most: int) -> int:
        """How many places from `first` on can be read in one request; 0 if that one cannot."""
        good, bad = 0, most + 1
        size = 1
        while size <= most and size < bad:
            if await self._try(table, first, size):
                good = size
                size = min(size * 2, most) if size < most else most + 1
            else:
                bad = size
        while bad - good > 1:
            middle = (good + bad) // 2
            if middle <= most and await self._try(table, first, middle):
                good = middle
            else:
                bad = middle
        return good

    async def _try(self, table: str, first: int, count: int) -> bool:
        if self.requests >= self._bounds.requests:
            raise RequestsSpent
        self.requests += 1
        await asyncio.sleep(self._bounds.pause_s)
        return await self._ask(table, first, count)

    def _found(self, run: Run) -> None:
        """A run that goes on where the last one ended is one with it."""
        last = self.runs[-1] if self.runs else None
        if last and last.table == run.table and last.first + last.count == run.first:
            self.runs[-1] = Run(run.table, last.first, last.count + run.count)
        else:
            self.runs.append(run)
