"""How the store's file is opened: one connection that writes, the others read only.

SQLite before 3.51.3 can damage a WAL database when two connections write or
checkpoint at once; so one connection, guarded by the lock file, owns every write and
every checkpoint, and no other can do either.
"""

import sqlite3
from pathlib import Path

WAL_PAGES = 4000  # about 16 MB of log before the writer moves it into the file
BUSY_SECONDS = 5.0


def open_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes; a commit returns when it is on the disk.

    It is opened by one thread and then handed to the writer's, never shared.
    """
    conn = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        conn.execute("PRAGMA mmap_size = 0")
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        conn.execute("PRAGMA recursive_triggers = ON")  # REPLACE must not pass the triggers
    except sqlite3.Error:
        conn.close()
        raise
    return conn


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; its rows are `sqlite3.Row`."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    conn = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        conn.execute("PRAGMA query_only = ON")
        conn.execute("PRAGMA mmap_size = 0")
    except sqlite3.Error:
        conn.close()
        raise
    conn.row_factory = sqlite3.Row
    return conn
