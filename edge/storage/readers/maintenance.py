"""The MaintenanceReader of a store."""

from collections.abc import Sequence

from edge.domain.folding.maintenance import RUNNING
from edge.domain.maintenance import MaintenanceOrder, PlanDone, Usage
from edge.storage.rows import Rows

OPEN_STATES = "('reported', 'begun')"


class MaintenanceRows:
    """What is known of machines' usage and of the work on them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def usage(self, equipment_id: str) -> Usage:
        marks = ", ".join(f"'{one}'" for one in sorted(RUNNING))
        sql = (
            "SELECT coalesce((SELECT running FROM usage WHERE equipment_id = :id), 0),"
            " coalesce((SELECT cycles FROM usage WHERE equipment_id = :id), 0),"
            " (SELECT start FROM state_interval WHERE equipment_id = :id"
            f' AND "end" IS NULL AND time_class IN ({marks}) ORDER BY start DESC LIMIT 1)'
        )
        running, cycles, since = self._rows.query(sql, {"id": equipment_id})[0]
        return Usage(equipment_id=equipment_id, running=running, cycles=cycles, since=since)

    def last_done(self) -> Sequence[PlanDone]:
        return self._rows.records(PlanDone, "FROM maintenance_done ORDER BY plan")

    def orders(
        self, equipment_id: str | None = None, *, open_: bool | None = None
    ) -> Sequence[MaintenanceOrder]:
        tail = (
            "FROM maintenance_interval WHERE kind IS NOT NULL"
            " AND (:equipment IS NULL OR equipment_id = :equipment)"
            f" AND (:open IS NULL OR (state IN {OPEN_STATES}) = :open) ORDER BY id"
        )
        return self._rows.records(
            MaintenanceOrder, tail, {"equipment": equipment_id, "open": open_}
        )

    def order(self, id_: int) -> MaintenanceOrder | None:
        tail = "FROM maintenance_interval WHERE id = ? AND kind IS NOT NULL"
        found = self._rows.records(MaintenanceOrder, tail, (id_,))
        return found[0] if found else None
