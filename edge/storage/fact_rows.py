"""The one way to facts that are stored: whoever reads a fact reads it here.

Rows of stores of before the packed form (hash as text, canonical bytes as they are) are read
as well, so that a backup can be verified as it lies there. Facts that have gone to an
archive are read from there, as if they had stayed.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from edge.domain.chain import StoredFact
from edge.domain.facts import Fact, decode
from edge.domain.recording import FactsLacking, StoreUnavailable
from edge.storage.archives import anchors
from edge.storage.archives.file import Archived, ArchiveDamaged
from edge.storage.packing import unpack

CHUNK = 1000
NOT_ITS_HASH = "its bytes do not have its hash"
MEND_STORE = "`taktline verify`, and put a backup in its place"
MEND_ARCHIVE = "put that file back from a backup, in the folder beside the store"
ROWS = "SELECT seq, hash, data FROM facts WHERE seq >= ? ORDER BY seq LIMIT ?"
_TEXT = rb'"(?:[^"\\]|\\.)*"'
# How canonical bytes end, behind the body: what can be asked of a fact without decoding it.
_FRAME = re.compile(
    rb',"edge_id":%b,"epoch":(\d+),"equipment_id":(%b),"job_order_id":(?:null|%b),'
    rb'"kind":"([a-z_]+)","occurred_at":(-?\d+),"prev_hash":"[0-9a-f]*","recorded_at":-?\d+,'
    rb'"seq":\d+,"source":"[a-z]+","v":1}\Z' % (_TEXT, _TEXT, _TEXT)
)


class Row(NamedTuple):
    """A stored fact: `hash` and `data` as they were stored, `fault` if they cannot be read.

    `archived` where it was read from an archive file: what is wrong there is no damage of the
    store's own file, and is mended by that file alone.
    """

    seq: int
    hash: bytes
    data: bytes
    fault: str = ""
    archived: bool = False

    def checked(self) -> "Row":
        """This row; raises StoreUnavailable if its bytes cannot be read."""
        if self.fault:
            what = f"fact {self.seq} is damaged: {self.fault}; mend: "
            if self.archived:
                raise FactsLacking(what + MEND_ARCHIVE)
            raise StoreUnavailable(what + MEND_STORE)
        return self

    def fact(self) -> Fact:
        """The decoded fact; raises StoreUnavailable if its bytes cannot be read."""
        return decode(self.checked().data)


def after(conn: sqlite3.Connection, seq: int, limit: int) -> list[Row]:
    """At most `limit` facts behind `seq`, in order."""
    # One row before them, because the hash that a fact names is the hash in that row.
    rows = conn.execute(ROWS, (seq, limit + 1)).fetchall()
    begins = rows[0][0] if rows else 0
    if begins == max(seq, 1):
        return list(_read(rows, seq, 0, b""))[:limit]
    return _across(conn, seq, limit)


def _across(conn: sqlite3.Connection, seq: int, limit: int) -> list[Row]:
    """As `after`, where the facts begin in an archive, or are not there at all."""
    with _one_moment(conn):
        return _read_across(conn, seq, limit)


@contextmanager
def _one_moment(conn: sqlite3.Connection) -> Iterator[None]:
    """Facts that go to an archive between two statements would be seen in neither place."""
    if conn.in_transaction:
        yield
        return
    conn.execute("BEGIN")
    try:
        yield
    finally:
        conn.execute("COMMIT")


def _read_across(conn: sqlite3.Connection, seq: int, limit: int) -> list[Row]:
    found: list[Row] = []
    live = first_live(conn)
    try:
        found.extend(map(_archived, anchors.facts(conn, seq, min(limit, live - 1 - seq))))
        before = found[-1].hash if found else hash_before(conn, live)
    except ArchiveDamaged as damage:
        return [*found, Row(max(damage.seq, seq + 1), b"", b"", damage.what, archived=True)]
    last = found[-1].seq if found else seq
    rows = conn.execute(ROWS, (last + 1, limit - len(found))).fetchall()
    return found + list(_read(rows, last, live - 1, before))


def first_live(conn: sqlite3.Connection) -> int:
    """The first fact that is in the store's own file; beyond every fact if there is none."""
    (seq,) = conn.execute("SELECT coalesce(min(seq), 1 << 62) FROM facts").fetchone()
    return int(seq)


