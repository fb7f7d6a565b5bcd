"""Applies what the fold returns, and knows nothing of its meaning.

One table is the edge's own and not the fold's, because no other book needs it: which
instructions the floor has acknowledged.
"""

import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from operator import add

from edge.domain.facts import Fact, FactKind
from edge.domain.fold import Add, Change, Folded, FoldState, Put, Scalar, fold

PROJECTED = ("hour_bucket", "state_interval", "stop", "job_progress", "instruction_acknowledged")

# By table, names of the key and of the amounts: the amounts of each row, by its key.
Statement = tuple[str, tuple[str, ...], tuple[str, ...]]
Sums = dict[Statement, dict[tuple[Scalar, ...], tuple[int, ...]]]


def step(state: FoldState, fact: Fact) -> Folded:
    """The state after `fact`, and what it changes in the tables of this store."""
    if fact.kind != FactKind.INSTRUCTION_ACKNOWLEDGED:
        return fold(state, fact)
    key = {name: fact.body[name] for name in ("work_center", "hour", "plan")}
    put = Put("instruction_acknowledged", key, {"acknowledged_at": fact.occurred_at})
    folded = fold(state, fact)
    return Folded(folded.state, (*folded.changes, put))


def apply(conn: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Write the changes in their order, inside the caller's transaction.

    Additions to one row are summed up and written once: additions may change places with
    each other, but not with what is put.
    """
    sums: Sums = {}
    for change in changes:
        if isinstance(change, Add):
            _sum_up(sums, change)
            continue
        _write(conn, sums)
        sums = {}
        sql = _upsert(False, change.table, tuple(change.key), tuple(change.values))
        conn.execute(sql, (*change.key.values(), *change.values.values()))
    _write(conn, sums)


def _sum_up(sums: Sums, change: Add) -> None:
    rows = sums.setdefault((change.table, tuple(change.key), tuple(change.amounts)), {})
    key, amounts = tuple(change.key.values()), tuple(change.amounts.values())
    known = rows.get(key)
    rows[key] = amounts if known is None else tuple(map(add, known, amounts))


def _write(conn: sqlite3.Connection, sums: Sums) -> None:
    for (table, key, columns), rows in sums.items():
        sql = _upsert(True, table, key, columns)
        conn.executemany(sql, [(*row, *amounts) for row, amounts in rows.items()])


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
