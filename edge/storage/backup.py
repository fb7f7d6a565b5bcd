"""A copy of a store, taken while it is in use."""

import os
import sqlite3
from pathlib import Path

from edge.storage.connections import open_reader
from edge.storage.errors import StoreUnusable


def backup(path: Path | str, target: Path | str) -> None:
    """Copy the store at `path` to `target`, as it was at one moment.

    Needs no lock. The copy appears whole or not at all; an existing `target` is
    refused. Raises StoreUnusable.
    """
    path, target = Path(path), Path(target)
    if target.exists():
        raise StoreUnusable(f"{target} is there already; mend: name a new file")
    if not path.is_file():
        raise StoreUnusable(f"{path}: no such file; mend: name the store's file")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        _copy(path, part)
        _to_disk(part)
        part.rename(target)
        _to_disk(target.parent)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise StoreUnusable(f"{path} to {target}: {error}") from error


def _copy(path: Path, part: Path) -> None:
    source = open_reader(path)
    try:
        copy = sqlite3.connect(part, isolation_level=None)
        try:
            source.backup(copy)
            # A copy is one file: no log beside it that could be left behind.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
    finally:
        source.close()


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
