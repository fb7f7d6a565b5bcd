"""Which archive files of a store are not there, or not as they were sealed, and what is done.

A file that lacks takes nothing from counting: it is told, and put back by a person. It is never
a reason to put a snapshot in the place of the store, because the snapshot needs the same file.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from edge.domain.facts import Fact, decode
from edge.storage.archives import anchors
from edge.storage.archives.anchors import Anchor
from edge.storage.archives.file import ArchiveDamaged, ArchiveFile, Header

MEND = (
    "put that file back from a backup's folder (NAME.archive) into the one beside the store;"
    " sync's feed holds its facts too"
)


def lacking(conn: sqlite3.Connection, *places: Path) -> list[str]:
    """What is wrong with each file that cannot be read as it was sealed in any of `places`.

    Reads each file whole. `places` are folders, tried beside the one where it was sealed.
    """
    found = ([fault(one, place) for place in places] for one in anchors.every(conn))
    return [faults[0] for faults in found if all(faults)]


def not_there(conn: sqlite3.Connection, place: Path) -> dict[str, str]:
    """What is wrong with files that are missing or hold other facts, by name: a quick look."""
    faults: dict[str, str] = {}
    for one in anchors.every(conn):
        try:
            one.opened(place)
        except ArchiveDamaged as damage:
            faults[one.file] = damage.what
    return faults


def fault(anchor: Anchor, place: Path) -> str:
    """What is wrong with a file, read whole; empty if nothing is."""
    try:
        anchor.opened(place).check()
    except ArchiveDamaged as damage:
        return damage.what
    return ""


def following(folder: Path, edge_id: str, seq: int, hash_: str) -> Iterator[tuple[Fact, bytes]]:
    """Facts of whatever files lie in `folder` that follow fact `seq` of that hash, in order.

    For a store whose own rows cannot say which files are its own. Ends at the first fact that
    is not whole or does not follow.
    """
    for header, path in sorted(_headers(folder), key=lambda one: one[0].last_seq):
        if header.edge_id != edge_id or not header.first_seq <= seq + 1 <= header.last_seq:
            continue
        try:
            for one in ArchiveFile(path, header.first_seq).facts(seq, header.count):
                fact = decode(one.data)
                if not one.sound or (fact.seq, fact.prev_hash) != (seq + 1, hash_):
                    break
                yield fact, one.data
                seq, hash_ = fact.seq, one.hash.hex()
        except (ArchiveDamaged, ValueError):
            continue


def _headers(folder: Path) -> Iterator[tuple[Header, Path]]:
    for path in folder.glob("*.facts"):
        try:
            yield ArchiveFile(path).header, path
        except ArchiveDamaged:
            continue
