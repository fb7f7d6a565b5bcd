"""The migrations of the store; `edge/storage/tables` has what they make, `docs/storage.md` says it.

A migration that has been released is never changed: a change of the schema is a new
function below. Times are microseconds UTC, hashes lower-case hex.
"""

import sqlite3

from sqlite_utils import Database, Migrations

from edge.storage.errors import StoreUnusable
from edge.storage.tables import (
    facts,
    figures,
    first,
    genealogy,
    jobs,
    maintenance,
    quality,
    recovery,
    restating,
    stops,
)
from edge.storage.tables.people import PEOPLE

APPLICATION_ID = 0x54414B54  # "TAKT", so that no other program's file is taken for a store
FORMAT = 1
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables

migrations = Migrations("edge")


@migrations()
def m001_facts_projections_and_records(db: Database) -> None:
    for statement in (*first.FACTS, *first.PROJECTIONS, *first.RECORDS):
        db.execute(statement)


@migrations()
def m002_a_piece_that_was_begun(db: Database) -> None:
    """Where a counter's step is no whole piece: the part that its steps made, and whose it is."""
    for column in ("rest", "rest_of"):
        db.execute(f"ALTER TABLE baselines ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")


@migrations()
def m003_decisions(db: Database) -> None:
    for statement in first.DECISIONS:
        db.execute(statement)


@migrations()
def m004_what_a_quarantine_counts_as(db: Database) -> None:
    db.execute("ALTER TABLE quarantine ADD COLUMN role TEXT")


@migrations()
def m010_jobs(db: Database) -> None:
    for statement in jobs.JOBS:
        db.execute(statement)


@migrations()
def m015_restating(db: Database) -> None:
    for statement in restating.RUNS:
        db.execute(statement)


@migrations()
def m016_opening(db: Database) -> None:
    for statement in restating.OPENING:
        db.execute(statement)


@migrations()
def m017_events_of_jobs(db: Database) -> None:
    for statement in restating.EVENTS:
        db.execute(statement)


@migrations()
def m020_stops(db: Database) -> None:
    for statement in stops.STOPS:
        db.execute(statement)


@migrations()
def m021_board(db: Database) -> None:
    for statement in stops.BOARD:
        db.execute(statement)


@migrations()
def m022_changeovers(db: Database) -> None:
    for statement in stops.CHANGEOVERS:
        db.execute(statement)


@migrations()
def m030_quality(db: Database) -> None:
    for statement in quality.QUALITY:
        db.execute(statement)


@migrations()
def m031_results_are_voided(db: Database) -> None:
    for statement in quality.VOIDS:
        db.execute(statement)


@migrations()
def m032_what_was_wrong_and_where(db: Database) -> None:
    for statement in quality.DEFECTS:
        db.execute(statement)


@migrations()
def m040_genealogy(db: Database) -> None:
    for statement in genealogy.PINS:
        db.execute(statement)


@migrations()
def m041_lots(db: Database) -> None:
    for statement in genealogy.LOTS:
        db.execute(statement)


@migrations()
def m042_labels(db: Database) -> None:
    for statement in genealogy.LABELS:
        db.execute(statement)


@migrations()
def m050_people(db: Database) -> None:
    for statement in PEOPLE:
        db.execute(statement)


@migrations()
def m060_maintenance(db: Database) -> None:
    for statement in maintenance.MAINTENANCE:
        db.execute(statement)


@migrations()
def m070_kpi(db: Database) -> None:
    for statement in figures.FIGURES:
        db.execute(statement)


@migrations()
def m090_facts_are_packed(db: Database) -> None:
    """`prev_hash` is the hash in the row before, the rest is packed; all of it reads as before."""
    facts.pack_what_is_there(db.conn)


@migrations()
def m091_archives(db: Database) -> None:
    for statement in facts.ARCHIVES:
        db.execute(statement)


@migrations()
def m095_recovery(db: Database) -> None:
    for statement in recovery.RECOVERY:
        db.execute(statement)


def prepare(conn: sqlite3.Connection, *, edge_id: str, store_id: str) -> bool:
    """Make or migrate the tables; whether facts of before have to be folded anew.

    In the caller's transaction: a migration without its fold would leave new tables empty.
    Raises StoreUnusable if the file is not this edge's store.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreUnusable(f"SQLite {sqlite3.sqlite_version} is too old; mend: 3.37 or newer")
    if not refuse_foreign(conn):
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db = Database(conn, execute_plugins=False)
    _refuse_newer(db, conn)
    _refuse_other_edge(conn, edge_id)
    behind = is_behind(conn)
    migrations.apply(db)
    conn.execute("INSERT OR IGNORE INTO meta VALUES (1, ?, ?, 1, ?)", (store_id, edge_id, FORMAT))
    conn.execute("INSERT OR IGNORE INTO link VALUES (1, 0, '')")
    return behind


def refuse_foreign(conn: sqlite3.Connection) -> bool:
    """Whether it is a store already, else an empty file; raises StoreUnusable for any other."""
    (application,) = conn.execute("PRAGMA application_id").fetchone()
    (tables,) = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and tables:
        raise StoreUnusable("a database of another program; mend: name another file")
    return bool(application == APPLICATION_ID)


def is_behind(conn: sqlite3.Connection) -> bool:
    """Whether a store of an older version would be migrated by `prepare`."""
    db = Database(conn, execute_plugins=False)
    return bool(migrations.applied(db)) and bool(migrations.pending(db))


def _refuse_newer(db: Database, conn: sqlite3.Connection) -> None:
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    unknown = {done.name for done in migrations.applied(db)} - known
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
