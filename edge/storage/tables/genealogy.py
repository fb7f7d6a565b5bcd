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
