"""The table of facts as it is now, and how the one of before becomes it."""

import sqlite3
from collections.abc import Iterator
from itertools import zip_longest

from edge.storage import fact_rows
from edge.storage.packing import pack_checked

# `hash` is the SHA-256 of the canonical bytes, which `data` holds as edge/storage/packing.py says.
FACTS = """CREATE TABLE facts (
    seq INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    data BLOB NOT NULL
) STRICT"""
GUARDS = (
    """CREATE TRIGGER facts_have_no_gap BEFORE INSERT ON facts
       WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM facts)
       BEGIN SELECT RAISE(ABORT, 'a fact must follow the last one'); END""",
    """CREATE TRIGGER facts_never_change BEFORE UPDATE ON facts
       BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END""",
    """CREATE TRIGGER facts_never_go BEFORE DELETE ON facts
       BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END""",
)
# Which blocks of facts touch an hour (of UTC, counted from 1970) of an equipment.
BLOCKS = """CREATE TABLE fact_block (
    equipment_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    block INTEGER NOT NULL,
    PRIMARY KEY (equipment_id, hour, block)
) STRICT, WITHOUT ROWID"""
NEVER_GO = """CREATE TRIGGER facts_never_go BEFORE DELETE ON facts
    WHEN OLD.seq > (SELECT coalesce(max(last_seq), 0) FROM archive)
      OR OLD.seq > (SELECT min(seq) FROM facts)
    BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END"""
# Facts go from here only up to the last sealed archive file, from the lowest on.
ARCHIVES = (
    """CREATE TABLE archive (
        last_seq INTEGER PRIMARY KEY,
        first_seq INTEGER NOT NULL,
        first_hash BLOB NOT NULL,
        last_hash BLOB NOT NULL,
        file TEXT NOT NULL,
        folder TEXT NOT NULL,
        size INTEGER NOT NULL,
        sha256 BLOB NOT NULL
    ) STRICT""",
    """CREATE TRIGGER archive_follows BEFORE INSERT ON archive
       WHEN NEW.first_seq IS NOT (SELECT coalesce(max(last_seq), 0) + 1 FROM archive)
         OR NEW.first_hash IS NOT (SELECT hash FROM facts WHERE seq = NEW.first_seq)
         OR NEW.last_hash IS NOT (SELECT hash FROM facts WHERE seq = NEW.last_seq)
         OR NEW.last_seq < NEW.first_seq OR NEW.last_seq >= (SELECT max(seq) FROM facts)
       BEGIN SELECT RAISE(ABORT, 'an archive holds the next facts, never the last'); END""",
    """CREATE TRIGGER archive_never_changes
       BEFORE UPDATE OF last_seq, first_seq, first_hash, last_hash, file, size, sha256 ON archive
       BEGIN SELECT RAISE(ABORT, 'archives are append-only'); END""",
    """CREATE TRIGGER archive_never_goes BEFORE DELETE ON archive
       BEGIN SELECT RAISE(ABORT, 'archives are append-only'); END""",
    "DROP TRIGGER facts_have_no_gap",
    """CREATE TRIGGER facts_have_no_gap BEFORE INSERT ON facts
       WHEN NEW.seq IS NOT coalesce(
         (SELECT max(seq) FROM facts), (SELECT max(last_seq) FROM archive), 0) + 1
       BEGIN SELECT RAISE(ABORT, 'a fact must follow the last one'); END""",
    "DROP TRIGGER facts_never_go",
    NEVER_GO,
)
INSERT = "INSERT INTO facts (seq, hash, data) VALUES (?, ?, ?)"


class NotTheSame(Exception):
    """A fact did not come back as it was: the migration is taken back as a whole."""


def pack_what_is_there(conn: sqlite3.Connection) -> None:
    """Bring the table of before to the packed form, in the caller's transaction.

    Every fact is read back from what was written and compared with its bytes and hash of
    before, also one that was damaged already: `verify` names it after this as before.
    """
    for trigger in ("facts_have_no_gap", "facts_never_change", "facts_never_go"):
        conn.execute(f"DROP TRIGGER {trigger}")
    conn.execute("ALTER TABLE facts RENAME TO facts_of_before")
    conn.execute(FACTS)
    conn.executemany(INSERT, _packed(conn))
    for old, new in zip_longest(_of_before(conn), fact_rows.every(conn)):
        if old is None or new is None or old != (new.seq, new.hash, new.data):
            raise NotTheSame(f"facts cannot be packed: {old} came back as {new}")
    conn.execute("DROP TABLE facts_of_before")
    for statement in (*GUARDS, BLOCKS):
        conn.execute(statement)


def _packed(conn: sqlite3.Connection) -> Iterator[tuple[int, bytes, bytes]]:
    last, prev_hash = 0, b""
    for seq, digest, data in _of_before(conn):
        yield seq, digest, pack_checked(data, seq, prev_hash if seq == last + 1 else b"")
        last, prev_hash = seq, digest


def _of_before(conn: sqlite3.Connection) -> Iterator[tuple[int, bytes, bytes]]:
    rows = conn.execute("SELECT seq, hash, data FROM facts_of_before ORDER BY seq")
    for seq, hash_, data in rows:
        yield seq, fact_rows.hash_of(hash_), data
