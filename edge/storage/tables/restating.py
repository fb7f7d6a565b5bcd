"""Tables of what is known later."""

OPENING = (
    """CREATE TABLE job_opening (
        job_order_id TEXT NOT NULL PRIMARY KEY,
        good INTEGER,
        scrap INTEGER,
        sha256 TEXT,
        seq INTEGER,
        at INTEGER
    ) STRICT, WITHOUT ROWID""",
)
EVENTS = (
    """CREATE TABLE job_event (
        job_order_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        event TEXT,
        PRIMARY KEY (job_order_id, seq)
    ) STRICT, WITHOUT ROWID""",
)
RUNS = (
    """CREATE TABLE job_run (
        job_order_id TEXT NOT NULL PRIMARY KEY,
        equipment_id TEXT,
        started INTEGER,
        ended INTEGER,
        recorded_start INTEGER,
        recorded_end INTEGER,
        start INTEGER,
        "end" INTEGER
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX job_run_start ON job_run (equipment_id, start)",
)
# A job that was laid aside has several; they are folded anew.
EACH_RUN = (
    "DROP TABLE job_run",
    """CREATE TABLE job_run (
        job_order_id TEXT NOT NULL,
        started INTEGER NOT NULL,
        equipment_id TEXT,
        ended INTEGER,
        recorded_start INTEGER,
        recorded_end INTEGER,
        start INTEGER,
        "end" INTEGER,
        PRIMARY KEY (job_order_id, started)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX job_run_place ON job_run (equipment_id, recorded_start)",
)
