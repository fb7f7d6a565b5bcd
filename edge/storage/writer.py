"""The one writer: a thread with a queue, and group commit.

Whatever waits goes into one transaction. Neighbours that can be done together are, in one
savepoint; if that is refused it is taken back, and each of them is done by itself, as all
others are, in its own savepoint, so that a task that is refused takes only itself back.
Answers go out after the commit. If the transaction fails, all of its tasks are answered
StoreUnavailable, and the tail is read anew from the file before the next one: memory never
knows more than the disk.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from edge.domain.chain import ChainConflict
from edge.domain.recording import (
    BaselineConflict,
    FactsLacking,
    RequestConflict,
    StoreUnavailable,
    VersionConflict,
)
from edge.storage.chain import Tail, load_tail
from edge.storage.errors import RecordingInvalid
from edge.storage.job_changes import JobChanges

Work = Callable[[sqlite3.Connection, Tail], tuple[Tail, Any]]
# The same for several works at once: the answer of each, or raises what any of them would.
Together = Callable[[sqlite3.Connection, Tail, Sequence[Any]], tuple[Tail, Sequence[Any]]]

CONFLICTS = (
    BaselineConflict,
    VersionConflict,
    RequestConflict,
    RecordingInvalid,
    ChainConflict,
    FactsLacking,
)
# What a body that is not what its kind demands makes the fold or SQLite raise.
DEFECTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
LARGEST_GROUP = 1000  # facts, so that one commit stays short


@dataclass(frozen=True, eq=False)
class Task:
    """Work of one caller; `weight` is about how many facts it brings.

    Neighbours with the same `together` may be done by it, at once.
    """

    work: Work
    weight: int
    together: Together | None
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Writer:
    """Owns the writing connection from its start until it has been closed."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        announce: Callable[[int, str], None],
        trouble: Callable[[sqlite3.Error], None] = lambda _: None,
    ) -> None:
        self._conn, self._trouble = conn, trouble
        self._announce = announce
        tail = load_tail(conn)
        self._tail: Tail | None = tail
        self.job_changes = JobChanges()
        self.committed = tail.seq
        self._queue: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._door = threading.Lock()
        self._refusal = ""
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    async def submit(self, work: Work, weight: int, together: Together | None = None) -> Any:
        """Result of `work` after its commit; raises its conflict, or StoreUnavailable."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        with self._door:
            if self._refusal:
                raise StoreUnavailable(self._refusal)
            self._queue.put(Task(work, weight, together, loop, future))
        return await future

    def close(self) -> None:
        """Commit what waits, then let the file go."""
        with self._door:
            if not self._refusal:
                self._refusal = "the store is closed"
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        group: list[Task] = []
        try:
            last = False
            while not last:
                group, last = self._gather()
                _answer(group, self._commit(group))
        except BaseException as error:
            # A defect: nothing more is taken, everyone who waits is told, and it is loud.
            self._refuse(group, f"the writer has failed: {error!r}")
            raise
        finally:
            self._close()

    def _gather(self) -> tuple[list[Task], bool]:
        """Wait for a task and take all that wait with it; True if it was the last."""
        group: list[Task] = []
        weight = 0
        task = self._queue.get()
        while task is not None:
            group.append(task)
            weight += task.weight
            if weight >= LARGEST_GROUP:
                return group, False
            try:
                task = self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _commit(self, group: Sequence[Task]) -> Sequence[Any]:
        """The outcome of each task: its result, or the exception that refused it."""
        if not group:
            return ()
        try:
            tail, outcomes = self._transaction(group)
        except sqlite3.Error as error:
            self._tail = None
            self._roll_back()
            self._trouble(error)
            message = f"the store cannot write now: {error}; mend: make space, look at the disk"
            return [StoreUnavailable(message)] * len(group)
        self._tail = replace(tail, jobs=frozenset())
        self.job_changes.note(tail.jobs)
        if tail.seq != self.committed:  # fewer, where a restore was settled
            self.committed = tail.seq
            self._announce(tail.seq, tail.hash)
        return outcomes

    def _transaction(self, group: Sequence[Task]) -> tuple[Tail, list[Any]]:
        execute = self._conn.execute
        execute("BEGIN IMMEDIATE")
        tail = self._tail or load_tail(self._conn)
        outcomes: list[Any] = []
        for together, tasks in groupby(group, lambda task: task.together):
            tail, done = self._done(tail, [task.work for task in tasks], together)
            outcomes += done
        execute("COMMIT")
        return tail, outcomes

    def _done(
        self, tail: Tail, works: Sequence[Work], together: Together | None
    ) -> tuple[Tail, Sequence[Any]]:
        """The tail after the works, and the outcome of each."""
        if together is not None and len(works) > 1:
            end, answers = self._tried(tail, lambda conn, tail: together(conn, tail, works))
            if not isinstance(answers, Exception):
                return end, answers
        outcomes: list[Any] = []
        for work in works:
            tail, outcome = self._tried(tail, work)
            outcomes.append(outcome)
        return tail, outcomes

    def _tried(self, tail: Tail, work: Work) -> tuple[Tail, Any]:
        """What the work leaves; where it is refused, all as before and the reason."""
        execute = self._conn.execute
        execute("SAVEPOINT task")
        try:
            tail, outcome = work(self._conn, tail)
        except CONFLICTS as conflict:
            execute("ROLLBACK TO task")
            outcome = conflict
        except (*DEFECTS, sqlite3.OperationalError) as error:
            if not _is_defect(error):
                raise
            execute("ROLLBACK TO task")
            outcome = RecordingInvalid(f"cannot be recorded: {error!r}")
        execute("RELEASE task")
        return tail, outcome

    def _roll_back(self) -> None:
        # SQLite may have rolled back by itself, or be unable to: the tail is read anew anyway.
        with contextlib.suppress(sqlite3.Error):
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")

    def _refuse(self, group: list[Task], refusal: str) -> None:
        with self._door:
            self._refusal = refusal
        with contextlib.suppress(queue.Empty):
            while True:
                task = self._queue.get_nowait()
                group += [task] if task else []
        _answer(group, [StoreUnavailable(refusal)] * len(group))

    def _close(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # readers may hold the log; it is kept then
            self._roll_back()
            self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._conn.close()


def _is_defect(error: Exception) -> bool:
    """Whether the task is at fault, so that it fails alone, and not the disk."""
    code = getattr(error, "sqlite_errorcode", None)
    return not isinstance(error, sqlite3.OperationalError) or code == sqlite3.SQLITE_ERROR


def _answer(group: Sequence[Task], outcomes: Sequence[Any]) -> None:
    """Hand out the outcomes, with one call into each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
    for task, outcome in zip(group, outcomes, strict=True):
        by_loop.setdefault(task.loop, []).append((task.future, outcome))
    for loop, answers in by_loop.items():
        with contextlib.suppress(RuntimeError):  # its loop has ended: nobody waits any more
            loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: Sequence[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, outcome in answers:
        if future.done():  # its caller was cancelled; what was committed stays
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
