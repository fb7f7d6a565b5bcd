"""Applies what the fold returns, and knows nothing of its meaning.

One table is the edge's own and not the fold's, because no other book needs it: which
instructions the floor has acknowledged.
"""

import sqlite3
from collections.abc import Iterable
from functools import lru_cache

from edge.domain.facts import Fact, FactKind
from edge.domain.fold import Add, Change, Folded, FoldState, Put, fold

PROJECTED = ("hour_bucket", "state_interval", "stop", "job_progress", "instruction_acknowledged")


def step(state: FoldState, fact: Fact) -> Folded:
    """The state after `fact`, and what it changes in the tables of this store."""
    if fact.kind != FactKind.INSTRUCTION_ACKNOWLEDGED:
        return fold(state, fact)
    key = {name: fact.body[name] for name in ("work_center", "hour", "plan")}
    put = Put("instruction_acknowledged", key, {"acknowledged_at": fact.occurred_at})
    folded = fold(state, fact)
    return Folded(folded.state, (*folded.changes, put))


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
