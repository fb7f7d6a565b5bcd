"""The tables of stops and the board."""

STOPS = (
    "ALTER TABLE stop ADD COLUMN class TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE stop ADD COLUMN planned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE stop ADD COLUMN cause TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE stop ADD COLUMN cause_class TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE stop ADD COLUMN cause_planned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE stop ADD COLUMN micro_us INTEGER",
    """CREATE TABLE stop_part (
        equipment_id TEXT NOT NULL,
        stop INTEGER NOT NULL,
        cut INTEGER NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        class TEXT NOT NULL DEFAULT '',
        planned INTEGER NOT NULL DEFAULT 0,
        removed INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (equipment_id, stop, cut)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX stop_part_stop ON stop_part (stop)",
    """CREATE TABLE planned_stop (
        equipment_id TEXT NOT NULL,
        id INTEGER NOT NULL,
        start INTEGER,
        "end" INTEGER,
        reason TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        class TEXT NOT NULL DEFAULT '',
        cancelled INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (equipment_id, id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX planned_stop_start ON planned_stop (equipment_id, start)",
    "CREATE INDEX planned_stop_id ON planned_stop (id)",
)
PROJECTED = ("stop_part", "planned_stop")
