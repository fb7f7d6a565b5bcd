"""What an hour's instruction says beside its pieces (edge/domain/instructions.py)."""

SCRAP = ("ALTER TABLE hour_instruction ADD COLUMN scrap INTEGER NOT NULL DEFAULT 0",)
SHEETS = (
    "ALTER TABLE hour_instruction ADD COLUMN begun INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE hour_instruction ADD COLUMN change TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE hour_instruction ADD COLUMN sheet TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE instruction_sheet (
        hash TEXT NOT NULL PRIMARY KEY,
        content TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
