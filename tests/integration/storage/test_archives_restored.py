"""Archives and restores: facts are in the live file, in a file beside it, in both, or named."""

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from edge.domain.clock import ManualClock
from edge.domain.facts import FactKind, decode
from edge.domain.recording import BaselineMove, FactsLacking, Recording
from edge.storage.archives import anchors
from edge.storage.archives.archivist import Moved
from edge.storage.archives.lacking import lacking
from edge.storage.archives.moving import Wanted
from edge.storage.archives.moving import let_go as let_some_go
from edge.storage.backup import backup, same_disk
from edge.storage.connections import open_reader, open_writer
from edge.storage.errors import StoreUnusable
from edge.storage.packing import BLOCK
from edge.storage.recovery import Order
from edge.storage.restoring import restore
from edge.storage.snapshots import HOURLY, Keeping, Snapshots
from edge.storage.store import Store
from edge.storage.trickle import Trickle
from edge.storage.verify import verify
from tests.integration.storage.sync_model import SyncModel
from tests.unit.storage.samples import baseline, count, first

CLOCK = ManualClock(plant=1_780_898_400_000_000)
ALL = Wanted(before=1 << 60, acknowledged=None)
EVERYTHING, PIECES, OLD = 1_000_000, 3 * BLOCK + 40, 2 * BLOCK


def keeping(path: Path) -> Keeping:
    return Keeping(folder=path.parent / "snapshots")


def opened(path: Path, order: Order | None = None) -> Store:
    return Store.open(path, "e1", CLOCK, keeping=keeping(path), order=order or Order())


async def count_to(store: Store, pieces: int) -> None:
    """Count one by one from where the store stands to what the machine's counter shows."""
    held = {one.tag: one for one in store.reader.baselines()}
    if "good" not in held:
        await store.record(first())
    start = held["good"].raw if held else 0
    move = BaselineMove(expected=baseline(start), new=baseline(pieces))
    drafts = tuple(count(raw, 1) for raw in range(start, pieces))
    await store.record(Recording(drafts=drafts, baselines=(move,)))


def booked(store: Store) -> int:
    facts = [decode(one.data) for one in store.reader.facts_after(0, EVERYTHING)]
    return sum(one.body["quantity"] for one in facts if one.kind == FactKind.PRODUCTION_COUNT)


