"""The RestatingReader of a store: runs of jobs, and facts with what was corrected of them."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from edge.domain.facts import FactKind
from edge.domain.folding.restated_states import fact_of
from edge.domain.restating import Known, Opened, Part, Run, Stated, StopSpan
from edge.storage import corrections, fact_blocks, fact_rows
from edge.storage.rows import Rows

TOUCHING = 'WHERE equipment_id = :equipment AND start < :end AND ("end" IS NULL OR "end" > :start)'


class Restating:
    """May be called from any thread. Raises StoreUnavailable."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def runs(self, equipment_id: str) -> Sequence[Run]:
        tail = "FROM job_run WHERE equipment_id = ? ORDER BY recorded_start, started"
        return self._rows.records(Run, tail, (equipment_id,))

    def was_on(self, job_order_id: str) -> bool:
        sql = "SELECT 1 FROM job_run WHERE job_order_id = ? LIMIT 1"
        return bool(self._rows.query(sql, (job_order_id,)))

    def hours_of(self, job_order_id: str) -> Sequence[tuple[str, int]]:
        sql = "SELECT DISTINCT equipment_id, hour FROM hour_bucket WHERE job_order_id = ?"
        rows = self._rows.query(f"{sql} ORDER BY hour", (job_order_id,))
        return [(row[0], row[1]) for row in rows]

    def suspects(self, equipment_id: str, hour: int, job_order_id: str) -> Sequence[int]:
        sql = (
            "SELECT DISTINCT nonconformance FROM nonconformance_part WHERE equipment_id = ?"
            " AND hour = ? AND job_order_id = ? ORDER BY nonconformance"
        )
        return [row[0] for row in self._rows.query(sql, (equipment_id, hour, job_order_id))]

    def events_of(self, job_order_id: str) -> Sequence[int]:
        sql = "SELECT seq FROM job_event WHERE job_order_id = ? ORDER BY seq"
        return [row[0] for row in self._rows.query(sql, (job_order_id,))]

    def opened(self) -> Sequence[Opened]:
        return self._rows.records(Opened, "FROM job_opening ORDER BY job_order_id")

    def states(self, equipment_id: str, start: int, end: int) -> Sequence[Stated]:
        span = {"equipment": equipment_id, "start": start, "end": end}
        sql = f"SELECT opened FROM state_interval {TOUCHING}"
        with self._rows.snapshot() as conn:
            rows = conn.execute(sql, span).fetchall()
            seqs = sorted({fact_of(row[0]) for row in rows})
            found = [_stated(conn, equipment_id, seq) for seq in seqs]
        return sorted(found, key=lambda one: (one.start, one.fact.seq))

    def stops(self, equipment_id: str, start: int, end: int) -> Sequence[StopSpan]:
        span = {"equipment": equipment_id, "start": start, "end": end}
        sql = f'SELECT id, start, "end", fault, job_order_id FROM stop {TOUCHING} ORDER BY start'
        return [
            StopSpan(
                id=row["id"],
                start=row["start"],
                end=row["end"],
                fault=row["fault"],
                job=row["job_order_id"] or None,
            )
            for row in self._rows.query(sql, span)
        ]

    def facts(
        self, equipment_id: str, kinds: Collection[FactKind], start: int, end: int
    ) -> Sequence[Known]:
        with self._rows.snapshot() as conn:
            found = [
                fact
                for row in fact_blocks.rows_of_hours(conn, equipment_id, start, end)
                if fact_rows.stored(row).kind in kinds
                and (fact := row.fact()).equipment_id == equipment_id
            ]
            earlier = _corrections(conn, [fact.seq for fact in found])
        return [Known(fact=fact, corrections=earlier.get(fact.seq, ())) for fact in found]


def _stated(conn: sqlite3.Connection, equipment_id: str, seq: int) -> Stated:
    """The interval that a fact opened: its parts as corrections have them, else whole."""
    start, end, job, time_class = conn.execute(
        'SELECT start, "end", job_order_id, time_class FROM state_interval'
        " WHERE equipment_id = ? AND opened = ?",
        (equipment_id, seq),
    ).fetchone()
    known = corrections.corrected(conn, conn, seq)
    assert known is not None
    whole = {"from": start, "job_order_id": job or None, "time_class": time_class}
    said = known.parts or (whole,)
    ends = [*(part["from"] for part in said[1:]), end]
    parts = (
        Part(start=one["from"], end=to, job=one["job_order_id"], time_class=one["time_class"])
        for one, to in zip(said, ends, strict=True)
    )
    return Stated(fact=known.fact, parts=tuple(parts))


def _corrections(
    conn: sqlite3.Connection, seqs: Sequence[int]
) -> Mapping[int, list[tuple[int, Mapping[str, Any]]]]:
    found: dict[int, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    rows = conn.execute(
        "SELECT corrects, seq, changes FROM correction WHERE corrects BETWEEN ? AND ?"
        " ORDER BY corrects, seq",
        (min(seqs, default=0), max(seqs, default=0)),
    )
    for corrects, seq, changes in rows:
        found[corrects].append((seq, json.loads(changes)))
    return found
