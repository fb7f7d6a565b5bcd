"""A copy of a store, taken while it is in use, and never in the way of who writes."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from edge.storage.archives.anchors import carry
from edge.storage.archives.file import to_disk
from edge.storage.connections import open_reader
from edge.storage.errors import StoreUnusable
from edge.storage.proof import Proof, prove

STEP_PAGES, STEP_PAUSE_S = 1024, 0.01  # 4 MB, then whoever records has the disk


def backup(path: Path | str, target: Path | str, *, archives: bool = False) -> Proof:
    """Copy the store at `path` to `target`, as it was at one moment, and prove the copy.

    With `archives` its archive files too, to a folder beside the copy; a copy that stays on this
    machine finds them where they are.
    Needs no lock. The copy appears whole or not at all; an existing `target` is
    refused. Raises StoreUnusable.
    """
    path, target = Path(path), Path(target)
    if os.path.exists(target):  # noqa: PTH110 - also where no file can have that name
        raise StoreUnusable(f"{target} is there already; mend: name a new file")
    if not path.is_file():
        raise StoreUnusable(f"{path}: no such file; mend: name the store's file")
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        _copy(path, part)
        proof = prove(part)
        to_disk(part)
        if archives:
            carry(path, target)
        part.rename(target)
        to_disk(target.parent)
    except (sqlite3.Error, OSError, StoreUnusable) as error:
        with suppress(OSError):  # there is no such folder, or no file can have that name
            part.unlink(missing_ok=True)
        raise StoreUnusable(f"{path} to {target}: {error}") from error
    return proof


def _copy(path: Path, part: Path) -> None:
    source = open_reader(path)
    try:
        # One moment, however long it takes: without it the copy begins anew at each commit.
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_master").fetchone()
        copy = sqlite3.connect(part, isolation_level=None)
        try:
            source.backup(copy, pages=STEP_PAGES, sleep=STEP_PAUSE_S)
            # A copy is one file: no log beside it that could be left behind.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
    finally:
        source.close()


def same_disk(copy: Path, path: Path) -> bool:
    """Whether a copy lies on the disk of the store, and would be gone with it."""
    return copy.stat().st_dev == path.stat().st_dev
