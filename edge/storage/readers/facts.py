"""The FactReader of a store."""

from collections.abc import Sequence

from edge.domain.chain import StoredFact
from edge.storage import fact_blocks, fact_rows
from edge.storage.fact_rows import stored
from edge.storage.rows import Rows


class FactLog:
    """Facts as they are stored; may be called from any thread. Raises StoreUnavailable."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def facts_after(self, seq: int, limit: int) -> Sequence[StoredFact]:
        with self._rows.snapshot() as conn:
            return [stored(row) for row in fact_rows.after(conn, seq, limit)]

    def fact(self, seq: int) -> StoredFact | None:
        with self._rows.snapshot() as conn:
            row = fact_rows.one(conn, seq)
            return stored(row) if row else None

    def facts_of_hour(self, equipment_id: str, hour: int) -> Sequence[StoredFact]:
        with self._rows.snapshot() as conn:
            return [stored(row) for row in fact_blocks.rows_of_hour(conn, equipment_id, hour)]
