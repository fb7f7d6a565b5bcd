"""Tables of what the KPIs need beside states and pieces: projections of the fold, by edge.

Energy, inspections, material, maintenance, people's time, and where work centers stand; and what
became of promises that orders name.
"""

from sqlalchemy import Index

from erp_sync.storage.columns import key, maybe, maybe_text, number, table, text

energy_hour = table(
    "energy_hour",
    key("edge_id"),
    key("equipment_id"),
    key("hour", integer=True),
    key("job_order_id"),
    key("shift"),
    key("production_day"),
    number("energy"),
    Index("energy_hour_hour", "equipment_id", "hour"),
)
work_center_place = table(
    "work_center_place",
    key("edge_id"),
    key("equipment_id"),
    text("line"),
    text("area"),
    text("site"),
    text("capacity_per_hour"),
    number("is_constraint"),
)
inspection_hour = table(
    "inspection_hour",
    key("edge_id"),
    key("equipment_id"),
    key("hour", integer=True),
    key("job_order_id"),
    key("shift"),
    key("production_day"),
    number("inspected"),
    number("first_pass_good"),
    Index("inspection_hour_hour", "equipment_id", "hour"),
)
job_pin = table(
    "job_pin",
    key("edge_id"),
    key("job_order_id"),
    maybe_text("definition"),
    maybe_text("bom_revision"),
    maybe_text("routing_revision"),
)
job_material = table(
    "job_material",
    key("edge_id"),
    key("job_order_id"),
    key("definition"),
    key("material"),
    maybe_text("revision"),
    maybe("numerator"),
    maybe("denominator"),
    maybe_text("unit"),
    maybe_text("tracked"),
)
material_use = table(
    "material_use",
    key("edge_id"),
    key("equipment_id"),
    key("hour", integer=True),
    key("job_order_id"),
    key("material"),
    key("unit"),
    key("kind"),
    key("denominator", integer=True),
    number("numerator"),
    Index("material_use_hour", "equipment_id", "hour"),
    Index("material_use_kind", "kind"),
)
maintenance_interval = table(
    "maintenance_interval",
    key("edge_id"),
    key("equipment_id"),
    key("id", integer=True),
    maybe_text("kind"),
    maybe_text("plan"),
    maybe("stop"),
    maybe("reported_at"),
    maybe_text("reported_by"),
    maybe_text("note"),
    maybe_text("state"),
    maybe("start"),
    maybe("end"),
    text("done_by"),
    text("result"),
)
labour_interval = table(
    "labour_interval",
    key("edge_id"),
    key("person"),
    key("opened", integer=True),
    maybe_text("kind"),
    maybe("start"),
    maybe("end"),
    maybe_text("equipment_id"),
    maybe_text("crew"),
    maybe_text("split"),
    Index("labour_interval_start", "start"),
)
order_promise = table(
    "order_promise",
    key("edge_id"),
    key("order_id"),
    key("promise", integer=True),
    maybe_text("state"),
    text("why"),
    text("by"),
    number("from_stock"),
    text("product"),
    maybe("at"),
    Index("order_promise_order", "order_id"),
)
