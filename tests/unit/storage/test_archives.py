"""Facts that went to an archive are read, verified, corrected and folded as if they had stayed."""

import asyncio
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.chain import ChainConflict, StoredFact
from edge.domain.clock import ManualClock
from edge.domain.facts import FactDraft, FactKind, decode
from edge.domain.recording import Recording, StoreUnavailable
from edge.storage import fact_rows
from edge.storage.archives import anchors
from edge.storage.archives.archivist import Moved
from edge.storage.archives.file import ArchiveFile
from edge.storage.archives.moving import NotArchived, Wanted
from edge.storage.backup import backup
from edge.storage.packing import BLOCK
from edge.storage.restoring import restore
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage.samples import HOUR, count, draft, state

ALL = Wanted(before=1 << 60, acknowledged=None)
NOW = 10 * HOUR


async def fill(store: Store, facts: int) -> None:
    """So many counts of two work centers, and a state of each now and then."""
    for start in range(0, facts, BLOCK):
        drafts = [one(n) for n in range(start, min(start + BLOCK, facts))]
        await store.record(Recording(drafts=tuple(drafts)))


def one(n: int) -> FactDraft:
    work_center = f"L{n % 2}"
    if n % 50 < 2:
        return state("APT" if n % 3 else "ADET", at=n, work_center=work_center)
    return count(n, 1, at=n, work_center=work_center)


def every(store: Store) -> list[StoredFact]:
    return list(store.reader.facts_after(0, 100_000))


def live(path: Path) -> int:
    with sqlite3.connect(path) as conn:
        (rows,) = conn.execute("SELECT count(*) FROM facts").fetchone()
    conn.close()
    return int(rows)


def files(path: Path) -> list[Path]:
    return sorted(anchors.folder_of(path).iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "edge.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path, "e1", ManualClock(plant=NOW)) as store:
        asyncio.run(fill(store, 3 * BLOCK + 10))
        yield store


def archive(store: Store, wanted: Wanted = ALL) -> Moved:
    return asyncio.run(store.archivist.run(wanted))


def test_what_is_archived_reads_as_before(store: Store) -> None:
    facts = every(store)
    hours = [store.facts.facts_of_hour(center, 0) for center in ("L0", "L1")]
    moved = archive(store)
    assert (moved.facts, moved.files) == (3 * BLOCK, 1)
    assert live(store.path) == 10
    assert every(store) == facts
    assert [store.facts.fact(one.seq) for one in facts] == facts
    for seq in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK - 1, 3 * BLOCK, 3 * BLOCK + 1):
        for limit in (1, 2, BLOCK, 5 * BLOCK):
            assert list(store.reader.facts_after(seq, limit)) == facts[seq : seq + limit]
    assert [store.facts.facts_of_hour(center, 0) for center in ("L0", "L1")] == hours
    assert store.reader.facts_after(len(facts), 5) == []


