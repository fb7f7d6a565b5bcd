"""The store: one writer, readers that cannot write, a schema that is the tables'."""

import asyncio
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from erp_sync.errors import StoreLocked, StoreUnavailable
from erp_sync.storage import sequences, tables
from erp_sync.storage.engine import Store
from erp_sync.storage.migrate import is_current, migrate

pytestmark = pytest.mark.usefixtures("by_migrations")


def test_the_migrations_make_the_tables(store: Store) -> None:
    assert store.write_now(is_current)
    differences = store.write_now(
        lambda db: compare_metadata(MigrationContext.configure(db), tables.metadata)
    )
    assert differences == []
    store.write_now(migrate)


def test_the_writer_is_durable_and_strict(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}

    def pragmas(db: Connection) -> dict[str, object]:
        return {name: db.scalar(text(f"PRAGMA {name}")) for name in wanted}

    assert store.write_now(pragmas) == wanted


async def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreUnavailable, match="readonly"):
        await store.read(lambda db: db.execute(insert(tables.setting).values(name="x")))


async def test_what_fails_leaves_nothing_and_tells_nobody(store: Store) -> None:
    told: list[int] = []

    def write(db: Connection) -> None:
        db.execute(insert(tables.setting).values(name="y"))
        raise KeyError

    with pytest.raises(KeyError):
        await store.write(write, lambda: told.append(1))
    query = select(tables.setting).where(tables.setting.c.name == "y")
    assert (await store.read(lambda db: db.execute(query).all()), told) == ([], [])


async def test_the_caller_may_go_and_the_signal_still_comes(store: Store) -> None:
    told, begun, gone = asyncio.Event(), threading.Event(), threading.Event()

    def effect(db: Connection) -> int:
        begun.set()
        gone.wait(10)
        return sequences.take(db, "t", 1)

    task = asyncio.create_task(store.write(effect, told.set))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    gone.set()
    await asyncio.wait_for(told.wait(), 10)
    assert store.write_now(lambda db: sequences.tip(db, "t")) == 1


def test_positions_have_no_gaps_even_after_a_failure(store: Store) -> None:
    assert store.write_now(lambda db: sequences.take(db, "s", 3)) == 1

    def fail(db: Connection) -> None:
        sequences.take(db, "s", 5)
        raise KeyError

    with pytest.raises(KeyError):
        store.write_now(fail)
    assert store.write_now(lambda db: sequences.take(db, "s", 2)) == 4


def test_a_store_of_a_later_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sync.sqlite'}"
    later = Store(url)
    later.write_now(lambda db: db.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    later.close()
    with pytest.raises(StoreUnavailable, match="9999"):
        Store(url)


def test_the_tables_can_be_made_in_postgresql_too() -> None:
    for table in tables.metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


def test_one_process_holds_a_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sync.sqlite'}"
    first = Store(url)
    with pytest.raises(StoreLocked, match="held by taktline sync, process"):
        Store(url)
    first.close()
    Store(url).close()


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sync.sqlite").write_bytes(b"no database at all, but long enough to be read" * 9)
    with pytest.raises(StoreUnavailable, match=r"sync\.sqlite"):
        Store(f"sqlite:///{tmp_path / 'sync.sqlite'}")
    with pytest.raises(StoreUnavailable):
        Store(f"sqlite:///{tmp_path / 'sync.sqlite' / 'below'}")
