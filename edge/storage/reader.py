"""The ProductionReader of a store: what the other rooms read of orders, pieces and states."""

from collections.abc import Mapping, Sequence

from edge.domain.chain import ChainEnd, StoredFact
from edge.domain.corrections import Corrected
from edge.domain.orders import HourInstruction
from edge.domain.production import HeldReading, HourQuantity, JobProgress
from edge.domain.promises import stock_of
from edge.domain.recording import Baseline, Document, ReleasedPlan
from edge.domain.states import StateInterval, Stop
from edge.domain.stops import StopBook
from edge.storage import corrections, instruction_rows
from edge.storage.plans import READ_PLAN, plan_of, unpack
from edge.storage.readers.facts import FactLog
from edge.storage.readers.promises import PromiseRows
from edge.storage.readers.stops import TOUCHING, StopRows
from edge.storage.rows import Rows, columns


class Reader:
    """The ProductionReader of a store; may be called from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._facts = FactLog(rows)

    def chain_end(self) -> ChainEnd:
        sql = (
            "SELECT store_id, meta.epoch, coalesce(seq, 0), coalesce(hash, x'') FROM meta"
            " LEFT JOIN facts ON seq = (SELECT max(seq) FROM facts)"
        )
        store_id, epoch, seq, hash_ = self._rows.query(sql)[0]
        return ChainEnd(store_id=store_id, epoch=epoch, seq=seq, hash=hash_.hex())

    def facts_after(self, seq: int, limit: int) -> Sequence[StoredFact]:
        return self._facts.facts_after(seq, limit)

    def baselines(self) -> Sequence[Baseline]:
        return self._rows.records(Baseline, "FROM baselines ORDER BY equipment_id, tag")

    def jobs(self) -> Sequence[JobProgress]:
        """Jobs that were created; pieces for an unknown job wait in the table for its event."""
        tail = "FROM job_progress WHERE order_id IS NOT NULL ORDER BY order_id, operation"
        return self._rows.records(JobProgress, tail)

    def job(self, job_order_id: str) -> JobProgress | None:
        """One of them; None if it was not created."""
        tail = "FROM job_progress WHERE job_order_id = ? AND order_id IS NOT NULL"
        rows = self._rows.records(JobProgress, tail, (job_order_id,))
        return rows[0] if rows else None

    def hour_quantities(self, equipment_id: str, start: int, end: int) -> Sequence[HourQuantity]:
        tail = (
            "FROM hour_bucket WHERE equipment_id = ? AND hour >= ? AND hour < ?"
            " AND (good <> 0 OR scrap <> 0 OR rework <> 0) ORDER BY hour"
        )
        return self._rows.records(HourQuantity, tail, (equipment_id, start, end))

    def state_intervals(self, equipment_id: str, start: int, end: int) -> Sequence[StateInterval]:
        touching = TOUCHING.format(table="state_interval", key="opened")
        span = {"equipment": equipment_id, "start": start, "end": end}
        return self._rows.records(StateInterval, f"FROM state_interval {touching}", span)

    def stops(self, equipment_id: str, start: int, end: int) -> Sequence[Stop]:
        span = {"equipment": equipment_id, "start": start, "end": end}
        touching = TOUCHING.format(table="stop", key="id")
        return self._rows.records(Stop, f"FROM stop {touching}", span)

    def stop(self, id_: int) -> Stop | None:
        rows = self._rows.records(Stop, "FROM stop WHERE id = ? AND start IS NOT NULL", (id_,))
        return rows[0] if rows else None

    def stop_book(self, equipment_id: str, start: int, end: int) -> StopBook:
        return StopRows(self._rows).stop_book(equipment_id, start, end)

    def held_readings(
        self, equipment_id: str | None = None, *, open_: bool | None = None
    ) -> Sequence[HeldReading]:
        tail = (
            "FROM quarantine WHERE tag IS NOT NULL AND (:equipment IS NULL"
            " OR equipment_id = :equipment) AND (:open IS NULL OR (decided IS NULL) = :open)"
            " ORDER BY id"
        )
        return self._rows.records(HeldReading, tail, {"equipment": equipment_id, "open": open_})

    def held_reading(self, id_: int) -> HeldReading | None:
        rows = self._rows.records(
            HeldReading, "FROM quarantine WHERE id = ? AND tag IS NOT NULL", (id_,)
        )
        return rows[0] if rows else None

    def corrected(self, seq: int) -> Corrected | None:
        with self._rows.snapshot() as conn:
            return corrections.corrected(conn, conn, seq)

    def order_stock(self) -> Mapping[tuple[str, str], int]:
        return stock_of(PromiseRows(self._rows).claims())

    def documents(self, kind: str) -> Sequence[Document]:
        sql = f"SELECT {columns(Document)} FROM documents WHERE kind = ? ORDER BY position, rowid"
        rows = self._rows.query(sql, (kind,))
        return [Document(**{**dict(row), "content": unpack(row["content"])}) for row in rows]

    def downlink_position(self) -> int:
        return int(self._rows.query("SELECT coalesce(max(position), 0) FROM documents")[0][0])

    def downlink_end(self) -> tuple[int, str]:
        """Position and sha256 of the last document (0, "" for none)."""
        sql = "SELECT position, sha256 FROM documents ORDER BY position DESC, rowid DESC LIMIT 1"
        rows = self._rows.query(sql)
        return (rows[0][0], rows[0][1]) if rows else (0, "")

    def plan(self) -> ReleasedPlan | None:
        rows = self._rows.query(f"{READ_PLAN} ORDER BY version DESC LIMIT 1")
        return plan_of(rows[0]) if rows else None

    def instructions(self, work_center: str, start: int, end: int) -> Sequence[HourInstruction]:
        rows = self._rows.query(instruction_rows.READ, (work_center, start, end))
        return instruction_rows.in_force(rows)

    def acknowledged_instructions(
        self, work_center: str, start: int, end: int
    ) -> Sequence[tuple[int, int]]:
        sql = (
            "SELECT plan, hour FROM instruction_acknowledged"
            " WHERE work_center = ? AND hour >= ? AND hour < ? ORDER BY hour, plan"
        )
        return [(row[0], row[1]) for row in self._rows.query(sql, (work_center, start, end))]

    def answered(self, key: str) -> tuple[str, int, int] | None:
        rows = self._rows.query(
            "SELECT fingerprint, first_seq, last_seq FROM requests WHERE key = ?", (key,)
        )
        return (rows[0][0], rows[0][1], rows[0][2]) if rows else None

    def acknowledged(self) -> tuple[int, str]:
        """Seq and hash of the last fact that sync has committed."""
        row = self._rows.query("SELECT acknowledged_seq, acknowledged_hash FROM link")[0]
        return row[0], row[1]
