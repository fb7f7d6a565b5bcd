"""Materials and lots, read from the store."""

from collections.abc import Sequence
from fractions import Fraction

from edge.domain.genealogy import MaterialHour
from edge.storage.rows import Rows


class Genealogy:
    """The MaterialReader of a store; may be called from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def material_hours(
        self, equipment_id: str | None, start: int, end: int
    ) -> Sequence[MaterialHour]:
        mine = "" if equipment_id is None else " AND equipment_id = :equipment"
        sql = (
            "SELECT equipment_id, hour, job_order_id, material, unit, pieces, numerator,"
            f" denominator FROM material_hour WHERE hour >= :start AND hour < :end{mine}"
            " ORDER BY equipment_id, hour, job_order_id, material"
        )
        rows = self._rows.query(sql, {"equipment": equipment_id, "start": start, "end": end})
        return [
            MaterialHour(
                equipment_id=row["equipment_id"],
                hour=row["hour"],
                job_order_id=row["job_order_id"],
                material=row["material"],
                unit=row["unit"],
                pieces=row["pieces"],
                consumed=Fraction(row["pieces"] * row["numerator"], row["denominator"]),
            )
            for row in rows
        ]
