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
    """CREATE TABLE job_told (
        job_order_id TEXT NOT NULL PRIMARY KEY,
        seq INTEGER,
        good INTEGER,
        used INTEGER
    ) STRICT, WITHOUT ROWID""",
)
