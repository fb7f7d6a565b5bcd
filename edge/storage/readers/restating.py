"""The RestatingReader of a store: runs of jobs, and facts with what was corrected of them."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from edge.domain.facts import FactKind, decode
from edge.domain.folding.restated_states import fact_of
from edge.domain.hours import HOUR
from edge.domain.restating import Known, Part, Run, Stated, StopSpan
from edge.storage import corrections
from edge.storage.rows import Rows

TOUCHING = 'WHERE equipment_id = :equipment AND start < :end AND ("end" IS NULL OR "end" > :start)'


class Restating:
    """May be called from any thread. Raises StoreUnavailable."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def runs(self, equipment_id: str) -> Sequence[Run]:
        tail = "FROM job_run WHERE equipment_id = ? AND started IS NOT NULL ORDER BY start, started"
        return self._rows.records(Run, tail, (equipment_id,))

    def run(self, job_order_id: str) -> Run | None:
        tail = "FROM job_run WHERE job_order_id = ? AND started IS NOT NULL"
        rows = self._rows.records(Run, tail, (job_order_id,))
        return rows[0] if rows else None

    def states(self, equipment_id: str, start: int, end: int) -> Sequence[Stated]:
        span = {"equipment": equipment_id, "start": start, "end": end}
        sql = f"SELECT opened FROM state_interval {TOUCHING}"
        with self._rows.borrowed() as conn:
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

    def facts(self, equipment_id: str, kinds: Collection[FactKind], since: int) -> Sequence[Known]:
        marks = ", ".join("?" * len(kinds))
        sql = (
            f"SELECT data FROM facts WHERE seq >= ? AND equipment_id = ? AND kind IN ({marks})"
            " ORDER BY seq"
        )
        with self._rows.borrowed() as conn:
            first = _first_since(conn, since - HOUR)  # clocks may have been set back
            found = conn.execute(sql, (first, equipment_id, *kinds)).fetchall()
            earlier = _corrections(conn, first)
        facts = [decode(row[0]) for row in found]
        return [Known(fact=fact, corrections=earlier.get(fact.seq, ())) for fact in facts]


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


def _first_since(conn: sqlite3.Connection, at: int) -> int:
    """The first seq that was recorded at or after a moment: recording never goes back in time."""
    ends = "SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) + 1 FROM facts"
    low, high = conn.execute(ends).fetchone()
    while low < high:
        middle = (low + high) // 2
        (recorded,) = conn.execute(
            "SELECT recorded_at FROM facts WHERE seq = ?", (middle,)
        ).fetchone()
        low, high = (low, middle) if recorded >= at else (middle + 1, high)
    return int(low)


def _corrections(
    conn: sqlite3.Connection, first: int
) -> Mapping[int, list[tuple[int, Mapping[str, Any]]]]:
    found: dict[int, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    rows = conn.execute(
        "SELECT corrects, seq, changes FROM correction WHERE corrects >= ? ORDER BY corrects, seq",
        (first,),
    )
    for corrects, seq, changes in rows:
        found[corrects].append((seq, json.loads(changes)))
    return found
