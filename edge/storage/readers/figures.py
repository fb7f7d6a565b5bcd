"""The FiguresReader of a store: what the KPIs read of other rooms."""

from collections.abc import Sequence
from fractions import Fraction

from edge.domain.figures import (
    SAID_LOSSES,
    EnergyHour,
    InspectionHour,
    Labour,
    MaintenanceInterval,
    MaterialHour,
    MaterialUse,
    Records,
    material_hour,
)
from edge.domain.people import LabourInterval
from edge.storage.rows import Rows

OF_HOURS = "WHERE equipment_id = ? AND hour >= ? AND hour < ? ORDER BY hour, job_order_id"
# Pieces times what is in a piece: scrap has used up its material, and so has rework. Serials are
# booked by who scans them, not by the bill.
MATERIALS = """
    SELECT equipment_id, hour, job_order_id, shift, production_day, material, unit,
           numerator, denominator, sum(good + scrap + rework) AS pieces, sum(scrap) AS lost
    FROM hour_bucket JOIN job_pin USING (job_order_id)
    JOIN job_material USING (job_order_id, definition)
    WHERE tracked IS NOT 'serial' AND equipment_id = ? AND hour >= ? AND hour < ?
    GROUP BY equipment_id, hour, job_order_id, shift, production_day, material
    ORDER BY hour, job_order_id, material"""
USES = """
    SELECT equipment_id, hour, job_order_id, material, unit, kind, numerator, denominator
    FROM material_use WHERE numerator <> 0 AND equipment_id = ? AND hour >= ? AND hour < ?
    ORDER BY hour, job_order_id, material, kind, denominator"""
EVER_BOOKED = "SELECT 1 FROM material_use WHERE kind = ? LIMIT 1"
TOUCHING = 'start < :end AND ("end" IS NULL OR "end" > :start) ORDER BY start, {key}'


class FiguresRows:
    """Reads of the KPIs; may be called from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def first_state(self, equipment_id: str) -> int | None:
        sql = "SELECT min(start) FROM state_interval WHERE equipment_id = ?"
        [(first,)] = self._rows.query(sql, (equipment_id,))
        return None if first is None else int(first)

    def records(self, equipment_id: str, start: int, end: int) -> Records:
        span = (equipment_id, start, end)
        return Records(
            energy=self._energy(*span),
            inspections=self._inspections(*span),
            materials=self._materials(*span),
            maintenance=self._maintenance(*span),
            uses=self._uses(*span),
        )

    def labour(self, start: int, end: int) -> Labour:
        tail = f"FROM labour_interval WHERE person NOT NULL AND {TOUCHING.format(key='opened')}"
        span = {"start": start, "end": end}
        return Labour(intervals=self._rows.records(LabourInterval, tail, span))

    def _energy(self, equipment_id: str, start: int, end: int) -> Sequence[EnergyHour] | None:
        """None of a work center that never counted any: it has no meter."""
        sql = "SELECT 1 FROM energy_hour WHERE equipment_id = ? LIMIT 1"
        if not self._rows.query(sql, (equipment_id,)):
            return None
        span = (equipment_id, start, end)
        return self._rows.records(EnergyHour, f"FROM energy_hour {OF_HOURS}", span)

    def _inspections(self, *span: str | int) -> Sequence[InspectionHour]:
        return self._rows.records(InspectionHour, f"FROM inspection_hour {OF_HOURS}", span)

    def _materials(self, *span: str | int) -> Sequence[MaterialHour]:
        recorded = {kind for kind in SAID_LOSSES if self._rows.query(EVER_BOOKED, (kind,))}
        return [
            material_hour(**dict(row), recorded=recorded)
            for row in self._rows.query(MATERIALS, span)
        ]

    def _uses(self, *span: str | int) -> Sequence[MaterialUse]:
        found = []
        for row in self._rows.query(USES, span):
            told = dict(row)
            amount = Fraction(told.pop("numerator"), told.pop("denominator"))
            found.append(MaterialUse(**told, amount=amount))
        return found

    def _maintenance(
        self, equipment_id: str, start: int, end: int
    ) -> Sequence[MaintenanceInterval]:
        tail = f"WHERE equipment_id = :equipment AND {TOUCHING.format(key='id')}"
        span = {"equipment": equipment_id, "start": start, "end": end}
        return self._rows.records(MaintenanceInterval, f"FROM maintenance_interval {tail}", span)
