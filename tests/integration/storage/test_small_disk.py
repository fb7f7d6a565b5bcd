"""A real disk that is full: a small file system, a keeper beside the store, and a filler."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from edge.domain.clock import SystemClock
from edge.domain.facts import FactKind, decode
from edge.domain.recording import StoreUnavailable
from edge.safekeeping import Safekeeper
from edge.storage.recovery import Order
from edge.storage.snapshots import Keeping
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage.samples import baseline, counted, first

MB = 1 << 20
DISK, BALLAST = 24, 2  # MB


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "taktline", str(place)]
    subprocess.run(mount, check=True)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Take all that is left."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        for chunk in (MB, 4096):
            try:
                while True:
                    file.write(bytes(chunk))
            except OSError:
                continue
    return filler


async def until(holds: Callable[[], bool], meanwhile: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await meanwhile()


@pytest.mark.needs("mounting a disk")
async def test_a_full_disk_loses_nothing_gives_way_and_goes_on(disk: Path) -> None:
    keeping = Keeping(folder=disk / "snapshots", ballast=BALLAST * MB)
    path, clock, anew = disk / "edge.sqlite", SystemClock(), list[Order]()
    with Store.open(path, "e1", clock, keeping=keeping) as store:
        keeper = Safekeeper(store, keeping, clock, "s1", "e1", anew.append)
        keeper.listen()
        watch = asyncio.create_task(keeper.watch())
        await store.record(first())
        was, refused = baseline(0), 0

        async def count() -> None:
            nonlocal was, refused
            recording = counted(was, 1, at=was.raw)
            try:
                await store.record(recording)
            except StoreUnavailable:
                refused += 1
                assert store.reader.baselines()[0].raw == was.raw  # readers answer
                await asyncio.sleep(0.01)
            else:
                was = recording.baselines[0].new

        async def wait() -> None:
            await asyncio.sleep(0.05)

        await until(lambda: keeper.ballast.whole, wait)
        for _ in range(2):
            await keeper.snapshot("hourly")
        filler = fill(disk)
        await until(lambda: "disk_full" in keeper.alarms, count)
        assert not keeper.ballast.whole
        assert len(keeper.snapshots.all()) == 1
        reached = was.raw
        await until(lambda: was.raw > reached, count)  # what gave way is room to go on in
        refused, filler = 0, fill(disk)
        await until(lambda: refused > 3, count)
        reached = was.raw
        filler.unlink()
        await until(lambda: was.raw > reached + 5, count)
        await until(lambda: keeper.ballast.whole and not keeper.alarms, wait)
        told = "alarm_cleared"
        await until(lambda: told in audits(store), wait)
        assert audits(store).count("alarm_raised") >= 1
        watch.cancel()
        assert not anew
    assert verify(path).whole
    with Store.open(path, "e1", clock) as store:
        assert store.reader.baselines()[0].raw == was.raw
        assert sum(one.good for one in store.reader.hour_quantities("L1", 0, 1)) == was.raw


def audits(store: Store) -> list[str]:
    facts = [decode(one.data) for one in store.reader.facts_after(0, 1_000_000)]
    return [one.body["action"] for one in facts if one.kind == FactKind.AUDIT]
