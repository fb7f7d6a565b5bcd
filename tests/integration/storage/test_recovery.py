"""A damaged store is found, set aside and replaced; a kill at any moment of it is finished."""

import asyncio
import contextlib
import random
import sqlite3
from pathlib import Path

import pytest

from edge.domain.clock import ManualClock
from edge.domain.facts import FactKind, decode
from edge.domain.recording import BaselineMove, Recording
from edge.storage import restoring
from edge.storage.connections import open_reader, open_writer
from edge.storage.errors import StoreUnusable
from edge.storage.recovery import Order
from edge.storage.schema import is_behind
from edge.storage.snapshots import HOURLY, MIGRATION, Keeping, Snapshots
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.integration.storage.damaging import PAGE, overwrite
from tests.unit.storage.samples import baseline, count, first

CLOCK = ManualClock(plant=1_780_898_400_000_000)
EVERYTHING = 1_000_000
SEEDS, AT_ONCE = 6, 20


def keeping(tmp_path: Path) -> Keeping:
    return Keeping(folder=tmp_path / "snapshots")


def opened(path: Path, order: Order | None = None) -> Store:
    return Store.open(path, "e1", CLOCK, keeping=keeping(path.parent), order=order or Order())


async def count_to(store: Store, pieces: int) -> None:
    """Count one by one from where the store stands, some in one recording."""
    held = {one.tag: one for one in store.reader.baselines()}
    if "good" not in held:
        await store.record(first())
    start = held["good"].raw if held else 0
    while start < pieces:
        end = min(start + AT_ONCE, pieces)
        move = BaselineMove(expected=baseline(start), new=baseline(end))
        drafts = tuple(count(raw, 1) for raw in range(start, end))
        await store.record(Recording(drafts=drafts, baselines=(move,)))
        start = end


def booked(store: Store) -> int:
    facts = [decode(one.data) for one in store.reader.facts_after(0, EVERYTHING)]
    return sum(one.body["quantity"] for one in facts if one.kind == FactKind.PRODUCTION_COUNT)


async def snapshotted(path: Path, pieces: int, more: int) -> None:
    with opened(path) as store:
        await count_to(store, pieces)
        await asyncio.to_thread(Snapshots(path, keeping(path.parent)).take, HOURLY, CLOCK.now())
        await count_to(store, pieces + more)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_page_that_was_overwritten_is_never_silently_wrong(
    tmp_path: Path, seed: int
) -> None:
    path, chance = tmp_path / "edge.sqlite", random.Random(seed)
    await snapshotted(path, 300, 200)
    overwrite(path, chance, pages=chance.randint(1, 3))
    with opened(path) as store:
        restored = store.recovery.all()
        seq, [held] = store.reader.chain_end().seq, store.reader.baselines()
        assert seq >= 301
        assert booked(store) == held.raw == seq - 1
        if seq < 501:
            assert restored
            assert restored[-1].known_seq == 501
        await count_to(store, 600)  # what the machine's counter shows
        assert booked(store) == 600
    assert verify(path).whole
    if restored:
        assert (tmp_path / restored[-1].set_aside).exists() or not restored[-1].set_aside


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_log_that_was_overwritten_is_never_silently_wrong(
    tmp_path: Path, seed: int
) -> None:
    """As a kill leaves it, and then at random places of log and file."""
    path, aside, chance = tmp_path / "edge.sqlite", tmp_path / "kill", random.Random(seed)
    aside.mkdir()
    with opened(path) as store:
        await count_to(store, 200)
        await asyncio.to_thread(Snapshots(path, keeping(aside)).take, HOURLY, CLOCK.now())
        await count_to(store, 400)
        for ending in ("", "-wal", "-shm", ".mark"):
            name = f"edge.sqlite{ending}"
            (aside / name).write_bytes((tmp_path / name).read_bytes())
    path = aside / "edge.sqlite"
    overwrite(path.with_name("edge.sqlite-wal"), chance, pages=chance.randint(1, 3))
    if seed % 3 == 0:
        overwrite(path, chance, pages=1)
    with opened(path) as store:
        seq, held = store.reader.chain_end().seq, store.reader.baselines()
        assert booked(store) == (held[0].raw if held else 0)
        assert seq == 401 or store.recovery.all()
        assert seq >= 201
        await count_to(store, 500)
        assert booked(store) == 500
    assert verify(path).whole


async def test_what_can_still_be_read_of_a_damaged_store_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "edge.sqlite"
    await snapshotted(path, 100, 100)
    conn = sqlite3.connect(path)
    [(root,)] = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'hour_bucket'")
    conn.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(bytes(random.Random(1).randbytes(PAGE)))
    with opened(path) as store:
        [done] = store.recovery.all()
        assert (done.reason, done.salvaged, done.seq, done.known_seq) == ("damaged", 100, 201, 201)
        assert booked(store) == 200
    assert verify(path).whole
    assert (tmp_path / done.set_aside).exists()