def test_the_file_says_what_it_holds_and_cannot_be_written(store: Store) -> None:
    facts = every(store)
    moved = archive(store)
    [file] = files(store.path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o444
    assert file.stat().st_size == moved.size < 100 * moved.facts
    header = ArchiveFile(file).header
    assert (header.edge_id, header.store_id) == ("e1", store.reader.chain_end().store_id)
    assert (header.first_seq, header.last_seq, header.count) == (1, 3 * BLOCK, 3 * BLOCK)
    assert (header.first_hash, header.last_hash) == (facts[0].hash, facts[3 * BLOCK - 1].hash)
    assert header.prev_hash == ""


def test_the_last_facts_stay_and_the_chain_goes_on(store: Store) -> None:
    archive(store)
    assert archive(store) == Moved()
    asyncio.run(fill(store, BLOCK))
    facts = every(store)
    assert archive(store).files == 1
    assert [one.seq for one in facts] == list(range(1, len(facts) + 1))
    assert every(store) == facts
    path = store.path
    store.close()
    with Store.open(path, "e1", ManualClock(plant=NOW)) as again:
        assert again.reader.chain_end().hash == facts[-1].hash
        asyncio.run(fill(again, 3))
        assert every(again)[: len(facts)] == facts
    assert verify(path).broken is None


def test_only_what_is_old_and_acknowledged_goes(store: Store) -> None:
    assert archive(store, replace(ALL, before=NOW)) == Moved()  # all were recorded now
    assert archive(store, replace(ALL, acknowledged=0)) == Moved()
    assert archive(store, replace(ALL, acknowledged=2 * BLOCK - 1)).facts == BLOCK
    assert archive(store, replace(ALL, smallest=3 * BLOCK)) == Moved()
    assert archive(store, replace(ALL, acknowledged=2 * BLOCK)).facts == BLOCK
    assert live(store.path) == BLOCK + 10


def test_acknowledging_goes_back_into_an_archive(store: Store) -> None:
    facts = every(store)
    archive(store)
    asyncio.run(store.acknowledge(5, facts[4].hash))
    assert store.acknowledged() == (5, facts[4].hash)
    with pytest.raises(ChainConflict):
        asyncio.run(store.acknowledge(5, facts[5].hash))


def test_an_archived_fact_can_be_corrected(store: Store) -> None:
    archive(store)
    fact = decode(every(store)[9].data)
    assert fact.kind == FactKind.PRODUCTION_COUNT
    before = store.reader.hour_quantities(fact.equipment_id, 0, 1)[0].good
    body = {"corrects": 10, "changes": {"quantity": 5}, "note": "n"}
    made = draft(FactKind.CORRECTION, body, at=NOW, work_center=fact.equipment_id)
    asyncio.run(store.record(Recording(drafts=(made,))))
    assert store.reader.hour_quantities(fact.equipment_id, 0, 1)[0].good == before + 4
    known = store.reader.corrected(10)
    assert known is not None
    assert (known.fact, known.now.body["quantity"]) == (fact, 5)
    assert [one.seq for one in store.facts.facts_of_hour(fact.equipment_id, 0)][
        -1
    ] == 3 * BLOCK + 11
    assert asyncio.run(store.rebuild()) == 3 * BLOCK + 11
    assert store.reader.hour_quantities(fact.equipment_id, 0, 1)[0].good == before + 4


def test_a_rebuild_and_a_verification_go_over_both(store: Store) -> None:
    tables = ("hour_bucket", "state_interval", "stop", "fact_block")

    def content() -> list[object]:
        with sqlite3.connect(store.path) as conn:
            found = [conn.execute(f"SELECT * FROM {name}").fetchall() for name in tables]
        conn.close()
        return found  # type: ignore[return-value]

    before = content()
    archive(store)
    assert asyncio.run(store.rebuild()) == 3 * BLOCK + 10
    assert content() == before
    result = verify(store.path)
    assert (result.whole, result.facts) == (True, 3 * BLOCK + 10)


def test_nothing_but_archived_facts_can_go(store: Store) -> None:
    archive(store)
    path = store.path
    store.close()
    archived = "INSERT INTO archive VALUES (770, 769, x'', x'', 'f', 'd', 1, x'')"
    for sql in ("DELETE FROM facts", "DELETE FROM facts WHERE seq = 775", archived):
        with pytest.raises(sqlite3.IntegrityError), sqlite3.connect(path) as conn:
            conn.execute(sql)
        conn.close()
    for sql in ("DELETE FROM archive", "UPDATE archive SET last_seq = 5"):
        refused = pytest.raises(sqlite3.IntegrityError, match="append-only")
        with refused, sqlite3.connect(path) as conn:
            conn.execute(sql)
        conn.close()
    assert live(path) == 10


def damage(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 0xFF
    file.chmod(0o644)
    file.write_bytes(data)


def test_a_damaged_or_missing_archive_is_named_with_its_first_fact(store: Store) -> None:
    archive(store)
    [file] = files(store.path)
    whole = file.read_bytes()
    end = len(whole)
    for at, seq in ((end - 60 - 100, 2 * BLOCK + 1), (0, 1), (end // 2, BLOCK + 1), (end - 40, 1)):
        damage(file, at)
        broken = verify(store.path).broken
        assert broken is not None
        assert broken.seq == seq, at
        assert file.name in broken.what
        with pytest.raises(StoreUnavailable, match="damaged"):
            store.reader.facts_after(seq - 1, 1)
        file.write_bytes(whole)
    file.unlink()
    broken = verify(store.path).broken
    assert broken is not None
    assert (broken.seq, "No such file" in broken.what) == (1, True)
    assert len(store.reader.facts_after(3 * BLOCK, 100)) == 10  # what is live is still there


def test_a_whole_archive_of_other_facts_is_not_read_as_ours(store: Store, tmp_path: Path) -> None:
    """Each file is sound in itself: only what was sealed says which one it is."""
    archive(store)
    [file] = files(store.path)
    with Store.open(tmp_path / "other.db", "e1", ManualClock(plant=NOW + 1)) as other:
        asyncio.run(fill(other, 3 * BLOCK + 10))
        archive(other)
        [wrong] = files(other.path)
    file.chmod(0o644)
    file.write_bytes(wrong.read_bytes())
    with pytest.raises(StoreUnavailable, match="holds other facts than it should"):
        store.reader.facts_after(0, 1)
    broken = verify(store.path).broken
    assert broken is not None
    assert (broken.seq, "holds other facts" in broken.what) == (1, True)


def test_a_fact_that_was_changed_inside_an_archive_is_named(store: Store) -> None:
    archive(store)
    [file] = files(store.path)
    archived = ArchiveFile(file)
    start = archived._offsets[1]
    damage(file, start + 32 + 4 * 7)  # the check of the eighth fact of the second block
    broken = verify(store.path).broken
    assert broken is not None
    assert (broken.seq, broken.what) == (BLOCK + 8, fact_rows.NOT_ITS_HASH)


def test_a_fact_that_is_not_what_was_recorded_does_not_go(store: Store) -> None:
    with sqlite3.connect(store.path) as conn:
        conn.execute("DROP TRIGGER facts_never_change")
        conn.execute("UPDATE facts SET hash = x'00' WHERE seq = 300")
    conn.close()
    with pytest.raises(NotArchived, match="fact 300"):
        archive(store)
    assert files(store.path) == []
    assert live(store.path) == 3 * BLOCK + 10


@settings(max_examples=4, deadline=None)
@given(points=st.lists(st.integers(0, 6 * BLOCK), max_size=4), size=st.integers(1, 6 * BLOCK))
def test_facts_archived_at_any_points_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, points: list[int], size: int
) -> None:
    path = tmp_path_factory.mktemp("store") / "edge.db"
    with Store.open(path, "e1", ManualClock(plant=NOW)) as store:
        asyncio.run(fill(store, size))
        facts = every(store)
        for point in points:
            archive(store, replace(ALL, acknowledged=point))
            assert every(store) == facts
        for seq in (*points, size // 2):
            assert list(store.reader.facts_after(seq, 300)) == facts[seq : seq + 300]
    assert verify(path).broken is None


def test_a_backup_takes_the_archives_along_and_a_restore_brings_them_back(
    store: Store, tmp_path: Path
) -> None:
    facts = every(store)
    archive(store)
    path, copy = store.path, tmp_path / "usb" / "copy.sqlite"
    copy.parent.mkdir()
    snapshot = tmp_path / "snapshot.sqlite"
    backup(path, copy, archives=True)
    backup(path, snapshot)  # on this machine: it finds them where they are
    store.close()
    assert verify(snapshot).broken is None
    elsewhere = tmp_path / "elsewhere"
    path.parent.joinpath("edge.db.archive").rename(tmp_path / "lost")
    assert verify(copy).broken is None
    broken = verify(snapshot).broken
    assert broken is not None
    assert broken.seq == 1
    elsewhere.mkdir()
    for target in (path, elsewhere / "edge.db"):
        restore(target, copy, "e1", reason="asked", now=NOW, salvage=False)
        with Store.open(target, "e1", ManualClock(plant=NOW)) as again:
            assert every(again) == facts
        assert verify(target, projections=False).whole
    assert len(files(elsewhere / "edge.db")) == 1


def test_a_snapshot_of_before_an_archive_goes_on_with_its_file(
    store: Store, tmp_path: Path
) -> None:
    facts, snapshot = every(store), tmp_path / "snapshot.sqlite"
    backup(store.path, snapshot)
    archive(store)
    [file] = files(store.path)
    path = store.path
    store.close()
    restore(path, snapshot, "e1", reason="asked", now=NOW, salvage=False)
    with Store.open(path, "e1", ManualClock(plant=NOW)) as again:
        assert (live(path), every(again)) == (len(facts), facts)
        assert archive(again).facts == 3 * BLOCK
        assert files(path) == [file]
        assert every(again) == facts
