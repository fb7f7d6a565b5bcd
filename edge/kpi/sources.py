"""Which records give which elements, so that what is not recorded is named and not taken for 0."""

from collections.abc import Mapping

SOURCES: Mapping[str, tuple[str, ...]] = {
    "energy": ("energy",),
    "inspections": ("inspected_quantity", "first_pass_good"),
    "materials": ("consumed_material",),
    "losses in production": ("production_loss",),
    "losses in storage": ("storage_loss",),
    "other losses": ("other_loss",),
    "failures": ("failures", "restoration_time"),
    "maintenance": ("corrective_maintenance_time", "preventive_maintenance_time"),
    "labour": ("personnel_work_time", "personnel_attendance_time"),
    "capacity": ("equipment_capacity",),
    "planned scrap": ("planned_scrap_quantity",),
}
OF_WHOLE_LINE = frozenset(
    name
    for source in SOURCES
    if source in {"energy", "materials", "maintenance", "labour"} or "losses" in source
    for name in SOURCES[source]
)
