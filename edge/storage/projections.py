"""Applies what the fold returns, and knows nothing of its meaning.

Some tables are the edge's own and not the fold's, because no other book needs them: which
instructions the floor has acknowledged, which quarantines wait for a person, and what
was corrected.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import add

from edge.domain.changes import Add, Change, Put, Scalar
from edge.domain.corrections import Corrected, folded_correction
from edge.domain.facts import Fact, FactKind
from edge.domain.fold import Folded, FoldState, fold
from edge.storage.tables import figures, genealogy, maintenance, quality, stops

PROJECTED = (
    "hour_bucket",
    "state_interval",
    "stop",
    "job_progress",
    "job_run",
    "job_opening",
    "job_event",
    "job_question",
    "job_told",
    "interval_job",
    "setup_bucket",
    "tool_wear",
    "tool_change",
    "instruction_acknowledged",
    "quarantine",
    "correction",
    *figures.PROJECTED,
    *quality.PROJECTED,
    "labour_interval",
    *stops.PROJECTED,
    "fact_block",
    *genealogy.PROJECTED,
    *maintenance.PROJECTED,
)
PIECES = "hour_bucket"
COUNTER = ("tag", "counter_epoch", "raw_from", "raw_to", "reason")
HELD = (*COUNTER, "role", "from", "to", "modulus", "limit", "pieces_per_pulse")

# By table, names of the key and of the amounts: the amounts of each row, by its key.
Statement = tuple[str, tuple[str, ...], tuple[str, ...]]
Sums = dict[Statement, dict[tuple[Scalar, ...], tuple[int, ...]]]


def step(state: FoldState, fact: Fact, look: Callable[[Fact], Corrected]) -> Folded:
    """The state after `fact`, and what it changes in the tables of this store.

    `look` finds the fact that a correction names, as it stands before it.
    """
    if fact.kind == FactKind.CORRECTION:
        corrected = look(fact)
        folded = folded_correction(state, fact, corrected)
        return Folded(folded.state, (*folded.changes, *_correction(fact, corrected)))
    folded = fold(state, fact)
    own = _OWN.get(fact.kind)
    return Folded(folded.state, (*folded.changes, *own(fact))) if own else folded


def _acknowledged(fact: Fact) -> tuple[Put, ...]:
    key = {name: fact.body[name] for name in ("work_center", "hour", "plan")}
    return (Put("instruction_acknowledged", key, {"acknowledged_at": fact.occurred_at}),)


def _held(fact: Fact) -> tuple[Put, ...]:
    """A reading that waits for a person; older facts say less of it."""
    values: dict[str, Scalar] = {name: fact.body.get(name) for name in HELD}
    values["at"] = fact.occurred_at
    return (Put("quarantine", {"equipment_id": fact.equipment_id, "id": fact.seq}, values),)


def _decided(fact: Fact) -> tuple[Put, ...]:
    """A count that fills a quarantine is a person's decision of it."""
    if (quarantine := fact.body.get("quarantine")) is None:
        return ()
    values: dict[str, Scalar] = {
        "decided": fact.seq,
        "decided_at": fact.occurred_at,
        "actor": fact.actor,
        "quantity": fact.body["quantity"],
        "job_order_id": fact.job_order_id,
        "note": fact.body.get("note"),
    }
    return (Put("quarantine", {"equipment_id": fact.equipment_id, "id": quarantine}, values),)


def _correction(fact: Fact, corrected: Corrected) -> tuple[Put, ...]:
    changes = fact.body["changes"]
    key = {"corrects": corrected.fact.seq, "seq": fact.seq}
    kept = Put("correction", key, {"changes": json.dumps(changes, sort_keys=True)})
    stands = corrected.after(changes).stands
    new = stands[0]
    decided: tuple[Put, ...] = ()
    if new.kind == FactKind.PRODUCTION_COUNT and new.body.get("quarantine") is not None:
        place = {"equipment_id": new.equipment_id, "id": new.body["quarantine"]}
        quantity = sum(int(one.body["quantity"]) for one in stands)
        decided = (
            Put("quarantine", place, {"quantity": quantity, "job_order_id": new.job_order_id}),
        )
    return (*decided, kept)


def _loaded(fact: Fact) -> tuple[Put, ...]:
    """What was scanned to be loaded on a work center, and how often a label was printed."""
    said = fact.body["detail"]
    if fact.body["action"] == "label_printed":
        return (Put("label_copy", {"lot": said["lot"]}, {"copies": said["copy"]}),)
    if fact.body["action"] != "loaded":
        return ()
    key = {"equipment_id": fact.equipment_id, "what": said["what"], "id": said["slot"]}
    values = {"loaded": said["id"], "revision": said["revision"], "seq": fact.seq}
    return (Put("loaded", key, {**values, "at": fact.occurred_at, "actor": fact.actor}),)


_OWN: Mapping[FactKind, Callable[[Fact], tuple[Put, ...]]] = {
    FactKind.INSTRUCTION_ACKNOWLEDGED: _acknowledged,
    FactKind.QUARANTINE: _held,
    FactKind.AUDIT: _loaded,
    FactKind.PRODUCTION_COUNT: _decided,
}


def apply(conn: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Write the changes in their order, inside the caller's transaction.

    Additions to one row are summed up and written once: additions may change places with
    each other, but not with what is put.
    """
    sums: Sums = {}
    for change in changes:
        if isinstance(change, Add):
            _sum_up(sums, change)
            continue
        _write(conn, sums)
        sums = {}
        sql = _upsert(False, change.table, tuple(change.key), tuple(change.values))
        conn.execute(sql, (*change.key.values(), *change.values.values()))
    _write(conn, sums)


def _sum_up(sums: Sums, change: Add) -> None:
    rows = sums.setdefault((change.table, tuple(change.key), tuple(change.amounts)), {})
    key, amounts = tuple(change.key.values()), tuple(change.amounts.values())
    known = rows.get(key)
    rows[key] = amounts if known is None else tuple(map(add, known, amounts))


def _write(conn: sqlite3.Connection, sums: Sums) -> None:
    for (table, key, columns), rows in sums.items():
        sql = _upsert(True, table, key, columns)
        conn.executemany(sql, [(*row, *amounts) for row, amounts in rows.items()])


@lru_cache(maxsize=256)
def _upsert(adds: bool, table: str, key: tuple[str, ...], columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in (*key, *columns))
    marks = ", ".join("?" * (len(key) + len(columns)))
    keys = ", ".join(f'"{name}"' for name in key)
    was = '"{0}" = "{0}" + excluded."{0}"' if adds else '"{0}" = excluded."{0}"'
    sets = ", ".join(was.format(name) for name in columns)
    return (
        f'INSERT INTO "{table}" ({names}) VALUES ({marks}) '
        f"ON CONFLICT ({keys}) DO UPDATE SET {sets}"
    )
