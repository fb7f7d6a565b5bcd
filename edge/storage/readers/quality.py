"""The QualityReader of a store."""

from collections.abc import Sequence

from edge.domain.production import HourQuantity, Reasons, ShiftHour
from edge.domain.quality.records import (
    MACHINE_RUN,
    Defect,
    FrozenLimits,
    Hold,
    InspectionHour,
    InspectionResult,
    MeasuredSample,
    Nonconformance,
    NonconformingPart,
)
from edge.storage.rows import Rows

CHART = "equipment_id = ? AND product = ? AND operation = ? AND characteristic = ?"


class QualityRows:
    """Reads of quality; may be called from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def holds(self, *, open_: bool | None = None) -> Sequence[Hold]:
        wanted = {None: "", True: " AND released_at IS NULL", False: " AND released_at NOT NULL"}
        tail = f"FROM quality_hold WHERE placed_at NOT NULL{wanted[open_]} ORDER BY id"
        return self._rows.records(Hold, tail)

    def hold(self, id_: int) -> Hold | None:
        rows = self._rows.records(
            Hold, "FROM quality_hold WHERE id = ? AND placed_at NOT NULL", (id_,)
        )
        return rows[0] if rows else None

    def results(self, job_order_id: str) -> Sequence[InspectionResult]:
        tail = "FROM inspection_result WHERE job_order_id = ? ORDER BY seq"
        return self._rows.records(InspectionResult, tail, (job_order_id,))

    def result(self, seq: int) -> InspectionResult | None:
        rows = self._rows.records(
            InspectionResult, "FROM inspection_result WHERE seq = ? AND at NOT NULL", (seq,)
        )
        return rows[0] if rows else None

    def latest_results(self, equipment_id: str, limit: int) -> Sequence[InspectionResult]:
        tail = "FROM inspection_result WHERE equipment_id = ? ORDER BY seq DESC LIMIT ?"
        return self._rows.records(InspectionResult, tail, (equipment_id, limit))

    def samples(
        self, equipment_id: str, product: str, operation: int, characteristic: str, limit: int
    ) -> Sequence[MeasuredSample]:
        of = f"{CHART} AND NOT voided AND inspection <> ?"
        tail = f"FROM measured_sample WHERE {of} ORDER BY seq DESC LIMIT ?"
        values = (equipment_id, product, operation, characteristic, MACHINE_RUN, limit)
        return self._rows.records(MeasuredSample, tail, values)[::-1]

    def machine_runs(self, equipment_id: str, limit: int) -> Sequence[MeasuredSample]:
        tail = (
            "FROM measured_sample WHERE equipment_id = ? AND inspection = ? AND NOT voided"
            " ORDER BY seq DESC LIMIT ?"
        )
        return self._rows.records(MeasuredSample, tail, (equipment_id, MACHINE_RUN, limit))

    def frozen_limits(
        self, equipment_id: str, product: str, operation: int, characteristic: str
    ) -> FrozenLimits | None:
        tail = f"FROM control_limits WHERE {CHART} ORDER BY seq DESC LIMIT 1"
        values = (equipment_id, product, operation, characteristic)
        rows = self._rows.records(FrozenLimits, tail, values)
        return rows[0] if rows else None

    def nonconformances(self, *, open_: bool | None = None) -> Sequence[Nonconformance]:
        tail = (
            "FROM nonconformance WHERE opened_at NOT NULL"
            " AND (:open IS NULL OR (held + waiting > 0) = :open) ORDER BY id"
        )
        return self._rows.records(Nonconformance, tail, {"open": open_})

    def nonconformance(self, id_: int) -> Nonconformance | None:
        tail = "FROM nonconformance WHERE id = ? AND opened_at NOT NULL"
        rows = self._rows.records(Nonconformance, tail, (id_,))
        return rows[0] if rows else None

    def parts(self, id_: int) -> Sequence[NonconformingPart]:
        tail = (
            "FROM nonconformance_part WHERE nonconformance = ? AND (held OR waiting)"
            " ORDER BY hour DESC, production_day DESC"
        )
        return self._rows.records(NonconformingPart, tail, (id_,))

    def inspection_hours(self, equipment_id: str, start: int, end: int) -> Sequence[InspectionHour]:
        tail = (
            "FROM inspection_hour WHERE equipment_id = ? AND hour >= ? AND hour < ? ORDER BY hour"
        )
        return self._rows.records(InspectionHour, tail, (equipment_id, start, end))

    def defects(self, equipment_id: str, start: int, end: int) -> Sequence[Defect]:
        sql = (
            "SELECT kind, reason, place, sum(quantity) AS quantity FROM defect_hour"
            " WHERE equipment_id = ? AND hour >= ? AND hour < ? GROUP BY kind, reason, place"
            " HAVING sum(quantity) <> 0 ORDER BY sum(quantity) DESC, kind, reason, place"
        )
        return [Defect(**dict(row)) for row in self._rows.query(sql, (equipment_id, start, end))]

    def named_scrap(self, equipment_id: str, job_order_id: str) -> Reasons:
        sql = (
            "SELECT hour, shift, production_day, reason, place, quantity FROM defect_hour"
            " WHERE equipment_id = ? AND job_order_id = ? AND kind = 'scrap'"
        )
        found: dict[ShiftHour, dict[tuple[str, str], int]] = {}
        for hour, shift, day, *why, quantity in self._rows.query(sql, (equipment_id, job_order_id)):
            found.setdefault((hour, shift, day), {})[why[0], why[1]] = quantity
        return found

    def apart(self, bucket: HourQuantity) -> int:
        sql = (
            "SELECT coalesce(sum(held + waiting), 0) FROM nonconformance_part"
            " WHERE equipment_id = ? AND hour = ? AND job_order_id = ? AND run_time_per_item = ?"
            " AND shift = ? AND production_day = ?"
        )
        place = (bucket.equipment_id, bucket.hour, bucket.job_order_id)
        rest = (bucket.run_time_per_item, bucket.shift, bucket.production_day)
        return int(self._rows.query(sql, (*place, *rest))[0][0])

    def run_time_of(self, equipment_id: str, job_order_id: str, since: int, now: int) -> int:
        """Time (us) that a job was produced since `since`, up to `now`."""
        sql = (
            'SELECT coalesce(sum(min(coalesce("end", :now), :now) - max(start, :since)), 0)'
            " FROM state_interval WHERE equipment_id = :equipment AND start < :now"
            " AND start >= coalesce((SELECT max(start) FROM state_interval"
            " WHERE equipment_id = :equipment AND start <= :since), :since)"
            ' AND coalesce("end", :now) > :since AND job_order_id = :job'
            " AND time_class IN ('APT', 'APT_OUTSIDE')"
        )
        values = {"equipment": equipment_id, "job": job_order_id, "since": since, "now": now}
        return int(self._rows.query(sql, values)[0][0])
