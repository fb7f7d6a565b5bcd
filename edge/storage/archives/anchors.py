"""Where the live file hands over to its archives: one row for each file, never changed.

The files lie in a folder beside the store. A row is committed when its file is on the disk,
and facts go from the live file only up to the last row: at every moment each fact is in the
live file, in an archive, or in both.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.storage.archives.file import Archived, ArchiveDamaged, ArchiveFile, Header

FIELDS = "file, first_seq, last_seq, first_hash, last_hash, size, sha256"
INSERT = f"INSERT INTO archive ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Anchor:
    """A row of `archive`: a file that is part of this store."""

    file: str
    first_seq: int
    last_seq: int
    first_hash: bytes
    last_hash: bytes
    size: int
    sha256: bytes

    def opened(self, folder: Path) -> ArchiveFile:
        """The file, if it is the one that was sealed; raises ArchiveDamaged."""
        found = ArchiveFile(folder / self.file, self.first_seq)
        header = found.header
        said = (header.first_seq, header.last_seq, header.first_hash, header.last_hash)
        own = (self.first_seq, self.last_seq, self.first_hash.hex(), self.last_hash.hex())
        if said != own:
            raise ArchiveDamaged(self.first_seq, f"{found.path} holds other facts than it should")
        return found


def folder_of(store: Path) -> Path:
    """Where the archives of a store lie."""
    return store.with_name(f"{store.name}.archive")


def beside(conn: sqlite3.Connection) -> Path:
    """Where the archives of an open store lie."""
    (name,) = conn.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
    return folder_of(Path(name or "memory"))


def every(conn: sqlite3.Connection, after: int = 0) -> list[Anchor]:
    """The files with facts behind `after`, in order; a store of before has none."""
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'archive'").fetchone():
        return []
    sql = f"SELECT {FIELDS} FROM archive WHERE last_seq > ? ORDER BY last_seq"
    return [Anchor(*row) for row in conn.execute(sql, (after,))]


def last(conn: sqlite3.Connection) -> Anchor | None:
    """The last file; None if nothing was archived."""
    rows = conn.execute(f"SELECT {FIELDS} FROM archive ORDER BY last_seq DESC LIMIT 1").fetchall()
    return Anchor(*rows[0]) if rows else None


def facts(conn: sqlite3.Connection, after: int, limit: int) -> Iterator[Archived]:
    """At most `limit` archived facts behind `after`, in order; raises ArchiveDamaged."""
    folder = beside(conn)
    if limit <= 0:
        return
    for anchor in every(conn, after):
        for fact in anchor.opened(folder).facts(after, limit):
            yield fact
            after, limit = fact.seq, limit - 1
        if limit <= 0:
            return


def anchored(conn: sqlite3.Connection, header: Header, size: int, digest: bytes) -> None:
    """Take a sealed file as part of the store, in the caller's transaction."""
    hashes = (bytes.fromhex(header.first_hash), bytes.fromhex(header.last_hash))
    conn.execute(INSERT, (header.name, header.first_seq, header.last_seq, *hashes, size, digest))
