"""Moves old facts to archive files while the store is in use."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from edge.storage.archives.anchors import anchored, folder_of
from edge.storage.archives.moving import Sealed, Wanted, let_go, next_header, sealed
from edge.storage.chain import Tail
from edge.storage.rows import Rows
from edge.storage.writer import Writer

BREATH_S = 0.01  # between two steps, so that whoever records or reads comes first
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What a run has moved so far: facts that left the live file, files made and their bytes."""

    facts: int = 0
    files: int = 0
    size: int = 0


def nobody(_: Moved) -> None:
    """Hears how far it is, and tells no one."""


class Archivist:
    """One run at a time; a run may be ended at any moment, and the next goes on with it."""

    def __init__(self, path: Path, rows: Rows, writer: Writer) -> None:
        self._folder, self._rows, self._writer = folder_of(path), rows, writer
        self._door = asyncio.Lock()

    async def run(self, wanted: Wanted, told: Callable[[Moved], None] = nobody) -> Moved:
        """Move what is wanted; `told` hears after each step how far it is.

        Raises NotArchived where facts are not what was recorded (they stay where they are),
        and StoreUnavailable.
        """
        async with self._door:
            moved = await self._let_go(Moved(), told)
            while made := await self._sealed(wanted):
                await self._writer.submit(partial(_anchored, made=made), 1)
                moved = replace(moved, files=moved.files + 1, size=moved.size + made.size)
                moved = await self._let_go(moved, told)
            return moved

    async def _sealed(self, wanted: Wanted) -> Sealed | None:
        """The next file, ready to become part of the store; None if nothing more is to move."""
        with self._rows.borrowed() as conn:
            header = await _apart(partial(next_header, conn, self._folder, wanted))
            if header is None:
                return None
            steps = sealed(conn, self._folder, header)
            made: Sealed | None = None
            while made is None:
                await asyncio.sleep(BREATH_S)
                made = await _apart(partial(_next, steps))
            return made

    async def _let_go(self, moved: Moved, told: Callable[[Moved], None]) -> Moved:
        while count := await self._writer.submit(_let_go, 1):
            moved = replace(moved, facts=moved.facts + count)
            told(moved)
            await asyncio.sleep(BREATH_S)
        return moved


def _next(steps: Iterator[Sealed | None]) -> Sealed | None:
    return next(steps)


async def _apart(work: Callable[[], Result]) -> Result:
    """Do `work` in a thread; whoever is cancelled waits for it, because it holds a connection."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _anchored(conn: sqlite3.Connection, tail: Tail, *, made: Sealed) -> tuple[Tail, None]:
    anchored(conn, made.header, made.size, made.sha256)
    return tail, None


def _let_go(conn: sqlite3.Connection, tail: Tail) -> tuple[Tail, int]:
    return tail, let_go(conn)
