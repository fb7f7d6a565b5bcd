"""Tables of quality (docs/quality.md); all of them are projections of facts."""

HOUR = """
        equipment_id TEXT NOT NULL,
        hour INTEGER NOT NULL,
        job_order_id TEXT NOT NULL,
        shift TEXT NOT NULL,
        production_day TEXT NOT NULL,"""
HOUR_KEY = "equipment_id, hour, job_order_id, shift, production_day"

QUALITY = (
    """CREATE TABLE quality_hold (
        id INTEGER NOT NULL PRIMARY KEY,
        scope TEXT,
        target TEXT,
        reason TEXT,
        origin TEXT,
        inspection TEXT,
        interrupts INTEGER,
        equipment_id TEXT,
        placed_at INTEGER,
        placed_by TEXT,
        released_at INTEGER,
        released_by TEXT,
        release_note TEXT
    ) STRICT""",
    "CREATE INDEX quality_hold_open ON quality_hold (id) WHERE released_at IS NULL",
    """CREATE TABLE inspection_result (
        seq INTEGER NOT NULL PRIMARY KEY,
        equipment_id TEXT,
        job_order_id TEXT,
        product TEXT,
        revision TEXT,
        operation INTEGER,
        inspection TEXT,
        at INTEGER,
        actor TEXT,
        sample TEXT,
        again INTEGER,
        passed INTEGER,
        inspected INTEGER,
        first_pass_good INTEGER,
        covers TEXT,
        findings TEXT
    ) STRICT""",
    "CREATE INDEX inspection_result_job ON inspection_result (job_order_id, seq)",
    "CREATE INDEX inspection_result_place ON inspection_result (equipment_id, seq)",
    """CREATE TABLE measured_sample (
        seq INTEGER NOT NULL,
        characteristic TEXT NOT NULL,
        equipment_id TEXT,
        product TEXT,
        operation INTEGER,
        inspection TEXT,
        job_order_id TEXT,
        at INTEGER,
        actor TEXT,
        chart TEXT,
        gauge TEXT,
        unit TEXT,
        lower TEXT,
        nominal TEXT,
        upper TEXT,
        readings TEXT,
        findings TEXT,
        PRIMARY KEY (seq, characteristic)
    ) STRICT, WITHOUT ROWID""",
    """CREATE INDEX measured_sample_chart ON measured_sample
        (equipment_id, product, operation, characteristic, seq)""",
    """CREATE TABLE control_limits (
        seq INTEGER NOT NULL PRIMARY KEY,
        equipment_id TEXT,
        product TEXT,
        operation INTEGER,
        characteristic TEXT,
        at INTEGER,
        actor TEXT,
        chart TEXT,
        size INTEGER,
        subgroups INTEGER,
        center TEXT,
        spread TEXT,
        note TEXT
    ) STRICT""",
    """CREATE TABLE nonconformance (
        id INTEGER NOT NULL PRIMARY KEY,
        equipment_id TEXT,
        job_order_id TEXT,
        lot TEXT,
        reason TEXT,
        cause TEXT,
        place TEXT,
        note TEXT,
        inspection TEXT,
        opened_at INTEGER,
        opened_by TEXT,
        quantity INTEGER NOT NULL DEFAULT 0,
        held INTEGER NOT NULL DEFAULT 0,
        used INTEGER NOT NULL DEFAULT 0,
        scrapped INTEGER NOT NULL DEFAULT 0,
        returned INTEGER NOT NULL DEFAULT 0,
        waiting INTEGER NOT NULL DEFAULT 0,
        reworked_good INTEGER NOT NULL DEFAULT 0,
        reworked_scrap INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    """CREATE TABLE nonconformance_part (
        nonconformance INTEGER NOT NULL,
        equipment_id TEXT NOT NULL,
        hour INTEGER NOT NULL,
        job_order_id TEXT NOT NULL,
        run_time_per_item TEXT NOT NULL,
        shift TEXT NOT NULL,
        production_day TEXT NOT NULL,
        held INTEGER NOT NULL DEFAULT 0,
        waiting INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (nonconformance, equipment_id, hour, job_order_id, run_time_per_item, shift,
            production_day)
    ) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE inspection_hour ({HOUR}
        inspected INTEGER NOT NULL DEFAULT 0,
        first_pass_good INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY ({HOUR_KEY})
    ) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE rework_hour ({HOUR}
        held INTEGER NOT NULL DEFAULT 0,
        sent INTEGER NOT NULL DEFAULT 0,
        good INTEGER NOT NULL DEFAULT 0,
        scrap INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY ({HOUR_KEY})
    ) STRICT, WITHOUT ROWID""",
)
VOIDS = (
    "ALTER TABLE inspection_result ADD COLUMN voided_at INTEGER",
    "ALTER TABLE inspection_result ADD COLUMN voided_by TEXT",
    "ALTER TABLE inspection_result ADD COLUMN void_note TEXT",
    "ALTER TABLE measured_sample ADD COLUMN voided INTEGER NOT NULL DEFAULT 0",
)
DEFECTS = (
    f"""CREATE TABLE defect_hour ({HOUR}
        kind TEXT NOT NULL,
        reason TEXT NOT NULL,
        place TEXT NOT NULL,
        quantity INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY ({HOUR_KEY}, kind, reason, place)
    ) STRICT, WITHOUT ROWID""",
)
CODED = ("ALTER TABLE quality_hold ADD COLUMN reason_coded TEXT NOT NULL DEFAULT ''",)
PROJECTED = (
    "quality_hold",
    "inspection_result",
    "measured_sample",
    "control_limits",
    "nonconformance",
    "nonconformance_part",
    "inspection_hour",
    "rework_hour",
    "defect_hour",
)
