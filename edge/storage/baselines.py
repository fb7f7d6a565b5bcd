"""Baselines of counters: moved by compare and set, in the transaction of what was counted."""

import sqlite3
from collections.abc import Mapping

from edge.domain.facts import Fact, FactKind
from edge.domain.ports import Baseline, BaselineConflict, BaselineMove

# Where a kind of fact says the counter stood after it, and when (None: when it occurred).
AFTER: Mapping[FactKind, tuple[str, str | None]] = {
    FactKind.PRODUCTION_COUNT: ("raw_to", "to"),
    FactKind.COUNTER_BASELINE: ("raw", None),
}

MOVE = (
    "UPDATE baselines SET counter_epoch = ?, raw = ?, at = ?"
    " WHERE equipment_id = ? AND tag = ? AND counter_epoch = ? AND raw = ? AND at = ?"
)
BEGIN = (
    "INSERT INTO baselines (counter_epoch, raw, at, equipment_id, tag) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
SET = (
    "INSERT INTO baselines (counter_epoch, raw, at, equipment_id, tag) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (equipment_id, tag) DO UPDATE"
    " SET counter_epoch = excluded.counter_epoch, raw = excluded.raw, at = excluded.at"
)
READ = "SELECT equipment_id, tag, counter_epoch, raw, at FROM baselines"


def move(conn: sqlite3.Connection, step: BaselineMove) -> None:
    """Set the baseline if it is as expected; raises BaselineConflict if not."""
    if step.expected is None:
        done = begin(conn, step.new)
    else:
        was = step.expected
        known = (was.counter_epoch, was.raw, was.at)
        done = conn.execute(MOVE, (*_values(step.new), *known)).rowcount == 1
    if not done:
        raise BaselineConflict(_conflict(conn, step))


def set_to(conn: sqlite3.Connection, baseline: Baseline) -> None:
    """Set the baseline whatever it was: for facts that are taken back."""
    conn.execute(SET, _values(baseline))


def begin(conn: sqlite3.Connection, baseline: Baseline) -> bool:
    """Set the baseline where there is none; whether there was none."""
    return conn.execute(BEGIN, _values(baseline)).rowcount == 1


def after(fact: Fact) -> Baseline | None:
    """The baseline that a fact leaves behind; None if it says nothing of a counter."""
    raw, at = AFTER.get(fact.kind, ("", None))
    if not fact.body.get("tag") or fact.body.get(raw) is None:
        return None
    return Baseline(
        equipment_id=fact.equipment_id,
        tag=fact.body["tag"],
        counter_epoch=fact.body["counter_epoch"],
        raw=fact.body[raw],
        at=fact.body[at] if at else fact.occurred_at,
    )


def _values(baseline: Baseline) -> tuple[int, int, int, str, str]:
    where = (baseline.equipment_id, baseline.tag)
    return (baseline.counter_epoch, baseline.raw, baseline.at, *where)


def _conflict(conn: sqlite3.Connection, step: BaselineMove) -> str:
    key = (step.new.equipment_id, step.new.tag)
    row = conn.execute(f"{READ} WHERE equipment_id = ? AND tag = ?", key).fetchone()
    stands = f"raw {row[3]} of counter epoch {row[2]} at {row[4]}" if row else "none"
    return f"baseline of {key[0]}/{key[1]}: expected {step.expected}, is {stands}"
