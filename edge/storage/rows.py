"""Rows of the store as records: short read transactions on connections that cannot write.

Each room has its reader over this (`reader.py` is that of orders, pieces and states).
"""

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from edge.domain.recording import StoreUnavailable
from edge.storage.connections import open_reader

Record = TypeVar("Record")
Values = Sequence[Any] | Mapping[str, Any]


class Rows:
    """Reads of one store; may be called from any thread. Raises StoreUnavailable."""

    def __init__(self, path: Path, met: Callable[[BaseException], None] = lambda _: None) -> None:
        self._path, self._met = path, met
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._closed = threading.Event()

    def records(self, record: type[Record], tail: str, values: Values = ()) -> list[Record]:
        """Rows of `SELECT (the record's fields) tail` as records."""
        rows = self.query(f"SELECT {columns(record)} {tail}", values)
        return [record(**dict(row)) for row in rows]

    def query(self, sql: str, values: Values = ()) -> list[sqlite3.Row]:
        """All rows of one statement."""
        with self.borrowed() as conn:
            return conn.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close the connections; a call that is under way closes its own when it ends."""
        self._closed.set()
        while not self._idle.empty():
            self._idle.get_nowait().close()

    @contextmanager
    def borrowed(self) -> Iterator[sqlite3.Connection]:
        """A connection for a few statements that belong together; its caller says BEGIN."""
        if self._closed.is_set():
            raise StoreUnavailable("the store is closed")
        conn = self._taken()
        try:
            yield conn
        except sqlite3.Error as error:
            conn.close()
            self._met(error)
            raise StoreUnavailable(f"the store cannot be read now: {error}") from error
        except BaseException:
            conn.close()
            raise
        self._idle.put(conn)
        if self._closed.is_set():
            self.close()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection whose statements all see the store as it was at one moment."""
        with self.borrowed() as conn:
            conn.execute("BEGIN")
            yield conn
            conn.execute("COMMIT")

    def _taken(self) -> sqlite3.Connection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            pass
        try:
            return open_reader(self._path)
        except sqlite3.Error as error:
            self._met(error)
            raise StoreUnavailable(f"the store cannot be read now: {error}") from error


def columns(record: type[Any]) -> str:
    """The columns of a record; a field whose name Python keeps for itself ends in `_`."""
    return ", ".join(f'"{field.name.rstrip("_")}" AS "{field.name}"' for field in fields(record))
