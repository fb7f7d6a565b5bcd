"""Questions about job orders and what machines were told, read from the store."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from edge.domain.jobs import Question, SetupHour, Told
from edge.storage.rows import Rows


class Jobs:
    """The JobsReader of a store; may be called from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def questions(self, *, open_: bool | None = None) -> Sequence[Question]:
        tail = (
            "FROM job_question WHERE about IS NOT NULL"
            " AND (:open IS NULL OR (answered IS NULL) = :open) ORDER BY id"
        )
        return self._rows.records(Question, tail, {"open": open_})

    def question(self, id_: int) -> Question | None:
        tail = "FROM job_question WHERE id = ? AND about IS NOT NULL"
        rows = self._rows.records(Question, tail, (id_,))
        return rows[0] if rows else None

    def told(self, job_order_id: str) -> Told | None:
        rows = self._rows.records(Told, "FROM job_told WHERE job_order_id = ?", (job_order_id,))
        return rows[0] if rows else None

    def shared(self, equipment_id: str, opened: int) -> Mapping[int, Sequence[str]]:
        sql = (
            "SELECT opened, job_order_id FROM interval_job"
            " WHERE equipment_id = ? AND opened >= ? ORDER BY opened, place"
        )
        found: dict[int, list[str]] = defaultdict(list)
        for row in self._rows.query(sql, (equipment_id, opened)):
            found[row["opened"]].append(row["job_order_id"])
        return found

    def setup_hours(self, job_order_id: str) -> Sequence[SetupHour]:
        tail = "FROM setup_bucket WHERE job_order_id = ? ORDER BY hour"
        return self._rows.records(SetupHour, tail, (job_order_id,))

    def tool_pieces(self, tool: str) -> Sequence[tuple[str, int]]:
        sql = "SELECT pieces_per_stroke, pieces FROM tool_wear WHERE tool = ?"
        return [(row[0], row[1]) for row in self._rows.query(sql, (tool,))]

    def tool_changed_at(self, tool: str) -> str:
        rows = self._rows.query("SELECT strokes FROM tool_change WHERE tool = ?", (tool,))
        return str(rows[0][0]) if rows else "0"