def _archived(fact: Archived) -> Row:
    fault = "" if fact.sound else NOT_ITS_HASH
    return Row(fact.seq, fact.hash, fact.data, fault, archived=True)


def hash_before(conn: sqlite3.Connection, live: int) -> bytes:
    """The hash of the fact before the first live one; b"" at the begin of the chain.

    Raises ArchiveDamaged: facts go in steps, so it can lie in the middle of a file.
    """
    anchor = next((one for one in anchors.every(conn, live - 2) if one.first_seq < live), None)
    if anchor is None:
        return b""
    if anchor.last_seq == live - 1:
        return anchor.last_hash
    return next(iter(anchors.facts(conn, live - 2, 1))).hash


def one(conn: sqlite3.Connection, seq: int) -> Row | None:
    """The fact at `seq`; None if there is none."""
    found = after(conn, seq - 1, 1) if seq > 0 else []
    return found[0] if found and found[0].seq == seq else None


def last(conn: sqlite3.Connection) -> Row | None:
    """The last fact; None in a new store."""
    (seq,) = conn.execute("SELECT max(seq) FROM facts").fetchone()
    return one(conn, seq) if seq else None


def every(conn: sqlite3.Connection) -> Iterator[Row]:
    """All facts in order, read in chunks."""
    seq = 0
    while rows := after(conn, seq, CHUNK):
        yield from rows
        seq = rows[-1].seq


def hash_at(conn: sqlite3.Connection, seq: int) -> str | None:
    """The hash of the fact at `seq` in hex; None if there is none."""
    live = conn.execute("SELECT hash FROM facts WHERE seq = ?", (seq,)).fetchone()
    if live:
        return hash_of(live[0]).hex()
    row = one(conn, seq)
    return row.checked().hash.hex() if row else None


def stored(row: Row) -> StoredFact:
    """A row as the other rooms see it; raises StoreUnavailable if it cannot be read."""
    frame = _FRAME.search(row.checked().data)
    if frame is None:  # of bytes that an edge of ours did not write
        fact = row.fact()
        epoch, kind, occurred_at = fact.epoch, str(fact.kind), fact.occurred_at
    else:
        epoch, kind, occurred_at = int(frame[1]), frame[3].decode(), int(frame[4])
    return StoredFact(
        epoch=epoch,
        seq=row.seq,
        kind=kind,
        occurred_at=occurred_at,
        data=row.data,
        hash=row.hash.hex(),
    )


def _read(rows: Sequence[Sequence[object]], seq: int, last: int, prev_hash: bytes) -> Iterator[Row]:
    """Rows behind `seq`; `last` and its hash are those of the fact before the first of them."""
    for at, hash_, data in rows:
        assert isinstance(at, int)
        digest = hash_of(hash_)
        if at > seq:
            yield _row(at, digest, data, prev_hash if at == last + 1 else b"")
        last, prev_hash = at, digest


def _row(seq: int, digest: bytes, kept: object, prev_hash: bytes) -> Row:
    assert isinstance(kept, bytes)
    try:
        return Row(seq, digest, unpack(kept, seq, prev_hash))
    except ValueError as error:
        return Row(seq, digest, kept, str(error))


def hash_of(kept: object) -> bytes:
    """A hash as bytes; stores of before keep it as text."""
    if isinstance(kept, bytes):
        return kept
    try:
        return bytes.fromhex(str(kept))
    except ValueError:
        return str(kept).encode()
