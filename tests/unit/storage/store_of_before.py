"""A store as the version before packed facts left it."""

import sqlite3
from pathlib import Path

from edge.domain.facts import decode
from edge.storage import fact_rows
from edge.storage.tables.first import FACTS

INSERT = "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def as_before(path: Path) -> None:
    """Turn a closed store into one of before."""
    conn = sqlite3.connect(path)
    with conn:
        rows = list(fact_rows.every(conn))
        for table in ("facts", "fact_block"):
            conn.execute(f"DROP TABLE {table}")
        for statement in FACTS:
            conn.execute(statement)
        for row in rows:
            fact = decode(row.data)
            times = (fact.occurred_at, fact.recorded_at)
            place = (fact.equipment_id, fact.job_order_id)
            key = (fact.seq, fact.epoch, str(fact.kind))
            conn.execute(INSERT, (*key, *times, *place, row.hash.hex(), row.data))
        conn.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm090_%'")
    conn.close()
