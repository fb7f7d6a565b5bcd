"""Job orders beside their progress: questions to a supervisor, what machines were told."""

JOBS = (
    """CREATE TABLE job_question (
        job_order_id TEXT NOT NULL,
        id INTEGER NOT NULL,
        order_id TEXT,
        asked_at INTEGER,
        about TEXT,
        made INTEGER,
        wanted INTEGER,
        was INTEGER,
        answered INTEGER,
        answered_at INTEGER,
        actor TEXT,
        answer TEXT,
        note TEXT,
        surplus INTEGER,
        against INTEGER,
        kept INTEGER,
        PRIMARY KEY (job_order_id, id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX job_question_id ON job_question (id)",
    """CREATE TABLE interval_job (
        equipment_id TEXT NOT NULL,
        opened INTEGER NOT NULL,
        place INTEGER NOT NULL,
        job_order_id TEXT,
        PRIMARY KEY (equipment_id, opened, place)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE setup_bucket (
        job_order_id TEXT NOT NULL,
        hour INTEGER NOT NULL,
        run_time_per_item TEXT NOT NULL,
        shift TEXT NOT NULL,
        production_day TEXT NOT NULL,
        pieces INTEGER NOT NULL DEFAULT 0,
        approved INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (job_order_id, hour, run_time_per_item, shift, production_day)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE tool_wear (
        tool TEXT NOT NULL,
        pieces_per_stroke TEXT NOT NULL,
        pieces INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (tool, pieces_per_stroke)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE tool_change (
        tool TEXT NOT NULL PRIMARY KEY,
        strokes TEXT,
        at INTEGER,
        actor TEXT
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE job_told (
        job_order_id TEXT NOT NULL PRIMARY KEY,
        seq INTEGER,
        good INTEGER,
        used INTEGER
    ) STRICT, WITHOUT ROWID""",
)
