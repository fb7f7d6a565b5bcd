"""Tables of people's time; docs/storage.md describes them."""

PEOPLE = (
    """CREATE TABLE labour_interval (
        person TEXT NOT NULL,
        opened INTEGER NOT NULL,
        kind TEXT,
        start INTEGER,
        "end" INTEGER,
        equipment_id TEXT,
        crew TEXT,
        split TEXT,
        PRIMARY KEY (person, opened)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX labour_interval_start ON labour_interval (start)",
    'CREATE INDEX labour_interval_open ON labour_interval (start) WHERE "end" IS NULL',
)
