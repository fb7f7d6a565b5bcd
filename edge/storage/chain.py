"""The end of the chain, and how facts are put behind it.

A `Tail` is immutable: a transaction makes a new one and the writer takes it over
after the commit, so that what is in memory goes back with what is in the file.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.domain.facts import Fact, FactDraft, placed, sha256
from edge.domain.fold import FoldState
from edge.domain.folding.genealogy import Segments
from edge.domain.folding.states import OpenState
from edge.storage import fact_rows
from edge.storage.canonical import written
from edge.storage.intake import Intake
from edge.storage.job_changes import Ids
from edge.storage.packing import pack_text

UNSETTLED = "SELECT 1 FROM recovery WHERE settled_at IS NULL"


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Where the chain ends, and what the fold must remember there."""

    store_id: str
    edge_id: str
    epoch: int
    seq: int
    hash: str
    recorded_at: int
    state: FoldState
    unconfirmed: bool = False  # a restore waits for sync's word
    jobs: Ids = frozenset()  # job orders that this transaction has changed


def load_tail(conn: sqlite3.Connection) -> Tail:
    """The tail as the file has it."""
    store_id, edge_id, epoch = conn.execute("SELECT store_id, edge_id, epoch FROM meta").fetchone()
    seq, hash_, recorded_at = 0, "", 0
    if last := fact_rows.last(conn):
        seq, hash_, recorded_at = last.seq, last.hash.hex(), last.fact().recorded_at
    return Tail(
        store_id=store_id,
        edge_id=edge_id,
        epoch=epoch,
        seq=seq,
        hash=hash_,
        recorded_at=recorded_at,
        state=load_state(conn),
        jobs=None,
        unconfirmed=conn.execute(UNSETTLED).fetchone() is not None,
    )


def load_state(conn: sqlite3.Connection) -> FoldState:
    """What the fold remembers, read from the intervals and stops that are open."""
    open_stops = dict(
        conn.execute(
            'SELECT equipment_id, id FROM stop WHERE "end" IS NULL AND start IS NOT NULL'
        ).fetchall()
    )
    rows = conn.execute(
        'SELECT equipment_id, opened, start, time_class FROM state_interval WHERE "end" IS NULL'
    )
    return FoldState(
        {
            equipment_id: OpenState(opened, start, time_class, open_stops.get(equipment_id))
            for equipment_id, opened, start, time_class in rows
        },
        load_segments(conn),
        dict(
            conn.execute(
                "SELECT job_order_id, started FROM job_run WHERE recorded_end IS NULL"
            ).fetchall()
        ),
    )


def load_segments(conn: sqlite3.Connection) -> dict[str, Segments]:
    """When the lots of each work center were changed."""
    found: dict[str, list[tuple[int, int]]] = {}
    for equipment_id, seq, start in conn.execute(
        "SELECT equipment_id, id, start FROM segment ORDER BY equipment_id, id"
    ):
        found.setdefault(equipment_id, []).append((seq, start))
    return {
        equipment_id: Segments(tuple(seq for seq, _ in rows), tuple(start for _, start in rows))
        for equipment_id, rows in found.items()
    }


def append(
    conn: sqlite3.Connection, tail: Tail, drafts: Sequence[FactDraft], now: int
) -> tuple[Tail, tuple[Fact, ...]]:
    """Place the drafts behind `tail`, store and fold them; `now` in us."""
    recorded_at = max(now, tail.recorded_at)
    prev_hash = tail.hash
    facts: list[tuple[Fact, bytes, str]] = []
    for seq, draft in enumerate(drafts, tail.seq + 1):
        fact = placed(
            draft,
            edge_id=tail.edge_id,
            epoch=tail.epoch,
            seq=seq,
            recorded_at=recorded_at,
            prev_hash=prev_hash,
        )
        data, text = written(fact)
        prev_hash = sha256(data)
        facts.append((fact, pack_text(text), prev_hash))
    return store(conn, tail, facts), tuple(fact for fact, _, _ in facts)


def store(conn: sqlite3.Connection, tail: Tail, facts: Iterable[tuple[Fact, bytes, str]]) -> Tail:
    """Insert facts that follow `tail` (packed, with their hash), fold them; the new tail."""
    intake, last = Intake(conn, tail.state, tail.jobs), None
    for last in facts:
        intake.take(*last)
    if last is None:
        return tail
    intake.write()
    return Tail(
        store_id=tail.store_id,
        edge_id=tail.edge_id,
        epoch=tail.epoch,
        seq=last[0].seq,
        hash=last[2],
        recorded_at=last[0].recorded_at,
        state=intake.state,
        unconfirmed=tail.unconfirmed,
        jobs=intake.jobs,
    )