async def test_a_log_that_lost_its_end_is_seen_by_the_mark(tmp_path: Path) -> None:
    path, aside = tmp_path / "edge.sqlite", tmp_path / "kill"
    aside.mkdir()
    with opened(path) as store:
        await count_to(store, 50)
        for name in ("edge.sqlite", "edge.sqlite-wal", "edge.sqlite.mark"):  # as a kill leaves them
            (aside / name).write_bytes((tmp_path / name).read_bytes())
    path = aside / "edge.sqlite"
    with path.with_name("edge.sqlite-wal").open("r+b") as log:
        size = log.seek(0, 2)
        log.seek(size // 2)
        log.write(b"\x55" * 64)
    with opened(path) as store:
        [done] = store.recovery.all()
        assert (done.reason, done.known_seq) == ("facts_missing", 51)
        assert done.seq < 51
        await count_to(store, 60)
        assert booked(store) == 60


async def test_without_snapshot_a_store_is_made_of_what_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "edge.sqlite"
    with opened(path) as store:
        await count_to(store, 40)
    conn = sqlite3.connect(path)
    [(root,)] = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'stop'")
    conn.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(b"\x07" * PAGE)
    with opened(path) as store:
        assert booked(store) == 40
    path.write_bytes(b"\x07" * 20_000)
    with pytest.raises(StoreUnusable, match="no snapshot"):
        opened(path)
    assert path.read_bytes() == b"\x07" * 20_000


@pytest.mark.parametrize("pages", [110, 130, 150, 165])
async def test_a_disk_that_fills_while_facts_are_taken_over_leaves_the_old_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    path = tmp_path / "edge.sqlite"
    with opened(path) as store:
        await count_to(store, 2500)
    before = path.read_bytes()

    def small(part: Path) -> sqlite3.Connection:
        """A writer on a disk of so many pages."""
        conn = open_writer(part)
        conn.execute(f"PRAGMA max_page_count = {pages}")
        return conn

    with monkeypatch.context() as there:
        there.setattr(restoring, "open_writer", small)
        with pytest.raises(StoreUnusable, match="make space"):
            restoring.restore(path, None, "e1", reason="damaged", now=CLOCK.now(), salvage=True)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.restoring*"))
    restoring.restore(path, None, "e1", reason="damaged", now=CLOCK.now(), salvage=True)
    with opened(path) as store:
        assert booked(store) == 2500


STEPS = ("to_disk", "_announce", "_set_aside", "_drop")


@pytest.mark.parametrize("nth", range(12))
async def test_a_restore_that_is_killed_anywhere_is_the_old_store_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    path = tmp_path / "edge.sqlite"
    await snapshotted(path, 10, 10)
    [snapshot] = Snapshots(path, keeping(tmp_path)).all()
    calls = 0

    class Killed(BaseException):
        pass

    def dying(real: object) -> object:
        def call(*arguments: object) -> object:
            nonlocal calls
            calls += 1
            if calls == nth:
                raise Killed
            assert callable(real)
            return real(*arguments)

        return call

    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(restoring, name, dying(getattr(restoring, name)))
        with contextlib.suppress(Killed):
            opened(path, Order(snapshot=snapshot.path)).close()
    with opened(path) as store:
        assert store.reader.chain_end().seq in {11, 21}
        assert bool(store.recovery.all()) == (store.reader.chain_end().seq == 11)
        await count_to(store, 30)
        assert booked(store) == 30
    assert verify(path).whole
    assert not list(tmp_path.glob("*.restoring*"))


async def test_an_old_store_has_its_snapshot_before_it_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "edge.sqlite"
    with opened(path) as store:
        await count_to(store, 2)
    conn = sqlite3.connect(path)
    with conn:  # as an edge of before restores left it
        for table in ("recovery", "recovery_counter"):
            conn.execute(f"DROP TABLE {table}")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm095_recovery'")
    conn.close()
    with opened(path) as store:
        assert store.reader.chain_end().seq == 3
    [made] = Snapshots(path, keeping(tmp_path)).all()
    assert (made.reason, made.proof.facts) == (MIGRATION, 3)
    old = open_reader(made.path)
    assert is_behind(old)  # the version of before can open it
    old.close()
    # The way back, and forward again: nothing that was recorded before it is lost.
    with opened(path, Order(snapshot=made.path)) as store:
        assert store.reader.chain_end().seq == 3
    assert verify(path).whole
