"""New stores of the tests: the migrations make one in each process, the others are its copies.

Making one takes ten times as long, and the tests open thousands. Processes that tests start make
theirs by the migrations, and so do the tests of opening (`by_migrations`).
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from edge.storage import migrations, schema
from edge.storage import store as edge_store
from edge.storage.connections import open_writer
from erp_sync.storage import engine

OF_EDGE, OF_SYNC = edge_store._open, engine.Store.__init__


@contextmanager
def by_migrations() -> Iterator[None]:
    """Within it each store is made as in a plant."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge_store, "_open", OF_EDGE)
        patch.setattr(engine.Store, "__init__", OF_SYNC)
        yield


@contextmanager
def copied() -> Iterator[None]:
    """Within it, what an edge or sync opens where nothing is yet is a copy."""
    with pytest.MonkeyPatch.context() as patch:

        def opened(path: Path, *others: Any) -> sqlite3.Connection:
            _place(path, _of_an_edge)
            return OF_EDGE(path, *others)

        def made(store: engine.Store, url: str) -> None:
            if database := make_url(url).database:
                _place(Path(database), _of_sync)
            OF_SYNC(store, url)

        patch.setattr(edge_store, "_open", opened)
        patch.setattr(engine.Store, "__init__", made)
        yield


def _place(path: Path, content: Callable[[], bytes]) -> None:
    beside = (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-journal"))
    if path.parent.is_dir() and not any(one.exists() for one in beside):
        path.write_bytes(content())


@cache
def _of_an_edge() -> bytes:
    """An edge's store with all tables, and nobody's yet."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edge.sqlite"
        conn = open_writer(path)
        conn.execute("BEGIN IMMEDIATE")
        conn.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        migrations.apply(conn)
        conn.execute("COMMIT")
        conn.close()
        return path.read_bytes()


@cache
def _of_sync() -> bytes:
    """A store of sync with all tables, empty."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sync.sqlite"
        store = engine.Store.__new__(engine.Store)
        OF_SYNC(store, f"sqlite:///{path}")
        store.close()
        return path.read_bytes()
