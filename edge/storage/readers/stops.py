"""The StopReader of a store."""

from collections.abc import Sequence

from edge.domain.states import Stop
from edge.domain.stops import Changeover, PlannedStop, StopBook, StopPart
from edge.storage.rows import Rows

# Intervals and stops of one equipment follow each other, so all that touch a span begin
# with the last one that started before it: the index is entered there.
TOUCHING = (
    'WHERE equipment_id = :equipment AND start < :end AND ("end" IS NULL OR "end" > :start)'
    " AND start >= coalesce((SELECT max(start) FROM {table}"
    " WHERE equipment_id = :equipment AND start <= :start), :start) ORDER BY start, {key}"
)
PLANNED = (
    'FROM planned_stop WHERE equipment_id = ? AND start < ? AND "end" > ? AND NOT cancelled'
    " ORDER BY start, id"
)


CHANGEOVERS = (
    "FROM changeover WHERE equipment_id = :equipment AND at < :end AND at >= coalesce("
    "(SELECT max(at) FROM changeover WHERE equipment_id = :equipment AND at <= :start), :start)"
    " ORDER BY at, seq"
)


class StopRows:
    """Reads of stops; may be called from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def stop_book(self, equipment_id: str, start: int, end: int) -> StopBook:
        span = {"equipment": equipment_id, "start": start, "end": end}
        touching = TOUCHING.format(table="stop", key="id")
        stops = self._rows.records(Stop, f"FROM stop {touching}", span)
        parts: Sequence[StopPart] = ()
        if stops:
            tail = "FROM stop_part WHERE equipment_id = ? AND stop BETWEEN ? AND ?"
            ids = [stop.id for stop in stops]
            parts = self._rows.records(StopPart, tail, (equipment_id, min(ids), max(ids)))
        planned = self.planned_stops(equipment_id, start, end)
        changeovers = self._rows.records(
            Changeover, CHANGEOVERS, {"equipment": equipment_id, "start": start, "end": end}
        )
        return StopBook(stops=stops, parts=parts, planned=planned, changeovers=changeovers)

    def stop_parts(self, stop: int) -> Sequence[StopPart]:
        tail = "FROM stop_part WHERE stop = ? ORDER BY cut"
        return self._rows.records(StopPart, tail, (stop,))

    def planned_stop(self, id_: int) -> PlannedStop | None:
        rows = self._rows.records(PlannedStop, "FROM planned_stop WHERE id = ?", (id_,))
        return rows[0] if rows else None

    def planned_stops(self, equipment_id: str, start: int, end: int) -> Sequence[PlannedStop]:
        return self._rows.records(PlannedStop, PLANNED, (equipment_id, end, start))