async def archive(store: Store, up_to: int) -> Path:
    wanted = Wanted(before=1 << 60, acknowledged=up_to)
    await store.archivist.run(wanted)
    return sorted(anchors.folder_of(store.path).glob("*.facts"))[-1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "edge" / "edge.sqlite"


async def archived(path: Path, *, before: bool = False, after: bool = False) -> Path:
    """A store of which two blocks are archived; a snapshot was made before it, or after."""
    with opened(path) as store:
        await count_to(store, PIECES)
        if before:
            await snapshot(path)
        file = await archive(store, OLD)
        if after:
            await snapshot(path)
    return file


async def snapshot(path: Path) -> Path:
    made = await asyncio.to_thread(Snapshots(path, keeping(path)).take, HOURLY, CLOCK.now())
    return made.path


def flip(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 0xFF
    file.chmod(0o644)
    file.write_bytes(data)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("place", [None, 0, 2000, -50])
async def test_a_damaged_archive_is_told_and_never_replaces_the_store(
    path: Path, before: bool, place: int | None
) -> None:
    file = await archived(path, before=before, after=True)
    whole = file.read_bytes()
    if place is None:
        file.unlink()
    else:
        flip(file, place)
    with opened(path) as store:
        assert store.recovery.all() == []
        assert store.reader.chain_end().seq == PIECES + 1
        looking = Trickle(path)
        for _ in range(20):
            looking.look()
        assert looking.progress.rounds > 1
        assert [*looking.archives] == [file.name]
        assert file.name in looking.archives[file.name]
        with pytest.raises(FactsLacking, match=r"put that file back"):
            store.reader.facts_after(0, EVERYTHING)
        await count_to(store, PIECES + 20)
        file.unlink(missing_ok=True)
        file.write_bytes(whole)
        looking.look()
        assert looking.archives == {}
        assert booked(store) == PIECES + 20
    assert verify(path).whole


async def test_what_lacks_is_named_file_by_file(path: Path) -> None:
    file = await archived(path)
    conn = open_reader(path)
    assert lacking(conn, anchors.folder_of(path)) == []
    flip(file, -5)
    [said] = lacking(conn, anchors.folder_of(path))
    assert file.name in said
    conn.close()


async def test_facts_that_go_while_they_are_read_are_read_once(path: Path) -> None:
    """Between two steps of an archivist the live facts begin in the middle of a file."""
    with opened(path) as store:
        await count_to(store, 20 * BLOCK)
        facts = store.reader.facts_after(0, EVERYTHING)

        def end(_: Moved) -> None:
            run.cancel()

        run = asyncio.ensure_future(store.archivist.run(ALL, end))
        with contextlib.suppress(asyncio.CancelledError):
            await run
        conn = sqlite3.connect(path)
        (live,) = conn.execute("SELECT min(seq) FROM facts").fetchone()
        conn.close()
        assert 1 < live < 20 * BLOCK - 1000
        for after in (live - 3, live - 2, live - 1, live, live + 1):
            found = list(store.reader.facts_after(after, 5))
            assert found == list(facts[after : after + 5])
        Trickle(path).look()
    with opened(path) as again:
        assert again.recovery.all() == []
    assert verify(path).whole


@pytest.mark.parametrize("half", [True, False])
async def test_a_snapshot_of_before_an_archive_goes_on_with_sync(path: Path, half: bool) -> None:
    sync = SyncModel()
    with opened(path) as store:
        await count_to(store, OLD)
        old = await snapshot(path)
        await count_to(store, PIECES)
        await sync.meet(store)
        await archive(store, OLD + BLOCK)
    if half:  # killed between the anchor and the last live row
        conn = open_writer(path)
        let_some_go(conn)
        conn.close()
    with opened(path, Order(snapshot=old)) as store:
        await count_to(store, PIECES + 30)
        await sync.meet(store)
        assert booked(store) == PIECES + 30
        assert (sync.booked(), store.recovery.unconfirmed()) == ({"good": PIECES + 30}, 0)
        await archive(store, OLD + BLOCK)
        assert booked(store) == PIECES + 30
    assert verify(path).whole


async def test_settling_goes_over_archives_and_waits_for_one_that_lacks(path: Path) -> None:
    sync = SyncModel()
    with opened(path) as store:
        await count_to(store, PIECES)
        await sync.meet(store)
        file = await archive(store, OLD)
        old = await snapshot(path)
        await count_to(store, PIECES + 50)
        await sync.meet(store)
    with opened(path, Order(snapshot=old)) as store:
        await count_to(store, PIECES + 80)
        away = file.rename(file.with_suffix(".away"))
        with pytest.raises(FactsLacking, match=file.name):
            await sync.meet(store)
        await count_to(store, PIECES + 90)
        assert store.reader.chain_end().seq == PIECES + 91
        away.rename(file)
        await sync.meet(store)
        assert booked(store) == sync.booked()["good"] == PIECES + 90
    assert verify(path).whole


async def test_sync_that_was_put_back_has_archived_facts_again(path: Path) -> None:
    with opened(path) as store:
        await count_to(store, PIECES)
        await archive(store, OLD)
        sync = SyncModel()  # it holds nothing any more
        await sync.meet(store)
        assert sync.booked() == {"good": PIECES}


async def test_a_backup_without_its_files_is_refused_on_a_new_machine(
    path: Path, tmp_path: Path
) -> None:
    file = await archived(path)
    usb, copy = tmp_path / "usb", tmp_path / "usb" / "copy.sqlite"
    usb.mkdir()
    backup(path, copy, archives=True)
    kept = anchors.folder_of(copy) / file.name
    shutil.rmtree(path.parent)
    new = tmp_path / "new" / "edge.sqlite"
    away = kept.rename(usb / "away")
    with pytest.raises(StoreUnusable, match=rf"{file.name}.*mend: put that file back"):
        opened(new, Order(snapshot=copy))
    assert not new.exists()
    with opened(new, Order(snapshot=copy, without_archives=True)) as store:
        await count_to(store, PIECES + 5)
    broken = verify(new).broken
    assert broken is not None
    assert (broken.seq, file.name in broken.what) == (1, True)
    away.rename(kept)
    anchors.carry(copy, new)
    with opened(new) as store:
        assert booked(store) == PIECES + 5
    assert verify(new).whole


async def test_a_restore_puts_a_whole_file_in_the_place_of_a_damaged_one(
    path: Path, tmp_path: Path
) -> None:
    file = await archived(path)
    (tmp_path / "usb").mkdir()
    copy = tmp_path / "usb" / "copy.sqlite"
    backup(path, copy, archives=True)
    whole = file.read_bytes()
    flip(file, 2000)  # in place, as a failing disk does: the copy is another file
    with opened(path, Order(snapshot=copy)) as store:
        assert booked(store) == PIECES
    assert file.read_bytes() == whole
    assert verify(path).whole


async def test_facts_of_files_are_salvaged_where_the_store_does_not_know_them(path: Path) -> None:
    await archived(path)
    conn = sqlite3.connect(path)
    conn.execute("DROP TABLE archive")  # as on a page that cannot be read
    conn.commit()
    conn.close()
    restore(path, None, "e1", reason="damaged", now=CLOCK.now(), salvage=True)
    with opened(path) as store:
        assert store.reader.chain_end().seq == OLD  # the rest is in the file that was set aside
        await count_to(store, PIECES)
        assert booked(store) == PIECES
    assert verify(path).whole


async def test_a_copy_that_is_not_what_it_was_made_of_is_no_backup(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await archived(path)
    copy = shutil.copyfile

    def worn(source: Path, target: Path) -> None:
        copy(source, target)
        flip(target, 2000)

    monkeypatch.setattr(shutil, "copyfile", worn)
    (tmp_path / "usb").mkdir()
    with pytest.raises(StoreUnusable, match="is not what is read back"):
        backup(path, tmp_path / "usb" / "copy.sqlite", archives=True)
    assert not (tmp_path / "usb" / "copy.sqlite").exists()


async def test_a_backup_says_whether_it_lies_on_the_disk_of_the_store(
    path: Path, tmp_path: Path
) -> None:
    await archived(path)
    here = tmp_path / "copy.sqlite"
    backup(path, here)
    assert same_disk(here, path)
    elsewhere = Path("/dev/shm") / f"{tmp_path.name}-copy.sqlite"
    assert elsewhere.parent.stat().st_dev != path.stat().st_dev
    try:
        backup(path, elsewhere)
        assert not same_disk(elsewhere, path)
    finally:
        elsewhere.unlink(missing_ok=True)
