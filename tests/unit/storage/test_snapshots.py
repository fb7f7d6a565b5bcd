"""Snapshots: proved, numbered, rotated; and what is no snapshot is never taken for one."""

import shutil
from pathlib import Path

import pytest

from edge.domain.clock import MICROS, ManualClock
from edge.storage.errors import StoreUnusable
from edge.storage.proof import Proof, prove
from edge.storage.snapshots import HOURLY, MIGRATION, Keeping, Snapshot, Snapshots, kept
from edge.storage.store import Store
from tests.unit.storage.samples import baseline, counted, first

CLOCK = ManualClock(plant=1_780_898_400_000_000)
HOUR = 3600 * MICROS
PROOF = Proof(store_id="s", edge_id="e1", epoch=1, seq=0, hash="", recorded_at=0, facts=0, bytes=10)


async def filled(path: Path, counts: int = 3) -> None:
    with Store.open(path, "e1", CLOCK) as store:
        await store.record(first())
        for raw in range(counts):
            await store.record(counted(baseline(raw), 1))


async def test_a_snapshot_is_proved_and_says_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "edge.sqlite"
    await filled(path)
    snapshots = Snapshots(path, Keeping(folder=tmp_path / "snapshots"))
    made = snapshots.take(HOURLY, CLOCK.now())
    assert (made.number, made.proof.seq, made.proof.facts) == (1, 4, 4)
    assert made.path.name == "edge-000001-20260608T060000Z-hourly.sqlite"
    assert snapshots.all() == [made]
    assert snapshots.newest_good("e1") == made
    assert snapshots.newest_good("e2") is None
    assert snapshots.named("1") == made.path


async def test_a_damaged_snapshot_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "edge.sqlite"
    await filled(path)
    snapshots = Snapshots(path, Keeping(folder=tmp_path / "snapshots"))
    good = snapshots.take(HOURLY, CLOCK.now())
    bad = snapshots.take(HOURLY, CLOCK.now())
    with bad.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    with pytest.raises(StoreUnusable, match="older snapshot"):
        prove(bad.path)
    assert snapshots.newest_good("e1") == good


async def test_a_copy_that_was_cut_off_is_no_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "edge.sqlite"
    await filled(path)
    snapshots = Snapshots(path, Keeping(folder=tmp_path / "snapshots"))
    made = snapshots.take(HOURLY, CLOCK.now())
    shutil.copy(made.path, made.path.with_name("edge-000002-20260608T070000Z-hourly.sqlite"))
    (tmp_path / "snapshots" / "edge-000003-x-hourly.sqlite.part").touch()
    assert snapshots.all() == [made]
    assert snapshots.take(HOURLY, CLOCK.now()).number == 3
    assert not list((tmp_path / "snapshots").glob("*.part"))


def of(number: int, hour: int, reason: str = HOURLY) -> Snapshot:
    return Snapshot(
        path=Path(f"{number}"), number=number, reason=reason, made_at=hour * HOUR, proof=PROOF
    )


def test_rotation_keeps_hours_days_and_what_was_before_a_migration() -> None:
    hourly = [of(number, number) for number in range(1, 101)]  # four days and a bit
    migrations = [of(200 + number, 0, MIGRATION) for number in range(4)]
    keeping = Keeping(folder=Path(), hourly=3, daily=3)
    numbers = [one.number for one in kept([*hourly, *migrations], keeping)]
    assert numbers == [71, 95, 98, 99, 100, 202, 203]
    assert kept(hourly, Keeping(folder=Path(), hourly=0, daily=0)) == []


async def test_rotation_never_takes_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "edge.sqlite"
    await filled(path)
    snapshots = Snapshots(path, Keeping(folder=tmp_path / "s", hourly=0, daily=0))
    for _ in range(3):
        snapshots.take(HOURLY, CLOCK.now())
    assert [one.number for one in snapshots.all()] == [3]
    snapshots = Snapshots(path, Keeping(folder=tmp_path / "s", hourly=5, daily=0))
    snapshots.take(HOURLY, CLOCK.now())
    assert snapshots.purge() > 0
    assert [one.number for one in snapshots.all()] == [4]


async def test_a_copy_is_of_one_moment_while_facts_come(tmp_path: Path) -> None:
    path = tmp_path / "edge.sqlite"
    with Store.open(path, "e1", CLOCK) as store:
        await store.record(first())
        snapshots = Snapshots(path, Keeping(folder=tmp_path / "s"))
        for raw in range(20):
            await store.record(counted(baseline(raw), 1))
            assert snapshots.take(HOURLY, CLOCK.now()).proof.seq == raw + 2


def test_what_no_file_can_be_called_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="no such file"):
        prove(tmp_path / ("x" * 300))
