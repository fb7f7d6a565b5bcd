"""Where the live file hands over to its archives: one row for each file, never changed.

The files lie in a folder beside the store. A row is committed when its file is on the disk,
and facts go from the live file only up to the last row: at every moment each fact is in the
live file, in an archive, or in both.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.storage.archives.file import Archived, ArchiveDamaged, ArchiveFile, Header, to_disk

FIELDS = "file, folder, first_seq, last_seq, first_hash, last_hash, size, sha256"
INSERT = f"INSERT INTO archive ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Anchor:
    """A row of `archive`: a file that is part of this store; `folder` is where it was sealed."""

    file: str
    folder: str
    first_seq: int
    last_seq: int
    first_hash: bytes
    last_hash: bytes
    size: int
    sha256: bytes

    def opened(self, beside: Path) -> ArchiveFile:
        """The file, if it is the one that was sealed; raises ArchiveDamaged.

        It lies beside the store; of a copy of the store (a snapshot) where it was sealed.
        """
        places = (beside / self.file, Path(self.folder) / self.file)
        path = next((path for path in places if path.is_file()), places[0])
        found = ArchiveFile(path, self.first_seq)
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
    place = (header.name, str(beside(conn).absolute()))
    conn.execute(INSERT, (*place, header.first_seq, header.last_seq, *hashes, size, digest))


def rehome(conn: sqlite3.Connection, store: Path) -> None:
    """Say where the files lie, of a copy that is to be the store at `store`."""
    if conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'archive'").fetchone():
        conn.execute("UPDATE archive SET folder = ?", (str(folder_of(store).absolute()),))


def carry(source: Path, target: Path) -> None:
    """Put the archive files of the store at `source` beside the one at `target` too.

    Those that are there stay as they are, but for one that is damaged where the other is whole:
    that is set aside. Copies of their own that appear whole, never links: what damages one file
    leaves the other. Raises OSError, also where a copy is not what it was made of.
    """
    if not folder_of(source).is_dir():
        return
    folder_of(target).mkdir(exist_ok=True)
    for file in sorted(folder_of(source).glob("*.facts")):
        place = folder_of(target) / file.name
        if place.exists():
            if _whole(place) or not _whole(file):
                continue
            place.rename(place.with_name(f"{place.name}.damaged"))
        part = place.with_name(f"{place.name}.part")
        part.unlink(missing_ok=True)
        shutil.copyfile(file, part)
        to_disk(part)
        if _whole(file) and not _whole(part):
            raise OSError(f"{place}: what was written is not what is read back")
        part.rename(place)
    to_disk(folder_of(target))


def _whole(path: Path) -> bool:
    """Whether a file is as it was sealed."""
    try:
        ArchiveFile(path).check()
    except ArchiveDamaged:
        return False
    return True
