"""Proof that a store is whole: the chain, to the first broken fact, and the projections."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edge.domain.facts import decode, sha256
from edge.storage import fact_rows
from edge.storage.connections import open_reader
from edge.storage.errors import ANOTHER_FILE, StoreUnusable
from edge.storage.fact_rows import Row
from edge.storage.projections import PROJECTED
from edge.storage.rebuild import CHUNK, Told, nobody, project
from edge.storage.schema import prepare

COMPARED = (*PROJECTED, "hour_instruction", "instruction_sheet")


@dataclass(frozen=True, kw_only=True)
class Broken:
    """The first fact that is not as it was recorded, and what is wrong with it."""

    seq: int
    what: str


@dataclass(frozen=True, kw_only=True)
class VerifyResult:
    """What was found: `facts` whole facts before the first broken one, if any.

    `differing` names tables whose rows are not what the facts say.
    """

    store_id: str
    edge_id: str
    epoch: int
    facts: int
    last_hash: str
    broken: Broken | None
    differing: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return self.broken is None and not self.differing


@dataclass(frozen=True)
class _End:
    seq: int = 0
    hash: str = ""
    epoch: int = 1
    recorded_at: int = 0


def verify(path: Path | str, *, projections: bool = True, told: Told = nobody) -> VerifyResult:
    """Check hashes, links, gaplessness and (unless told not to) the projections.

    Over archives and live facts as one chain. Opens the file read only, also while an edge
    holds it; all of it is one read transaction. `told` hears how many facts it has come to,
    first of the chain, then of the projections. Raises StoreUnusable if it is no store at all.
    """
    path = Path(path)
    with _snapshot(path) as conn:
        store_id, edge_id, epoch, seq, hash_ = conn.execute(
            "SELECT store_id, edge_id, epoch, acknowledged_seq, acknowledged_hash FROM meta, link"
        ).fetchone()
        end, broken = _chain(conn, edge_id, {seq: hash_}, told)
        differing = _differing(conn, told) if projections and broken is None else ()
    return VerifyResult(
        store_id=store_id,
        edge_id=edge_id,
        epoch=epoch,
        facts=end.seq,
        last_hash=end.hash,
        broken=broken,
        differing=differing,
    )


@contextmanager
def _snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "no such file"
        raise StoreUnusable(f"{path}: {what}; mend: name the store's file")
    try:
        conn = open_reader(path)
    except sqlite3.Error as error:
        raise StoreUnusable(f"{path}: {error}; mend: {ANOTHER_FILE}") from error
    try:
        conn.execute("BEGIN")
        yield conn
    except sqlite3.Error as error:
        raise StoreUnusable(f"{path}: {error}; mend: {ANOTHER_FILE}") from error
    finally:
        conn.close()


def _chain(
    conn: sqlite3.Connection, edge_id: str, known: dict[int, str], told: Told
) -> tuple[_End, Broken | None]:
    """The end of what is whole, and the first broken fact; `known` are hashes by seq."""
    end = _End()
    try:
        for row in fact_rows.every(conn):
            found = _looked_at(row, end, edge_id, known.get(row.seq))
            if isinstance(found, str):
                return end, Broken(seq=end.seq + 1, what=found)
            end = found
            if end.seq % CHUNK == 0:
                told(end.seq)
    except sqlite3.DatabaseError as error:
        return end, Broken(seq=end.seq + 1, what=f"the file is damaged: {error}")
    if end.seq < max(known):
        return end, Broken(seq=end.seq + 1, what=f"missing, though sync holds up to {max(known)}")
    return end, None


def _looked_at(row: Row, end: _End, edge_id: str, known: str | None) -> _End | str:
    """The end with the fact behind it, or what is wrong with that fact."""
    if row.seq != end.seq + 1:
        return f"missing: {end.seq} is followed by {row.seq}"
    if row.fault:
        return row.fault
    if (hash_ := sha256(row.data)) != row.hash.hex():
        return "its bytes do not have its hash"
    try:
        fact = decode(row.data)
    except ValueError as error:
        return str(error)
    rules = (
        (fact.seq == row.seq, f"its bytes are of fact {fact.seq}"),
        (fact.prev_hash == end.hash, "prev_hash is not the hash of the fact before it"),
        (fact.edge_id == edge_id, f"of edge {fact.edge_id!r}"),
        (fact.epoch >= end.epoch, f"epoch {fact.epoch} after {end.epoch}"),
        (fact.recorded_at >= end.recorded_at, "recorded before the fact before it"),
        (known in {None, hash_}, f"sync acknowledged another fact here ({known})"),
    )
    wrong = next((what for holds, what in rules if not holds), None)
    return wrong or _End(fact.seq, hash_, fact.epoch, fact.recorded_at)


def _differing(conn: sqlite3.Connection, told: Told) -> tuple[str, ...]:
    """Tables that are not what the facts and plans say, made anew in memory."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    try:
        prepare(memory, edge_id="", store_id="")
        memory.execute("BEGIN")
        project(conn, memory, told)
        known = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
        compared = [name for name in COMPARED if name in known]  # an older store has fewer
        tables = [name for name in compared if _content(conn, name) != _content(memory, name)]
        if _counters(memory) - _counters(conn):
            tables.append("baselines")
    finally:
        memory.close()
    return tuple(tables)


def _content(conn: sqlite3.Connection, table: str) -> set[tuple[object, ...]]:
    return {tuple(row) for row in conn.execute(f'SELECT * FROM "{table}"')}


def _counters(conn: sqlite3.Connection) -> set[tuple[object, ...]]:
    """Where counters stand. When they were last seen moves on without a fact; and rows that
    no fact speaks of are marks that collection keeps beside them."""
    rows = conn.execute(
        "SELECT equipment_id, tag, counter_epoch, raw, rest, rest_of FROM baselines"
    )
    return {tuple(row) for row in rows}
