"""Writes what facts change in the projections: each row once, many rows by one statement.

What is added to one row is summed up, what is put into one row is laid together. Only where
a column is both put and added to does the order count, and is kept.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import add

from edge.domain.changes import Add, Change, Put, Scalar

Values = tuple[Scalar, ...]
# By names of the key and of the columns: what goes into each row, by its key.
Names = tuple[tuple[str, ...], tuple[str, ...]]


def apply(conn: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Write the changes as if one by one in their order, inside the caller's transaction."""
    tables: dict[str, _Table] = {}
    for change in changes:
        table = tables.get(change.table)
        if table is None:
            table = tables[change.table] = _Table(conn, change.table)
        if type(change) is Add:
            table.add(change)
        else:
            table.put(change)  # type: ignore[arg-type]
    for table in tables.values():
        table.write()


class _Table:
    """Changes of one table that are not written yet."""

    def __init__(self, conn: sqlite3.Connection, name: str) -> None:
        self._conn, self._name = conn, name
        self._sums: dict[Names, dict[Values, tuple[int, ...]]] = {}
        self._puts: dict[Names, dict[Values, Values]] = {}

    def add(self, change: Add) -> None:
        names = ((*change.key,), (*change.amounts,))
        key, new = (*change.key.values(),), (*change.amounts.values(),)
        if self._puts and _meet(self._puts, names, key):
            self.write()
        rows = self._sums.get(names)
        if rows is None:
            rows = self._sums[names] = {}
        known = rows.get(key)
        rows[key] = new if known is None else (*map(add, known, new),)

    def put(self, change: Put) -> None:
        names = ((*change.key,), (*change.values,))
        key = (*change.key.values(),)
        if _meet(self._sums, names, key) or _meet(self._puts, names, key):
            self.write()
        self._puts.setdefault(names, {})[key] = (*change.values.values(),)

    def write(self) -> None:
        """Write all that waits."""
        for adds, waiting in ((False, self._puts), (True, self._sums)):
            for names, rows in waiting.items():
                sql = upsert(adds, self._name, *names)
                self._conn.executemany(sql, [(*key, *values) for key, values in rows.items()])
        self._puts, self._sums = {}, {}


def _meet(waiting: Mapping[Names, Mapping[Values, object]], names: Names, key: Values) -> bool:
    """Whether another change of this row waits that says something of the same column."""
    return any(
        not set(names[1]).isdisjoint(others[1]) and (names[0] != others[0] or key in rows)
        for others, rows in waiting.items()
        if names[1] != others[1] or names[0] != others[0] or key in rows
    )


@lru_cache(maxsize=512)
def upsert(adds: bool, table: str, key: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """The statement that puts columns into the row of a key, or adds to them."""
    names = ", ".join(f'"{name}"' for name in (*key, *columns))
    marks = ", ".join("?" * (len(key) + len(columns)))
    keys = ", ".join(f'"{name}"' for name in key)
    was = '"{0}" = "{0}" + excluded."{0}"' if adds else '"{0}" = excluded."{0}"'
    sets = ", ".join(was.format(name) for name in columns)
    return (
        f'INSERT INTO "{table}" ({names}) VALUES ({marks}) '
        f"ON CONFLICT ({keys}) DO UPDATE SET {sets}"
    )
