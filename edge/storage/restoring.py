"""A snapshot in the place of a store: staged whole, then put in its place in a way that a kill
at any moment leaves the old store or the new one, and the next start finishes.

The old file is set aside with its log, never removed. What can still be read of it, fact by
fact, each with its hash and behind the one before, is taken over: those are facts that were
acknowledged.
"""

import contextlib
import json
import sqlite3
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from uuid import uuid4

from edge.domain.clock import to_datetime
from edge.domain.facts import decode
from edge.domain.recording import StoreUnavailable
from edge.storage import fact_rows, linking
from edge.storage.archives import anchors
from edge.storage.archives.file import to_disk
from edge.storage.archives.lacking import MEND, following, lacking
from edge.storage.chain import load_tail
from edge.storage.connections import open_reader, open_writer
from edge.storage.damage import StoreDamaged, sound
from edge.storage.errors import StoreUnusable
from edge.storage.fact_rows import Row
from edge.storage.mark import Mark
from edge.storage.proof import Proof, prove
from edge.storage.rebuild import project
from edge.storage.schema import prepare

BESIDE = ("", "-wal", "-shm")
INSERT = (
    "INSERT INTO recovery (at, reason, snapshot, set_aside, epoch, seq, hash, salvaged, known_seq,"
    " lost_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
REQUESTS = (
    "SELECT key, fingerprint, first_seq, last_seq FROM requests WHERE last_seq BETWEEN ? AND ?"
)
ADOPTED_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was put in the place of a store: a snapshot ("" for none) and what was salvaged.

    `seq` is where the new store ends, `known_seq` how far the old one is known to have come;
    `lost_from` (us) when the last fact that is there was recorded.
    """

    reason: str
    snapshot: str
    set_aside: str
    seq: int
    salvaged: int
    known_seq: int
    lost_from: int
    at: int


def restore(
    path: Path,
    snapshot: Path | None,
    edge_id: str,
    *,
    reason: str,
    now: int,
    salvage: bool,
    whole: bool = False,
) -> Restored:
    """Put a copy of `snapshot` (None: an empty store) in the place of the store at `path`.

    The caller holds the store's lock, and nobody has it open. `salvage` takes over what can
    still be read of the old file. `whole` refuses a snapshot whose archive files lack.
    Raises StoreUnusable; then the old store stands as it was.
    """
    finish(path)
    proof = None if snapshot is None else _proved(snapshot, edge_id)
    if snapshot is not None and whole:
        refuse_without_archives(snapshot, path)
    part = _part(path)
    moment = to_datetime(now).strftime("%Y%m%dT%H%M%SZ")
    set_aside = _free_name(path, f"{path.name}.{reason}-{moment}") if path.exists() else None
    try:
        done = _staged(path, snapshot, edge_id, proof, reason, now, salvage, set_aside)
        to_disk(part)
        _announce(path, set_aside)
    except (sqlite3.Error, OSError, StoreUnavailable) as error:
        _drop(part)
        mend = "" if isinstance(error, StoreUnavailable) else "; mend: make space"
        raise StoreUnusable(f"{path}: cannot be restored: {error}{mend}") from error
    finish(path)
    return done


def finish(path: Path) -> None:
    """End a swap that was begun: whatever was killed in the middle of it."""
    marker = _marker(path)
    if not marker.exists():
        _announced(path).unlink(missing_ok=True)
        return _drop(_part(path))
    said, part = json.loads(marker.read_text()), _part(path)
    if part.exists():
        if said["set_aside"]:
            _set_aside(path, path.with_name(said["set_aside"]))
        to_disk(path.parent)
        part.rename(path)
        to_disk(path.parent)
    marker.unlink()
    return to_disk(path.parent)


def refuse_without_archives(snapshot: Path, store: Path) -> None:
    """Raise StoreUnusable if facts of a snapshot lie in files that are not to be had, beside
    it, beside the store in whose place it is put, or where they were sealed."""
    conn = open_reader(snapshot)
    try:
        faults = lacking(conn, anchors.folder_of(store), anchors.folder_of(snapshot))
    finally:
        conn.close()
    if faults:
        raise StoreUnusable(
            f"{snapshot}: facts of it lie in archive files that lack: {'; '.join(faults)};"
            f" mend: {MEND}, or restore with --without-archives: what was made stays known in"
            " hours and orders, but those facts cannot be read until the files are back"
        )


def _proved(snapshot: Path, edge_id: str) -> Proof:
    proof = prove(snapshot)
    if proof.edge_id != edge_id:
        raise StoreUnusable(
            f"{snapshot}: of edge {proof.edge_id!r}, not of {edge_id!r}; mend: name another one"
        )
    return proof


def _staged(
    path: Path,
    snapshot: Path | None,
    edge_id: str,
    proof: Proof | None,
    reason: str,
    now: int,
    salvage: bool,
    set_aside: Path | None,
) -> Restored:
    """The new store, complete but for its name."""
    part = _part(path)
    _drop(part)
    if snapshot is not None:
        _copy(snapshot, part)
    conn = open_writer(part)
    try:
        conn.execute("BEGIN IMMEDIATE")
        if snapshot is not None:
            anchors.carry(snapshot, path)
            anchors.rehome(conn, path)
        if prepare(conn, edge_id=edge_id, store_id=uuid4().hex):
            project(conn, conn)
        salvaged = _salvage(path, conn) if salvage else 0
        tail = load_tail(conn)
        done = Restored(
            reason=reason,
            snapshot=snapshot.name if snapshot else "",
            set_aside=set_aside.name if set_aside else "",
            seq=tail.seq,
            salvaged=salvaged,
            known_seq=Mark(path).read()[0],
            lost_from=tail.recorded_at or (proof.recorded_at if proof else 0),
            at=now,
        )
        note(conn, done, tail.epoch, tail.hash)
        conn.execute("COMMIT")
        conn.execute("PRAGMA journal_mode = DELETE")
    finally:
        conn.close()
    return done


def note(conn: sqlite3.Connection, done: Restored, epoch: int, hash_: str) -> None:
    """Keep that this store was put back, in the caller's transaction: it is not settled yet."""
    said = asdict(done)
    names = ("at", "reason", "snapshot", "set_aside")
    more = (said["salvaged"], said["known_seq"], said["lost_from"])
    conn.execute(INSERT, (*(said[name] for name in names), epoch, done.seq, hash_, *more))


def compare(conn: sqlite3.Connection, known: tuple[int, str], now: int) -> None:
    """Keep that facts are missing, where the store is behind its mark, in the caller's
    transaction: the end of its log was damaged, or someone put an old file in its place."""
    tail, (seq, _) = load_tail(conn), known
    (told,) = conn.execute(
        "SELECT coalesce(max(known_seq), 0) FROM recovery WHERE settled_at IS NULL"
    ).fetchone()
    if seq <= tail.seq or seq <= told:
        return
    done = Restored(
        reason="facts_missing",
        snapshot="",
        set_aside="",
        seq=tail.seq,
        salvaged=0,
        known_seq=seq,
        lost_from=tail.recorded_at,
        at=now,
    )
    note(conn, done, tail.epoch, tail.hash)


def _salvage(old: Path, conn: sqlite3.Connection) -> int:
    """Take over facts of the old file that follow the end of the new one; how many.

    Requests too, so that one that comes again does nothing twice.
    """
    if not old.is_file():
        return 0
    return _from_the_store(old, conn) + _from_files(old, conn)


def _from_files(old: Path, conn: sqlite3.Connection) -> int:
    """Take over archived facts of a store that cannot say any more which files are its own."""
    taken, tail = 0, load_tail(conn)
    found = following(anchors.folder_of(old), tail.edge_id, tail.seq, tail.hash)
    while page := list(islice(found, ADOPTED_AT_ONCE)):
        tail = load_tail(conn)
        epoch = max(tail.epoch, page[-1][0].epoch)
        linking.adopt(conn, tail, epoch, [data for _, data in page])
        taken += len(page)
    return taken


def _from_the_store(old: Path, conn: sqlite3.Connection) -> int:
    """What cannot be read is passed by; what cannot be written ends the restore."""
    try:
        reader = open_reader(old)
    except sqlite3.Error:
        return 0
    begin = load_tail(conn)
    try:
        taken = _facts(reader, conn)
        requests = _requests(reader, begin.seq + 1, begin.seq + taken)
    finally:
        reader.close()
    conn.executemany("INSERT OR IGNORE INTO requests VALUES (?, ?, ?, ?)", requests)
    return taken


def _requests(reader: sqlite3.Connection, first: int, last: int) -> list[tuple[str, str, int, int]]:
    """Those of facts that were taken over, up to the first that is on a damaged page."""
    found: list[tuple[str, str, int, int]] = []
    with contextlib.suppress(sqlite3.Error):
        for row in reader.execute(REQUESTS, (first, last)):
            found.append(row)  # noqa: PERF402 - what came before an error is kept
    return found


def _facts(reader: sqlite3.Connection, conn: sqlite3.Connection) -> int:
    taken = 0
    while page := _page(reader, conn):
        tail = load_tail(conn)
        epoch = max(tail.epoch, decode(page[-1]).epoch)
        linking.adopt(conn, tail, epoch, page)
        taken += len(page)
    return taken


def _page(reader: sqlite3.Connection, conn: sqlite3.Connection) -> list[bytes]:
    """The next facts that are whole and follow; it ends at the first that is not."""
    tail, page = load_tail(conn), list[bytes]()
    seq, hash_, epoch = tail.seq, tail.hash, 0
    for row in _rows(reader, tail.seq):
        try:
            prev_hash, fact = sound(row), row.fact()
        except StoreDamaged:
            break
        follows = (row.seq, prev_hash, fact.edge_id) == (seq + 1, hash_, tail.edge_id)
        if not follows or fact.epoch < epoch:
            break
        page.append(row.data)
        seq, hash_, epoch = row.seq, row.hash.hex(), fact.epoch
    return page


def _rows(reader: sqlite3.Connection, after: int) -> list[Row]:
    """As many rows as can be read: fewer, where one of them lies on a damaged page."""
    for limit in (ADOPTED_AT_ONCE, 100, 10, 1):
        with contextlib.suppress(sqlite3.Error, AssertionError):
            return fact_rows.after(reader, after, limit)
    return []


def _copy(snapshot: Path, part: Path) -> None:
    source = open_reader(snapshot)
    copy = sqlite3.connect(part, isolation_level=None)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()


def _announce(path: Path, set_aside: Path | None) -> None:
    """From here on the new store is the one: whoever is killed now has it finished."""
    marker = _marker(path)
    said = {"set_aside": set_aside.name if set_aside else ""}
    part = _announced(path)
    part.write_text(json.dumps(said))
    to_disk(part)
    part.rename(marker)
    to_disk(path.parent)


def _set_aside(path: Path, name: Path) -> None:
    for ending in BESIDE:
        old, new = path.with_name(path.name + ending), name.with_name(name.name + ending)
        if old.exists():
            old.rename(new)


def _free_name(path: Path, name: str) -> Path:
    names = [name, *(f"{name}-{number}" for number in range(2, 1000))]
    return next(path.with_name(one) for one in names if not path.with_name(one).exists())


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.restoring")


def _marker(path: Path) -> Path:
    return path.with_name(f"{path.name}.restoring.json")


def _announced(path: Path) -> Path:
    return path.with_name(f"{path.name}.restoring.json.part")


def _drop(part: Path) -> None:
    for ending in (*BESIDE, "-journal"):
        part.with_name(part.name + ending).unlink(missing_ok=True)
