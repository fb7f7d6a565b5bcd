"""The BoardReader of a store."""

from collections.abc import Sequence

from edge.domain.board import AndonCall, DataGap, HourSignature
from edge.storage.rows import Rows


class BoardRows:
    """Reads of the board; may be called from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def hour_signatures(self, equipment_id: str, start: int, end: int) -> Sequence[HourSignature]:
        tail = "FROM hour_signature WHERE equipment_id = ? AND hour >= ? AND hour < ? ORDER BY hour"
        return self._rows.records(HourSignature, tail, (equipment_id, start, end))

    def andon_calls(
        self, equipment_id: str | None = None, *, open_: bool | None = None
    ) -> Sequence[AndonCall]:
        wanted = {None: "", True: " AND closed_at IS NULL", False: " AND closed_at NOT NULL"}
        mine = "" if equipment_id is None else " AND equipment_id = :equipment"
        tail = f"FROM andon_call WHERE called_at NOT NULL{mine}{wanted[open_]} ORDER BY id"
        return self._rows.records(AndonCall, tail, {"equipment": equipment_id})

    def andon_call(self, id_: int) -> AndonCall | None:
        tail = "FROM andon_call WHERE id = ? AND called_at NOT NULL"
        rows = self._rows.records(AndonCall, tail, (id_,))
        return rows[0] if rows else None

    def data_gaps(self, equipment_id: str, start: int, end: int) -> Sequence[DataGap]:
        tail = (
            'FROM data_gap WHERE equipment_id = ? AND "end" > ? AND start < ? ORDER BY start, seq'
        )
        return self._rows.records(DataGap, tail, (equipment_id, start, end))
