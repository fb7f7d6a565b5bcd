"""Tables of maintenance; docs/storage.md describes them."""

MAINTENANCE = (
    """CREATE TABLE maintenance_interval (
        equipment_id TEXT NOT NULL,
        id INTEGER NOT NULL,
        kind TEXT,
        plan TEXT,
        stop INTEGER,
        reported_at INTEGER,
        reported_by TEXT,
        note TEXT,
        state TEXT,
        start INTEGER,
        "end" INTEGER,
        done_by TEXT NOT NULL DEFAULT '',
        result TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (equipment_id, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE maintenance_done (
        plan TEXT NOT NULL PRIMARY KEY,
        at INTEGER NOT NULL,
        running INTEGER NOT NULL,
        cycles INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE usage (
        equipment_id TEXT NOT NULL PRIMARY KEY,
        running INTEGER NOT NULL DEFAULT 0,
        cycles INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID""",
)
PROJECTED = ("maintenance_interval", "maintenance_done", "usage")
