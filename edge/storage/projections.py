"""Applies what the fold returns, and knows nothing of its meaning."""

import sqlite3
from collections.abc import Iterable
from functools import lru_cache

from edge.domain.fold import Add, Change

PROJECTED = ("hour_bucket", "state_interval", "stop", "job_progress", "instruction_acknowledged")


def apply(conn: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Write the changes in their order, inside the caller's transaction."""
    for change in changes:
        columns = change.amounts if isinstance(change, Add) else change.values
        sql = _upsert(isinstance(change, Add), change.table, tuple(change.key), tuple(columns))
        conn.execute(sql, (*change.key.values(), *columns.values()))


@lru_cache(maxsize=256)
def _upsert(adds: bool, table: str, key: tuple[str, ...], columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in (*key, *columns))
    marks = ", ".join("?" * (len(key) + len(columns)))
    keys = ", ".join(f'"{name}"' for name in key)
    was = '"{0}" = "{0}" + excluded."{0}"' if adds else '"{0}" = excluded."{0}"'
    sets = ", ".join(was.format(name) for name in columns)
    return (
        f'INSERT INTO "{table}" ({names}) VALUES ({marks}) '
        f"ON CONFLICT ({keys}) DO UPDATE SET {sets}"
    )
