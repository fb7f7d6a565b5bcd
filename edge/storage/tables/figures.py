"""What the KPIs need beside states and pieces."""

FIGURES = (
    """CREATE TABLE energy_hour (
        equipment_id TEXT NOT NULL,
        hour INTEGER NOT NULL,
        job_order_id TEXT NOT NULL,
        shift TEXT NOT NULL,
        production_day TEXT NOT NULL,
        energy INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (equipment_id, hour, job_order_id, shift, production_day)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE work_center_place (
        equipment_id TEXT NOT NULL PRIMARY KEY,
        line TEXT,
        area TEXT,
        site TEXT,
        is_constraint INTEGER,
        capacity_per_hour TEXT
    ) STRICT, WITHOUT ROWID""",
)
PROJECTED = ("energy_hour", "work_center_place")
