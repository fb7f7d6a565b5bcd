"""Whether a file is this edge's store, and of which version; made and migrated where it must be."""

import sqlite3

from edge.storage import migrations
from edge.storage.errors import StoreUnusable

APPLICATION_ID = 0x54414B54  # "TAKT", so that no other program's file is taken for a store
FORMAT = 1
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables


def prepare(conn: sqlite3.Connection, *, edge_id: str, store_id: str) -> bool:
    """Make or migrate the tables; whether facts of before have to be folded anew.

    In the caller's transaction: a migration without its fold would leave new tables empty.
    Raises StoreUnusable if the file is not this edge's store.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreUnusable(f"SQLite {sqlite3.sqlite_version} is too old; mend: 3.37 or newer")
    if not refuse_foreign(conn):
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    done = migrations.applied(conn)
    _refuse_newer(done, conn)
    _refuse_other_edge(conn, edge_id)
    if not done.issuperset(migrations.STEPS):
        migrations.apply(conn)
    conn.execute("INSERT OR IGNORE INTO meta VALUES (1, ?, ?, 1, ?)", (store_id, edge_id, FORMAT))
    conn.execute("INSERT OR IGNORE INTO link VALUES (1, 0, '')")
    return _lacks_some(done)


def refuse_foreign(conn: sqlite3.Connection) -> bool:
    """Whether it is a store already, else an empty file; raises StoreUnusable for any other."""
    (application,) = conn.execute("PRAGMA application_id").fetchone()
    (tables,) = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and tables:
        raise StoreUnusable("a database of another program; mend: name another file")
    return bool(application == APPLICATION_ID)


def is_behind(conn: sqlite3.Connection) -> bool:
    """Whether a store of an older version would be migrated by `prepare`."""
    return _lacks_some(migrations.applied(conn))


def _lacks_some(done: frozenset[str]) -> bool:
    """Whether a store that was made has not all migrations."""
    return bool(done) and not done.issuperset(migrations.STEPS)


def _refuse_newer(done: frozenset[str], conn: sqlite3.Connection) -> None:
    unknown = done.difference(migrations.STEPS)
    format_ = _meta(conn, "format")
    if unknown or int(format_ or 0) > FORMAT:
        raise StoreUnusable(
            f"made by a newer Taktline (format {format_}, this one reads {FORMAT}); "
            "mend: run that version"
        )


def _refuse_other_edge(conn: sqlite3.Connection, edge_id: str) -> None:
    owner = _meta(conn, "edge_id")
    if owner not in {None, edge_id}:
        raise StoreUnusable(
            f"the store of edge {owner!r}, not of {edge_id!r}; mend: name that edge's own file"
        )


def _meta(conn: sqlite3.Connection, column: str) -> int | str | None:
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        return None
    row = conn.execute(f"SELECT {column} FROM meta").fetchone()
    return row[0] if row else None
