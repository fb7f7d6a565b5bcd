"""The tables of stops and the board."""

STOPS = (
    "ALTER TABLE stop ADD COLUMN class TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE stop ADD COLUMN planned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE stop ADD COLUMN cause TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE stop ADD COLUMN cause_class TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE stop ADD COLUMN cause_planned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE stop ADD COLUMN micro_us INTEGER",
    "ALTER TABLE stop ADD COLUMN said INTEGER NOT NULL DEFAULT 0",
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
BOARD = (
    """CREATE TABLE hour_signature (
        equipment_id TEXT NOT NULL,
        hour INTEGER NOT NULL,
        cause TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        cause_by TEXT NOT NULL DEFAULT '',
        cause_at INTEGER,
        signed_seq INTEGER,
        signed_at INTEGER,
        signed_by TEXT NOT NULL DEFAULT '',
        plan INTEGER,
        expected INTEGER,
        good INTEGER,
        scrap INTEGER,
        difference INTEGER,
        events INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (equipment_id, hour)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE andon_call (
        equipment_id TEXT NOT NULL,
        id INTEGER NOT NULL,
        topic TEXT,
        note TEXT NOT NULL DEFAULT '',
        called_at INTEGER,
        called_by TEXT NOT NULL DEFAULT '',
        acknowledged_at INTEGER,
        acknowledged_by TEXT NOT NULL DEFAULT '',
        closed_at INTEGER,
        closed_by TEXT NOT NULL DEFAULT '',
        closing_note TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (equipment_id, id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX andon_call_id ON andon_call (id)",
    "CREATE INDEX andon_call_open ON andon_call (equipment_id, id) WHERE closed_at IS NULL",
    """CREATE TABLE data_gap (
        equipment_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        start INTEGER,
        "end" INTEGER,
        reason TEXT,
        detail TEXT,
        PRIMARY KEY (equipment_id, seq)
    ) STRICT, WITHOUT ROWID""",
    'CREATE INDEX data_gap_end ON data_gap (equipment_id, "end")',
)
CHANGEOVERS = (
    """CREATE TABLE changeover (
        equipment_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        at INTEGER,
        job_order_id TEXT,
        "from" TEXT,
        "to" TEXT,
        standard_us INTEGER,
        PRIMARY KEY (equipment_id, seq)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX changeover_at ON changeover (equipment_id, at)",
)
PROJECTED = ("changeover", "stop_part", "planned_stop", "hour_signature", "andon_call", "data_gap")
