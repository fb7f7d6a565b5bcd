"""Which files a store opens, and which it refuses."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from edge.domain.clock import ManualClock
from edge.domain.facts import FactKind
from edge.domain.recording import Recording
from edge.storage.chain import Tail
from edge.storage.connections import open_reader
from edge.storage.errors import StoreLocked, StoreUnusable
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage import old_store
from tests.unit.storage.samples import count, draft, state

pytestmark = pytest.mark.usefixtures("by_migrations")
CLOCK = ManualClock(plant=1_780_898_400_000_000)


def change(path: Path, sql: str) -> None:
    conn = sqlite3.connect(path)
    with conn:
        conn.execute(sql)
    conn.close()


def test_a_new_store_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "edge.db"
    with Store.open(path, "e1", CLOCK, new_id=lambda: "s-1") as store:
        end = store.reader.chain_end()
        assert (end.store_id, end.epoch, end.seq, end.hash) == ("s-1", 1, 0, "")
    with Store.open(path, "e1", CLOCK) as store:
        assert store.reader.chain_end().store_id == "s-1"
    assert not list(path.parent.glob("*-wal"))


def test_the_store_of_another_edge_is_refused_and_left_free(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    Store.open(path, "e1", CLOCK).close()
    with pytest.raises(StoreUnusable, match="of edge 'e1', not of 'e2'"):
        Store.open(path, "e2", CLOCK)
    Store.open(path, "e1", CLOCK).close()


@pytest.mark.parametrize(
    "newer",
    [
        "UPDATE meta SET format = 2",
        "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('edge', 'm999_later')",
    ],
)
def test_a_store_of_a_newer_version_is_refused(tmp_path: Path, newer: str) -> None:
    path = tmp_path / "edge.db"
    Store.open(path, "e1", CLOCK).close()
    change(path, newer)
    with pytest.raises(StoreUnusable, match="newer Taktline"):
        Store.open(path, "e1", CLOCK)


def test_a_file_that_is_no_store_is_refused_and_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    change(other, "CREATE TABLE notes (text)")
    with pytest.raises(StoreUnusable, match="another program"):
        Store.open(other, "e1", CLOCK)
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to look at" * 50)
    with pytest.raises(StoreUnusable, match="not a database"):
        Store.open(text, "e1", CLOCK)
    with pytest.raises(StoreUnusable, match="mend"):
        Store.open(text / "edge.db", "e1", CLOCK)


def test_a_start_that_was_cut_short_is_finished_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    Store.open(path, "e1", CLOCK).close()
    change(path, "DELETE FROM meta")
    with Store.open(path, "e1", CLOCK) as store:
        assert store.reader.chain_end().seq == 0


def test_a_store_is_open_once_and_says_where(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    with (
        Store.open(path, "e1", CLOCK),
        pytest.raises(StoreLocked, match=rf"process {os.getpid()} since 2026-06-08T06:00:00") as no,
    ):
        Store.open(path, "e1", CLOCK)
    assert no.value.path == str(path)
    Store.open(path, "e1", CLOCK).close()


async def test_facts_cannot_be_changed_by_anyone(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    with Store.open(path, "e1", CLOCK) as store:
        await store.record(Recording(drafts=(count(0, 1), count(1, 1))))
        conn = open_reader(path)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            conn.execute("DELETE FROM link")
        conn.close()
    for sql in ("UPDATE facts SET data = x''", "DELETE FROM facts WHERE seq = 2"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            change(path, sql)
    with pytest.raises(sqlite3.IntegrityError, match="follow the last"):
        change(path, "INSERT INTO facts VALUES (4, x'', x'')")


def test_an_answer_to_a_loop_that_has_ended_is_dropped(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", CLOCK) as store:

        async def leave() -> None:
            waiting = asyncio.ensure_future(store.record(Recording(drafts=(count(0, 1),))))
            await asyncio.sleep(0)
            waiting.cancel()

        asyncio.run(leave())
        recorded = asyncio.run(store.record(Recording(drafts=(count(1, 1),))))
        assert recorded.last_seq == 2


async def test_a_commit_is_on_the_disk_when_it_is_answered(tmp_path: Path) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "mmap_size": 0, "recursive_triggers": 1}

    def settings(conn: sqlite3.Connection, tail: Tail) -> tuple[Tail, dict[str, object]]:
        return tail, {name: conn.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}

    with Store.open(tmp_path / "edge.db", "e1", CLOCK) as store:
        assert await store._writer.submit(settings, 1) == wanted


async def test_a_stop_that_was_open_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    for drafts in (
        (state("APT", at=0), state("ADET", at=10)),
        (state("ADET", at=20), state("ADET", at=25, work_center="L2")),
        (state("APT", at=30),),
    ):
        with Store.open(path, "e1", CLOCK) as store:
            await store.record(Recording(drafts=drafts))
    with Store.open(path, "e1", CLOCK) as store:
        assert [(one.id, one.start, one.end) for one in store.reader.stops("L1", 0, 99)] == [
            (2, 10, 30)
        ]
        assert [(one.id, one.end) for one in store.reader.stops("L2", 0, 99)] == [(4, None)]
    assert verify(path).whole


async def test_a_migration_that_is_killed_before_its_fold_is_done_by_the_next_start(
    tmp_path: Path,
) -> None:
    path = tmp_path / "edge.db"
    held = {"tag": "good", "counter_epoch": 1, "raw_from": 5, "raw_to": 2, "reason": "backwards"}
    with Store.open(path, "e1", CLOCK) as store:
        await store.record(Recording(drafts=(count(0, 5), draft(FactKind.QUARANTINE, held))))
    for table in ("quarantine", "correction"):  # as an edge of before the decisions left it
        change(path, f"DROP TABLE {table}")
    change(path, "DELETE FROM _sqlite_migrations WHERE name GLOB 'm00[34]_*'")
    for _ in range(2):
        died = subprocess.run([sys.executable, old_store.__file__, str(path)], check=False)
        assert died.returncode == -signal.SIGKILL
    with Store.open(path, "e1", CLOCK) as store:
        assert [one.raw_to for one in store.reader.held_readings(None, open_=True)] == [2]
    assert verify(path).whole


def test_a_folder_and_a_file_of_another_kind_are_named_with_a_mend(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(StoreUnusable, match="is a folder; mend: "):
        Store.open(folder, "e1", CLOCK)
    assert not (tmp_path / "folder.lock").exists()
    text = tmp_path / "plant.toml"
    text.write_text("no database " * 100)
    with pytest.raises(StoreUnusable, match="not a database; mend: "):
        Store.open(text, "e1", CLOCK)
