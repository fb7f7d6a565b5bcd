"""The tables that a store began with: facts, what the fold makes of them, records and decisions."""

from edge.storage.tables.facts import GUARDS

# Facts as they were before they were packed (edge/storage/tables/facts.py).
FACTS = (
    """CREATE TABLE facts (
        seq INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL,
        kind TEXT NOT NULL,
        occurred_at INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL,
        equipment_id TEXT NOT NULL,
        job_order_id TEXT,
        hash TEXT NOT NULL,
        data BLOB NOT NULL
    ) STRICT""",
    *GUARDS,
)

# What the fold keeps (edge/domain/fold.py). A row may be begun by any of its facts,
# so columns that only one kind of fact sets may be null until it comes.
PROJECTIONS = (
    """CREATE TABLE hour_bucket (
        equipment_id TEXT NOT NULL,
        hour INTEGER NOT NULL,
        job_order_id TEXT NOT NULL,
        run_time_per_item TEXT NOT NULL,
        shift TEXT NOT NULL,
        production_day TEXT NOT NULL,
        good INTEGER NOT NULL DEFAULT 0,
        scrap INTEGER NOT NULL DEFAULT 0,
        rework INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (equipment_id, hour, job_order_id, run_time_per_item, shift, production_day)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE state_interval (
        equipment_id TEXT NOT NULL,
        opened INTEGER NOT NULL,
        start INTEGER,
        "end" INTEGER,
        state INTEGER,
        mode INTEGER,
        fault INTEGER,
        time_class TEXT,
        job_order_id TEXT,
        shift TEXT,
        production_day TEXT,
        PRIMARY KEY (equipment_id, opened)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX state_interval_start ON state_interval (equipment_id, start)",
    """CREATE TABLE stop (
        equipment_id TEXT NOT NULL,
        id INTEGER NOT NULL,
        start INTEGER,
        "end" INTEGER,
        fault INTEGER,
        job_order_id TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (equipment_id, id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX stop_start ON stop (equipment_id, start)",
    "CREATE INDEX stop_id ON stop (id)",
    """CREATE TABLE job_progress (
        job_order_id TEXT NOT NULL PRIMARY KEY,
        order_id TEXT,
        operation INTEGER,
        product TEXT,
        revision TEXT,
        number INTEGER,
        work_center TEXT,
        quantity INTEGER,
        state TEXT,
        version INTEGER,
        phase TEXT,
        good INTEGER NOT NULL DEFAULT 0,
        scrap INTEGER NOT NULL DEFAULT 0,
        rework INTEGER NOT NULL DEFAULT 0,
        started_at INTEGER,
        ended_at INTEGER
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE instruction_acknowledged (
        work_center TEXT NOT NULL,
        hour INTEGER NOT NULL,
        plan INTEGER NOT NULL,
        acknowledged_at INTEGER,
        PRIMARY KEY (work_center, hour, plan)
    ) STRICT, WITHOUT ROWID""",
)

RECORDS = (
    """CREATE TABLE baselines (
        equipment_id TEXT NOT NULL,
        tag TEXT NOT NULL,
        counter_epoch INTEGER NOT NULL,
        raw INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (equipment_id, tag)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE documents (
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        revision TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (kind, position, id)
    ) STRICT""",
    """CREATE TABLE plans (
        version INTEGER PRIMARY KEY,
        input_hash TEXT NOT NULL,
        valid_from INTEGER NOT NULL,
        schedule BLOB NOT NULL,
        instructions BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE hour_instruction (
        hour INTEGER NOT NULL,
        work_center TEXT NOT NULL,
        position INTEGER NOT NULL,
        plan INTEGER NOT NULL,
        label TEXT NOT NULL,
        order_id TEXT NOT NULL,
        operation INTEGER NOT NULL,
        quantity INTEGER NOT NULL,
        setup_s INTEGER NOT NULL,
        PRIMARY KEY (hour, work_center, position)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE requests (
        key TEXT NOT NULL PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE link (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        acknowledged_seq INTEGER NOT NULL,
        acknowledged_hash TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE meta (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        store_id TEXT NOT NULL,
        edge_id TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        format INTEGER NOT NULL
    ) STRICT""",
)

# What people decide: readings that wait for a person, and what was corrected.
DECISIONS = (
    """CREATE TABLE quarantine (
        equipment_id TEXT NOT NULL,
        id INTEGER NOT NULL,
        at INTEGER,
        tag TEXT,
        counter_epoch INTEGER,
        raw_from INTEGER,
        raw_to INTEGER,
        reason TEXT,
        "from" INTEGER,
        "to" INTEGER,
        modulus INTEGER,
        "limit" INTEGER,
        pieces_per_pulse TEXT,
        decided INTEGER,
        decided_at INTEGER,
        actor TEXT,
        quantity INTEGER,
        job_order_id TEXT,
        note TEXT,
        PRIMARY KEY (equipment_id, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE correction (
        corrects INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        changes TEXT,
        PRIMARY KEY (corrects, seq)
    ) STRICT, WITHOUT ROWID""",
)
