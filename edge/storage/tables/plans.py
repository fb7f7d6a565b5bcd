"""Tables of versions of the plan and of proposals; docs/storage.md describes them."""

VERSIONS = (
    """CREATE TABLE plan_version (
        plan INTEGER NOT NULL PRIMARY KEY,
        seq INTEGER NOT NULL,
        released_at INTEGER NOT NULL,
        released_by TEXT NOT NULL,
        made_at INTEGER,
        as_of INTEGER,
        valid_from INTEGER NOT NULL,
        input_hash TEXT NOT NULL,
        why TEXT NOT NULL,
        replaces INTEGER,
        proposal INTEGER,
        moved_s INTEGER,
        difference TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE plan_proposal (
        proposal INTEGER NOT NULL PRIMARY KEY,
        seq INTEGER,
        made_at INTEGER,
        as_of INTEGER,
        base INTEGER,
        valid_from INTEGER,
        input_hash TEXT,
        why TEXT,
        moved_s INTEGER,
        limit_s INTEGER,
        state TEXT,
        decided_at INTEGER,
        decided_by TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        plan INTEGER
    ) STRICT""",
    """CREATE TABLE plan_told (
        work_center TEXT NOT NULL,
        plan INTEGER NOT NULL,
        told_at INTEGER NOT NULL,
        PRIMARY KEY (work_center, plan)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE plan_seen (
        work_center TEXT NOT NULL,
        plan INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        seen_by TEXT NOT NULL,
        PRIMARY KEY (work_center, plan)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE unfreezing (
        id INTEGER NOT NULL PRIMARY KEY,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        work_centers TEXT NOT NULL,
        until INTEGER NOT NULL,
        note TEXT NOT NULL
    ) STRICT""",
    # What proposals say, whole; a record and no projection, as plans are.
    """CREATE TABLE proposed_plans (
        proposal INTEGER PRIMARY KEY,
        schedule BLOB NOT NULL,
        instructions BLOB NOT NULL
    ) STRICT""",
    # Work centers whose frozen hours it replaced too, and whether it is still kept whole.
    "ALTER TABLE plans ADD COLUMN unfrozen TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE plans ADD COLUMN whole INTEGER NOT NULL DEFAULT 1",
    # A version never changes, but that an old one is kept in short, once.
    """CREATE TRIGGER plans_stay BEFORE UPDATE ON plans
        WHEN OLD.whole = 0 OR NEW.whole <> 0 OR OLD.version <> NEW.version
            OR OLD.input_hash <> NEW.input_hash OR OLD.valid_from <> NEW.valid_from
            OR OLD.unfrozen <> NEW.unfrozen
        BEGIN SELECT RAISE(ABORT, 'a version of the plan never changes'); END""",
    """CREATE TRIGGER plans_remain BEFORE DELETE ON plans
        BEGIN SELECT RAISE(ABORT, 'a version of the plan is never deleted'); END""",
    "ALTER TABLE instruction_acknowledged ADD COLUMN actor TEXT",
)
FORECASTS = (
    # What people and the ERP were told last of an order, as its fact says it.
    """CREATE TABLE order_told (
        order_id TEXT NOT NULL PRIMARY KEY,
        seq INTEGER NOT NULL,
        said TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
PROJECTED = (
    "plan_version",
    "plan_proposal",
    "plan_told",
    "plan_seen",
    "unfreezing",
    "order_told",
)
