"""Restores of this store, and which counters were read again since one that is not settled."""

APART = ("ALTER TABLE recovery ADD COLUMN apart INTEGER NOT NULL DEFAULT 0",)
RECOVERY = (
    """CREATE TABLE recovery (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        reason TEXT NOT NULL,
        snapshot TEXT NOT NULL,
        set_aside TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        salvaged INTEGER NOT NULL,
        known_seq INTEGER NOT NULL,
        lost_from INTEGER NOT NULL,
        settled_at INTEGER,
        taken_back INTEGER NOT NULL DEFAULT 0,
        rechained INTEGER NOT NULL DEFAULT 0,
        held INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    """CREATE TABLE recovery_counter (
        equipment_id TEXT NOT NULL,
        tag TEXT NOT NULL,
        first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        PRIMARY KEY (equipment_id, tag)
    ) STRICT, WITHOUT ROWID""",
)
