"""Baselines of counters: moved by compare and set, in the transaction of what was counted."""

import sqlite3
from collections.abc import Iterable, Mapping

from edge.domain.facts import Fact, FactKind
from edge.domain.recording import Baseline, BaselineConflict, BaselineMove

# Where a kind of fact says the counter stood after it, and when (None: when it occurred).
AFTER: Mapping[FactKind, tuple[str, str | None]] = {
    FactKind.PRODUCTION_COUNT: ("raw_to", "to"),
    FactKind.COUNTER_BASELINE: ("raw", None),
}

MOVE = (
    "UPDATE baselines SET counter_epoch = ?, raw = ?, at = ?, rest = ?, rest_of = ?"
    " WHERE equipment_id = ? AND tag = ? AND counter_epoch = ? AND raw = ? AND at = ?"
)
INSERT = (
    "INSERT INTO baselines (counter_epoch, raw, at, rest, rest_of, equipment_id, tag)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
BEGIN = f"{INSERT} ON CONFLICT DO NOTHING"
SET = (
    f"{INSERT} ON CONFLICT (equipment_id, tag) DO UPDATE"
    " SET counter_epoch = excluded.counter_epoch, raw = excluded.raw, at = excluded.at,"
    " rest = excluded.rest, rest_of = excluded.rest_of"
)
READ = "SELECT equipment_id, tag, counter_epoch, raw, at FROM baselines"


def move(conn: sqlite3.Connection, steps: Iterable[BaselineMove]) -> None:
    """Set each baseline if it is as expected; raises BaselineConflict if one is not.

    Steps of one counter that follow each other are one step for the file: from what the
    first of them expects to what the last of them leaves.
    """
    joined: dict[tuple[str, str], tuple[Baseline | None, Baseline]] = {}
    for step in steps:
        key = (step.new.equipment_id, step.new.tag)
        before = joined.get(key)
        if before is None:
            joined[key] = (step.expected, step.new)
        elif step.expected == before[1]:
            joined[key] = (before[0], step.new)
        else:  # it will be refused, by what the steps before it leave in the file
            _move(conn, joined)
            joined = {key: (step.expected, step.new)}
    _move(conn, joined)


def _move(
    conn: sqlite3.Connection, moves: Mapping[tuple[str, str], tuple[Baseline | None, Baseline]]
) -> None:
    for was, new in moves.values():
        if was is None:
            done = begin(conn, new)
        else:
            known = (was.counter_epoch, was.raw, was.at)
            done = conn.execute(MOVE, (*_values(new), *known)).rowcount == 1
        if not done:
            raise BaselineConflict(_conflict(conn, was, new))


def set_to(conn: sqlite3.Connection, baseline: Baseline) -> None:
    """Set the baseline whatever it was: for facts that are taken back."""
    conn.execute(SET, _values(baseline))


def begin(conn: sqlite3.Connection, baseline: Baseline) -> bool:
    """Set the baseline where there is none; whether there was none."""
    return conn.execute(BEGIN, _values(baseline)).rowcount == 1


def after(fact: Fact) -> Baseline | None:
    """The baseline that a fact leaves behind; None if it says nothing of a counter."""
    raw, at = AFTER.get(fact.kind, ("", None))
    if fact.body.get("quarantine") is not None:
        return None  # it fills what a counter had left behind long before
    if not fact.body.get("tag") or fact.body.get(raw) is None:
        return None
    rest = fact.body.get("rest") or ""
    whose = fact.body.get("rest_of", fact.job_order_id or "") if rest else ""
    return Baseline(
        equipment_id=fact.equipment_id,
        tag=fact.body["tag"],
        counter_epoch=fact.body["counter_epoch"],
        raw=fact.body[raw],
        at=fact.body[at] if at else fact.occurred_at,
        rest=rest,
        rest_of=whose,
    )


def _values(baseline: Baseline) -> tuple[int | str, ...]:
    stands = (baseline.counter_epoch, baseline.raw, baseline.at, baseline.rest, baseline.rest_of)
    return (*stands, baseline.equipment_id, baseline.tag)


def _conflict(conn: sqlite3.Connection, expected: Baseline | None, new: Baseline) -> str:
    key = (new.equipment_id, new.tag)
    row = conn.execute(f"{READ} WHERE equipment_id = ? AND tag = ?", key).fetchone()
    stands = f"raw {row[3]} of counter epoch {row[2]} at {row[4]}" if row else "none"
    return f"baseline of {key[0]}/{key[1]}: expected {expected}, is {stands}"
