"""The store of an edge: one SQLite file, one process, one writer.

`Store` is the domain's FactWriter and LinkStore; `reader` is its ProductionReader, `facts`
its FactReader; `archivist` moves old facts out of the way.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from edge.domain.chain import ChainEnd, Settled
from edge.domain.clock import Clock
from edge.domain.recording import Recorded, Recording, StoreUnavailable
from edge.storage import linking, settling
from edge.storage.archives.archivist import Archivist
from edge.storage.connections import open_writer
from edge.storage.errors import ANOTHER_FILE, StoreUnusable
from edge.storage.listeners import Subscription
from edge.storage.lockfile import LockFile
from edge.storage.mark import Mark
from edge.storage.reader import Reader
from edge.storage.readers.facts import FactLog
from edge.storage.readers.recovery import RecoveryReader
from edge.storage.rebuild import Told, nobody, project, rebuild
from edge.storage.recording import Record, is_plain, validate, write_together
from edge.storage.recovery import NOTHING, Order, make_ready
from edge.storage.restoring import compare
from edge.storage.rows import Rows
from edge.storage.schema import prepare
from edge.storage.snapshots import Keeping
from edge.storage.troubles import Troubles
from edge.storage.writer import Writer


def new_store_id() -> str:
    """A name that no other store has."""
    return uuid4().hex


class Store:
    """An open store; `close` commits what waits and lets the file and its lock go."""

    def __init__(self, path: Path, lock: LockFile, conn: sqlite3.Connection, clock: Clock) -> None:
        self.path = path
        self.troubles = Troubles()
        self.rows = Rows(path, self.troubles.met)
        self.reader = Reader(self.rows)
        self.facts = FactLog(self.rows)
        self.recovery = RecoveryReader(self.rows, self.reader.chain_end)
        self._lock = lock
        self._clock = clock
        self._listeners: set[Subscription] = set()
        self._listeners_door = threading.Lock()
        self._mark = Mark(path)
        self._writer = Writer(conn, self._announce, self.troubles.met)
        self.archivist = Archivist(path, self.rows, self._writer)
        end = self.reader.chain_end()
        self._mark.write(end.seq, end.hash)

    @classmethod
    def open(
        cls,
        path: Path | str,
        edge_id: str,
        clock: Clock,
        *,
        new_id: Callable[[], str] = new_store_id,
        keeping: Keeping | None = None,
        order: Order = NOTHING,
    ) -> "Store":
        """Open the store of `edge_id`, making it if it is not there.

        With `keeping` a damaged file is replaced by its newest good snapshot first, and
        a store of an older version has one made before it is migrated.

        Raises StoreLocked if another process holds it, StoreUnusable if the file is
        not this edge's store, of a newer format, damaged or cannot be opened.
        """
        path = Path(path)
        if path.is_dir():
            raise StoreUnusable(f"{path}: is a folder; mend: name a file in it")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = LockFile.take(path.with_name(f"{path.name}.lock"), now=clock.now())
        except OSError as error:
            raise StoreUnusable(
                f"{path}: {error}; mend: name a place that can be written"
            ) from error
        with contextlib.ExitStack() as undo:
            undo.callback(lock.release)
            if keeping is not None:
                make_ready(path, edge_id, clock, keeping, order)
            conn = _open(path, edge_id, new_id(), clock.now())
            undo.callback(conn.close)
            store = cls(path, lock, conn, clock)
            undo.pop_all()
        return store

    async def record(self, recording: Recording) -> Recorded:
        """Commit `recording`; returns after the commit, when it is on the disk.

        A recording without facts has `last_seq` one below `first_seq`. If its caller is
        cancelled it may still be committed. Raises BaselineConflict, VersionConflict,
        RequestConflict or RecordingInvalid (nothing of it is written), or
        StoreUnavailable: keep it and try again with the same baseline, version or key.
        """
        validate(recording)
        weight = 1 + len(recording.drafts)
        together = write_together if is_plain(recording) else None
        work = Record(recording, self._clock.now)
        answer = await self._writer.submit(work, weight, together)
        assert isinstance(answer, Recorded)
        return answer

    def acknowledged(self) -> tuple[int, str]:
        """Seq and hash of the last fact that sync has committed (0, "" for none)."""
        return self.reader.acknowledged()

    async def acknowledge(self, seq: int, hash_: str) -> None:
        """Keep how far sync has come, forward or back (sync, too, can be restored).

        Raises ChainConflict if the store has no fact of that hash at `seq`.
        """
        await self._writer.submit(partial(linking.acknowledge, seq=seq, hash_=hash_), 1)

    async def adopt(self, epoch: int, facts: Sequence[bytes]) -> None:
        """Take back facts that this store lacks, with their baselines; go on in `epoch`.

        All or nothing. Raises ChainConflict if they do not follow the end of the chain.
        """
        work = partial(linking.adopt, epoch=epoch, facts=tuple(facts))
        await self._writer.submit(work, 1 + len(facts))

    async def rebuild(self, told: Told = nobody) -> int:
        """Make all projections anew from the facts; how many facts were folded.

        One transaction: nothing else is recorded meanwhile. `told` hears how far it is, on
        the writer's thread.
        """
        count = await self._writer.submit(partial(rebuild, told=told), 1)
        assert isinstance(count, int)
        return count

    async def settle(self, epoch: int, facts: Sequence[bytes]) -> Settled:
        """Take back facts that this store lacks since a restore; what was recorded meanwhile goes
        behind them. Raises ChainConflict; then nothing has changed."""
        now = self._clock.now()
        work = partial(settling.settle, epoch=epoch, facts=tuple(facts), now=now)
        done = await self._writer.submit(work, 1 + len(facts))
        assert isinstance(done, Settled)
        return done

    def standing(self) -> ChainEnd:
        """The end of the chain as sync may know it."""
        return self.recovery.standing()

    def job_changes(self, version: int) -> tuple[int, frozenset[str] | None]:
        """The version now, and the job orders that changed since `version` (None: any)."""
        return self._writer.job_changes.since(version)

    def subscribe(self, after: int | None = None) -> Subscription:
        """Learn of facts beyond `after` (default: beyond the last one committed now)."""
        subscription = Subscription(
            self._writer.committed if after is None else after, self._forget
        )
        with self._listeners_door:
            self._listeners.add(subscription)
        subscription.announce(self._writer.committed)
        return subscription

    def close(self) -> None:
        """Commit what waits, end the subscriptions, let file and lock go."""
        self.rows.close()
        self._writer.close()
        with self._listeners_door:
            listeners, self._listeners = self._listeners, set()
        for listener in listeners:
            listener.end()
        self._mark.close()
        self._lock.release()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _announce(self, seq: int, hash_: str) -> None:
        self._mark.write(seq, hash_)
        with self._listeners_door:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener.announce(seq)

    def _forget(self, subscription: Subscription) -> None:
        with self._listeners_door:
            self._listeners.discard(subscription)


def _open(path: Path, edge_id: str, store_id: str, now: int) -> sqlite3.Connection:
    conn: sqlite3.Connection | None = None
    try:
        conn = open_writer(path)
        conn.execute("BEGIN IMMEDIATE")
        if prepare(conn, edge_id=edge_id, store_id=store_id):
            project(conn, conn)
        compare(conn, Mark(path).read(), now)
        conn.execute("COMMIT")
    except (sqlite3.Error, StoreUnusable, StoreUnavailable) as error:
        if conn is not None:
            conn.close()
        mend = "" if not isinstance(error, sqlite3.Error) else f"; mend: {ANOTHER_FILE}"
        raise StoreUnusable(f"{path}: {error}{mend}") from error
    return conn
