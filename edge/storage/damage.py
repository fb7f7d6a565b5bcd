"""What a damaged file looks like: to SQLite, to a check within a time, and at the chain's end."""

import sqlite3
from collections.abc import Callable, Iterable

from edge.domain.facts import decode, sha256
from edge.storage import fact_rows
from edge.storage.fact_rows import Row

DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
PRIMARY = 0xFF  # the low byte of an extended error code
STEPS = 20_000  # of SQLite's machine, between two looks at the clock
TAIL = 1000  # facts


class StoreDamaged(Exception):
    """The file is damaged: set it aside, put a snapshot in its place."""


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is not as it was written."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return code & PRIMARY in DAMAGE
    # What Python itself finds in a row that is no text any more.
    return isinstance(error, sqlite3.OperationalError) and "Could not decode" in str(error)


def check(
    conn: sqlite3.Connection, *, monotonic: Callable[[], float], seconds: float, thorough: bool
) -> bool:
    """Look over the pages, and the last facts; whether all pages were seen in the time.

    `thorough` compares indexes with their tables too. Raises StoreDamaged.
    """
    try:
        whole = _pages(conn, monotonic, seconds, thorough)
        tail(conn)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise StoreDamaged(str(error)) from error
        raise
    return whole


def _pages(
    conn: sqlite3.Connection, monotonic: Callable[[], float], seconds: float, thorough: bool
) -> bool:
    until = monotonic() + seconds
    conn.set_progress_handler(lambda: monotonic() > until, STEPS)
    name = "integrity_check" if thorough else "quick_check"
    try:
        found = conn.execute(f"PRAGMA {name}(3)").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return False
        raise
    finally:
        conn.set_progress_handler(None, 0)
    if [row[0] for row in found] != ["ok"]:
        raise StoreDamaged("; ".join(str(row[0]) for row in found).replace("\n", " ")[:300])
    return True


def tail(conn: sqlite3.Connection, most: int = TAIL) -> None:
    """Raise StoreDamaged unless the last facts have their hashes and follow each other."""
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchone():
        return
    (last,) = conn.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()
    rows = fact_rows.after(conn, max(last - most, fact_rows.first_live(conn) - 1), most)
    chain(row for row in rows if not row.archived)


def chain(rows: Iterable[Row]) -> None:
    """Raise StoreDamaged unless rows that follow each other are as they were recorded."""
    before: Row | None = None
    for row in rows:
        prev_hash = sound(row)
        if before is not None and (before.seq + 1, before.hash.hex()) != (row.seq, prev_hash):
            raise StoreDamaged(f"fact {row.seq} does not follow fact {before.seq}")
        before = row


def sound(row: Row) -> str:
    """The prev_hash of a fact that is as it was recorded; raises StoreDamaged for any other."""
    if row.fault:
        raise StoreDamaged(f"fact {row.seq}: {row.fault}")
    if sha256(row.data) != row.hash.hex():
        raise StoreDamaged(f"fact {row.seq}: its bytes do not have its hash")
    try:
        fact = decode(row.data)
    except ValueError as error:
        raise StoreDamaged(f"fact {row.seq}: {error}") from error
    if fact.seq != row.seq:
        raise StoreDamaged(f"fact {row.seq}: its bytes are those of fact {fact.seq}")
    return fact.prev_hash
