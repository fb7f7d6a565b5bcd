"""Materials and lots: what job orders are made by and of, and where each lot went."""

PINS = (
    """CREATE TABLE job_pin (
        job_order_id TEXT NOT NULL PRIMARY KEY,
        definition TEXT,
        bom_revision TEXT,
        routing_revision TEXT
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE job_material (
        job_order_id TEXT NOT NULL,
        definition TEXT NOT NULL,
        material TEXT NOT NULL,
        revision TEXT,
        numerator INTEGER,
        denominator INTEGER,
        unit TEXT,
        tracked TEXT,
        PRIMARY KEY (job_order_id, definition, material)
    ) STRICT, WITHOUT ROWID""",
    # Pieces times what is in a piece: by construction right after every correction.
    """CREATE VIEW material_hour AS
       SELECT equipment_id, hour, job_order_id, material, unit,
              sum(good + scrap + rework) AS pieces, numerator, denominator
       FROM hour_bucket
       JOIN job_pin USING (job_order_id)
       JOIN job_material USING (job_order_id, definition)
       GROUP BY equipment_id, hour, job_order_id, material""",
)

LOTS = (
    """CREATE TABLE lot (
        lot TEXT NOT NULL PRIMARY KEY,
        kind TEXT,
        material TEXT,
        revision TEXT,
        unit TEXT,
        numerator INTEGER,
        denominator INTEGER,
        expires INTEGER,
        supplier_lot TEXT,
        container TEXT,
        job_order_id TEXT NOT NULL DEFAULT '',
        equipment_id TEXT,
        made INTEGER,
        made_at INTEGER,
        closed_at INTEGER
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX lot_job ON lot (job_order_id)",
    """CREATE TABLE segment (
        equipment_id TEXT NOT NULL,
        id INTEGER NOT NULL,
        start INTEGER,
        certain INTEGER,
        PRIMARY KEY (equipment_id, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE segment_in (
        segment INTEGER NOT NULL,
        material TEXT NOT NULL,
        lot TEXT,
        revision TEXT,
        made_by TEXT,
        PRIMARY KEY (segment, material)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX segment_in_lot ON segment_in (lot, segment)",
    """CREATE TABLE segment_out (
        segment INTEGER NOT NULL,
        job_order_id TEXT NOT NULL,
        lot TEXT,
        PRIMARY KEY (segment, job_order_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX segment_out_lot ON segment_out (lot, segment)",
    """CREATE TABLE segment_pieces (
        segment INTEGER NOT NULL,
        job_order_id TEXT NOT NULL,
        hour INTEGER NOT NULL,
        good INTEGER NOT NULL DEFAULT 0,
        scrap INTEGER NOT NULL DEFAULT 0,
        rework INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (segment, job_order_id, hour)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX segment_pieces_job ON segment_pieces (job_order_id, segment)",
    """CREATE TABLE lot_flow (
        source TEXT NOT NULL,
        target TEXT NOT NULL,
        how TEXT NOT NULL,
        denominator INTEGER NOT NULL,
        numerator INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (source, target, how, denominator)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX lot_flow_target ON lot_flow (target, source)",
    """CREATE TABLE material_use (
        equipment_id TEXT NOT NULL,
        hour INTEGER NOT NULL,
        job_order_id TEXT NOT NULL,
        material TEXT NOT NULL,
        unit TEXT NOT NULL,
        kind TEXT NOT NULL,
        denominator INTEGER NOT NULL,
        numerator INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (equipment_id, hour, job_order_id, material, unit, kind, denominator)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE material_stated (
        job_order_id TEXT NOT NULL,
        material TEXT NOT NULL,
        lot TEXT NOT NULL,
        unit TEXT NOT NULL,
        denominator INTEGER NOT NULL,
        numerator INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (job_order_id, material, lot, unit, denominator)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE loaded (
        equipment_id TEXT NOT NULL,
        what TEXT NOT NULL,
        id TEXT NOT NULL,
        loaded TEXT,
        revision TEXT,
        seq INTEGER,
        at INTEGER,
        actor TEXT,
        PRIMARY KEY (equipment_id, what, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE material_reversed (
        seq INTEGER NOT NULL PRIMARY KEY,
        by INTEGER
    ) STRICT""",
    # Serials are booked by who scans them, not by the bill.
    "DROP VIEW material_hour",
    """CREATE VIEW material_hour AS
       SELECT equipment_id, hour, job_order_id, material, unit,
              sum(good + scrap + rework) AS pieces, numerator, denominator
       FROM hour_bucket
       JOIN job_pin USING (job_order_id)
       JOIN job_material USING (job_order_id, definition)
       WHERE tracked <> 'serial'
       GROUP BY equipment_id, hour, job_order_id, material""",
    "CREATE INDEX job_progress_order ON job_progress (order_id, operation)",
)

LABELS = (
    """CREATE TABLE label_copy (
        lot TEXT NOT NULL PRIMARY KEY,
        copies INTEGER
    ) STRICT, WITHOUT ROWID""",
)

FOUND = (
    "CREATE INDEX lot_supplier_lot ON lot (supplier_lot)",
    "CREATE INDEX material_use_kind ON material_use (kind)",
)

LOTS_OF = ("CREATE INDEX lot_material ON lot (material, made)",)

PROJECTED = (
    "label_copy",
    "job_pin",
    "job_material",
    "lot",
    "segment",
    "segment_in",
    "segment_out",
    "segment_pieces",
    "lot_flow",
    "material_use",
    "material_stated",
    "material_reversed",
    "loaded",
)
