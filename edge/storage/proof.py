"""Proof that a copy of a store is one: opened, its pages checked, its facts counted."""

import math
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from edge.storage import fact_rows
from edge.storage.connections import open_reader
from edge.storage.damage import StoreDamaged, check, sound
from edge.storage.errors import ANOTHER_FILE, StoreUnusable
from edge.storage.schema import refuse_foreign

OWNER = "SELECT store_id, edge_id, epoch FROM meta"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a whole copy holds: facts up to `seq`, of which `facts` are in the file itself.

    `hash` and `recorded_at` (us) are those of the last one.
    """

    store_id: str
    edge_id: str
    epoch: int
    seq: int
    hash: str
    recorded_at: int
    facts: int
    bytes: int


def prove(path: Path, fact: int | None = None) -> Proof:
    """Open the copy, check every page and index, count its facts, hash the last ones and `fact`.

    Takes as long as reading the file. Raises StoreUnusable that says what is wrong.
    """
    if not os.path.isfile(path):  # noqa: PTH113 - also where no file can have that name
        raise StoreUnusable(f"{path}: no such file; mend: name a snapshot of the store")
    try:
        conn = open_reader(path)
    except sqlite3.Error as error:
        raise StoreUnusable(f"{path}: {error}; mend: {ANOTHER_FILE}") from error
    try:
        conn.execute("BEGIN")
        refuse_foreign(conn)
        check(conn, monotonic=lambda: 0.0, seconds=math.inf, thorough=True)
        _look_at(conn, fact)
        return _counted(conn, path)
    except (sqlite3.Error, StoreDamaged) as error:
        raise StoreUnusable(f"{path}: {error}; mend: take an older snapshot") from error
    finally:
        conn.close()


def _look_at(conn: sqlite3.Connection, seq: int | None) -> None:
    """Raise StoreDamaged if the fact at `seq` is not as it was recorded."""
    if seq and (row := fact_rows.one(conn, seq)):
        sound(row)


def _counted(conn: sqlite3.Connection, path: Path) -> Proof:
    owner, last = conn.execute(OWNER).fetchone(), fact_rows.last(conn)
    if owner is None:
        raise StoreDamaged("it does not say whose store it is")
    store_id, edge_id, epoch = owner
    seq = last.seq if last else 0
    facts, first = conn.execute("SELECT count(*), coalesce(min(seq), 1) FROM facts").fetchone()
    if facts != seq - first + 1:
        raise StoreDamaged(f"it holds {facts} facts from {first} to {seq}")
    return Proof(
        store_id=store_id,
        edge_id=edge_id,
        epoch=epoch,
        seq=seq,
        hash=last.hash.hex() if last else "",
        recorded_at=last.fact().recorded_at if last else 0,
        facts=facts,
        bytes=path.stat().st_size,
    )
