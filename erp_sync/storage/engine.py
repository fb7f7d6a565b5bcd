"""The store: one writer connection on one thread, readers that cannot write.

SQLite before 3.51.3 can corrupt a WAL database when two connections write or
checkpoint at once, so one connection owns every write and every checkpoint and all
others are opened read-only. Each call is one short transaction.
"""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from erp_sync.errors import StoreUnavailable
from erp_sync.storage.lock import StoreLock
from erp_sync.storage.migrate import migrate
from erp_sync.storage.refolding import fold_again

T = TypeVar("T")
READERS = 4
WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "mmap_size=0",
)
READER_PRAGMAS = ("busy_timeout=5000", "query_only=ON", "mmap_size=0")


class Store:
    """Transactions on the sync store, for coroutines."""

    def __init__(self, url: str) -> None:
        """Open, lock and migrate; raises StoreLocked or StoreUnavailable."""
        parsed = make_url(url)
        self._lock = _locked(parsed)
        try:
            self._writer = _engine(parsed, WRITER_PRAGMAS, "BEGIN IMMEDIATE", 1)
            self._readers = _engine(_read_only(parsed), READER_PRAGMAS, "BEGIN", READERS)
            with self._writer.begin() as connection:
                migrate(connection)
                fold_again(connection)
        except (DBAPIError, CommandError) as error:
            self._release()
            # A CommandError: the schema is of a later version, whose migrations are not here.
            raise StoreUnavailable(f"{parsed.database}: {_words(error)}") from error
        self._write_thread = ThreadPoolExecutor(1, "sync-writer")
        self._read_threads = ThreadPoolExecutor(READERS, "sync-reader")

    async def write(
        self, effect: Callable[[Connection], T], then: Callable[[], None] | None = None
    ) -> T:
        """Run `effect` in one transaction and return after its commit.

        `then` is called on the event loop once it is committed, even if the caller
        has gone away by then. Whatever `effect` raises rolls all of it back.
        """
        loop = asyncio.get_running_loop()

        def run() -> T:
            result = self.write_now(effect)
            if then is not None:
                loop.call_soon_threadsafe(then)
            return result

        return await loop.run_in_executor(self._write_thread, run)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run `query` in one read transaction, one consistent picture."""
        run = functools.partial(_transaction, self._readers, query)
        return await asyncio.get_running_loop().run_in_executor(self._read_threads, run)

    def write_now(self, effect: Callable[[Connection], T]) -> T:
        """`write` from the calling thread: for start and for tests."""
        return _transaction(self._writer, effect)

    def close(self) -> None:
        """Let what runs end, then give the store free."""
        self._write_thread.shutdown()
        self._read_threads.shutdown()
        self._readers.dispose()
        self._writer.dispose()
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()


def _transaction(engine: Engine, run: Callable[[Connection], T]) -> T:
    try:
        with engine.begin() as connection:
            return run(connection)
    except DBAPIError as error:
        raise StoreUnavailable(_words(error)) from error


def _words(error: Exception) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)


def _locked(url: URL) -> StoreLock | None:
    if url.get_backend_name() != "sqlite":
        return None
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return StoreLock(path)
    except OSError as error:
        raise StoreUnavailable(f"{path}: {error.strerror}") from error


def _read_only(url: URL) -> URL:
    if url.get_backend_name() != "sqlite":
        return url
    return url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})


def _engine(url: URL, pragmas: tuple[str, ...], begin: str, connections: int) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=connections, max_overflow=0, pool_pre_ping=True)
    arguments = {"check_same_thread": False}
    engine = create_engine(url, pool_size=connections, max_overflow=0, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by sqlite3
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
