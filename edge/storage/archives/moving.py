"""Old facts move to an archive file, in steps that are short and can each be the last.

1. A file is written from the live rows, each looked at: no fact that is not what was hashed
   goes. It is sealed (on the disk, read only, in its place) and read back as a whole.
2. Its row in `archive` is committed. From here on it is part of the store.
3. The live rows go, some at a time, from the lowest on.

Killed before 2, nothing has changed but a file that the next run finds and takes; killed after
it, facts are there twice and read once, and the next run goes on with 3.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.domain.facts import sha256
from edge.storage import fact_rows
from edge.storage.archives import anchors
from edge.storage.archives.file import ArchiveDamaged, ArchiveFile, Header, Sealing
from edge.storage.packing import BLOCK

LARGEST = 400 * BLOCK  # facts of one file: some 4 MB
STEP = 8 * BLOCK  # facts that are packed, or let go, at a time
LEAVE = "DELETE FROM facts WHERE seq <= ? AND seq < (SELECT min(seq) FROM facts) + ?"


class NotArchived(Exception):
    """Facts stay where they are, because they are not what was recorded: verify, restore."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What may move: facts recorded before `before` (us), at most up to `acknowledged` (None: any).

    `smallest`: fewer facts than this are not worth a file of their own.
    """

    before: int
    acknowledged: int | None
    smallest: int = BLOCK


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A file that is ready to become part of the store."""

    header: Header
    size: int
    sha256: bytes


def next_header(conn: sqlite3.Connection, folder: Path, wanted: Wanted) -> Header | None:
    """The facts that go into the next file; None if too few may."""
    done = anchors.last(conn)
    first = done.last_seq + 1 if done else 1
    last = _last_allowed(conn, first, wanted)
    if found := _sealed_already(conn, folder, first, last):
        return found
    last = min(last - last % BLOCK, first + LARGEST - 1)
    if last - first + 1 < max(wanted.smallest, 1):
        return None
    store_id, edge_id = conn.execute("SELECT store_id, edge_id FROM meta").fetchone()
    return Header(
        store_id=store_id,
        edge_id=edge_id,
        first_seq=first,
        last_seq=last,
        count=last - first + 1,
        prev_hash=done.last_hash.hex() if done else "",
        first_hash=fact_rows.hash_at(conn, first) or "",
        last_hash=fact_rows.hash_at(conn, last) or "",
    )


def _sealed_already(conn: sqlite3.Connection, folder: Path, first: int, last: int) -> Header | None:
    """What a run that was killed had sealed of these facts, or a store that was put back."""
    for path in sorted(folder.glob(f"{first:012d}-*.facts")):
        try:
            header = ArchiveFile(path, first).header
        except ArchiveDamaged:
            continue
        if header.last_seq <= last and fact_rows.hash_at(conn, header.last_seq) == header.last_hash:
            return header
    return None


def _last_allowed(conn: sqlite3.Connection, first: int, wanted: Wanted) -> int:
    """The last fact that is old enough, acknowledged, and not the last one of all."""
    (end,) = conn.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()
    most = end - 1 if wanted.acknowledged is None else min(end - 1, wanted.acknowledged)
    low, high = first - 1, most
    while low < high:  # `recorded_at` never goes back
        middle = (low + high + 1) // 2
        row = fact_rows.one(conn, middle)
        if row is None or row.fact().recorded_at >= wanted.before:
            high = middle - 1
        else:
            low = middle
    return low


def sealed(conn: sqlite3.Connection, folder: Path, header: Header) -> Iterator[Sealed | None]:
    """Write the file of `header` in steps: None after each but the last. Raises NotArchived."""
    folder.mkdir(exist_ok=True)
    for part in folder.glob("*.part"):  # of a run that was killed
        part.unlink()
    if not (folder / header.name).exists():
        yield from _written(conn, folder, header)
    size = (folder / header.name).stat().st_size
    yield from _read_back(conn, folder, header)
    try:
        digest = ArchiveFile(folder / header.name, header.first_seq).check()
    except ArchiveDamaged as damage:
        raise NotArchived(f"{damage.what}; mend: look at the disk, remove that file") from damage
    yield Sealed(header=header, size=size, sha256=digest)


def _written(conn: sqlite3.Connection, folder: Path, header: Header) -> Iterator[None]:
    sealing = Sealing(folder, header)
    try:
        prev_hash = bytes.fromhex(header.prev_hash)
        for first in range(header.first_seq, header.last_seq + 1, BLOCK):
            facts = [_sound(row) for row in fact_rows.after(conn, first - 1, BLOCK)]
            sealing.add(prev_hash, facts)
            prev_hash = facts[-1][1]
            if (first + BLOCK - header.first_seq) % STEP == 0:
                yield None
        sealing.seal()
    except BaseException:
        sealing.give_up()
        raise


def _sound(row: fact_rows.Row) -> tuple[int, bytes, bytes]:
    if row.fault or sha256(row.data) != row.hash.hex():
        what = row.fault or fact_rows.NOT_ITS_HASH
        raise NotArchived(f"fact {row.seq}: {what}; mend: `taktline verify`, and restore a backup")
    return row.seq, row.hash, row.data


def _read_back(conn: sqlite3.Connection, folder: Path, header: Header) -> Iterator[None]:
    """Compare what is in the file with the live facts, byte for byte."""
    file = ArchiveFile(folder / header.name, header.first_seq)
    try:
        if file.header != header:
            raise ArchiveDamaged(header.first_seq, f"{file.path} holds other facts")
        for after in range(header.first_seq - 1, header.last_seq, STEP):
            count = min(STEP, header.last_seq - after)
            live = [(row.seq, row.hash, row.data) for row in fact_rows.after(conn, after, count)]
            kept = [(one.seq, one.hash, one.data) for one in file.facts(after, count)]
            if live != kept:
                raise ArchiveDamaged(after + 1, f"{file.path} does not give back what was put in")
            yield None
    except ArchiveDamaged as damage:
        raise NotArchived(f"{damage.what}; mend: look at the disk, remove that file") from damage


def let_go(conn: sqlite3.Connection) -> int:
    """Let some live rows go that an archive holds, in the caller's transaction; how many."""
    done = anchors.last(conn)
    if done is None:
        return 0
    return conn.execute(LEAVE, (done.last_seq, STEP)).rowcount
