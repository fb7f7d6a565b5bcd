"""A backup is put back: the store takes back what it lacks and counts nothing twice."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from edge.domain.chain import ChainConflict
from edge.domain.clock import ManualClock
from edge.domain.facts import FactKind, decode, encode
from edge.domain.recording import BaselineConflict, Recording
from edge.storage.backup import backup
from edge.storage.errors import StoreUnusable
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage.samples import baseline, count, counted, draft, first, job_event, state

CLOCK = ManualClock(plant=50)
EVERYTHING = 1_000_000


async def fill(store: Store, backup_to: Path) -> list[bytes]:
    """Record, back up in the middle, record on; the bytes of what the backup lacks."""
    await store.record(first())
    await store.record(counted(baseline(0), 5))
    await store.record(Recording(drafts=(state("APT", at=1), job_event("created", 1))))
    await asyncio.to_thread(backup, store.path, backup_to)
    await store.record(counted(baseline(5), 7))
    await store.record(first(40, tag="scrap"))
    reset = {"tag": "good", "counter_epoch": 2, "raw": 0, "reason": "reset"}
    await store.record(
        Recording(drafts=(state("ADET", at=2), draft(FactKind.COUNTER_BASELINE, reset)))
    )
    return [fact.data for fact in store.reader.facts_after(4, EVERYTHING)]


async def test_a_restored_store_is_as_if_nothing_had_happened(tmp_path: Path) -> None:
    copy = tmp_path / "restored" / "edge.db"
    copy.parent.mkdir()
    with Store.open(tmp_path / "edge.db", "e1", CLOCK) as lost:
        missing = await fill(lost, copy)
        whole = [fact.data for fact in lost.reader.facts_after(0, EVERYTHING)]
    with Store.open(copy, "e1", CLOCK) as store:
        assert store.reader.chain_end().seq == 4
        with store.subscribe() as facts:
            await store.adopt(2, missing)
            assert await anext(facts) == 8
        assert [fact.data for fact in store.reader.facts_after(0, EVERYTHING)] == whole
        assert (store.reader.chain_end().epoch, store.reader.chain_end().seq) == (2, 8)
        held = {one.tag: one for one in store.reader.baselines()}
        assert held["scrap"] == baseline(40, tag="scrap")
        assert held["good"] == replace(baseline(0), counter_epoch=2)
        with pytest.raises(BaselineConflict):  # the pieces that were taken back
            await store.record(counted(baseline(5), 7))
        recorded = await store.record(Recording(drafts=(state("APT", at=3), count(0, 1))))
        assert [(fact.epoch, fact.seq) for fact in recorded.facts] == [(2, 9), (2, 10)]
        spans = [(one.start, one.end) for one in store.reader.state_intervals("L1", 0, 9)]
        assert spans == [(1, 2), (2, 3), (3, None)]
    assert verify(copy).broken is None


async def test_a_new_store_can_be_filled_from_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", CLOCK) as lost:
        await fill(lost, tmp_path / "copy.db")
        whole = [fact.data for fact in lost.reader.facts_after(0, EVERYTHING)]
    with Store.open(tmp_path / "new.db", "e1", CLOCK) as store:
        await store.adopt(2, whole[:3])
        await store.adopt(2, whole[3:])
        await store.adopt(3, [])
        assert store.reader.chain_end().epoch == 3
    assert verify(tmp_path / "new.db").whole


async def test_facts_that_do_not_follow_are_refused_as_a_whole(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with Store.open(tmp_path / "edge.db", "e1", CLOCK) as lost:
        missing = await fill(lost, copy)
    last = decode(missing[-1])
    wrong = {
        "seq": missing[1:],
        "prev_hash": [*missing[:-1], encode(replace(last, prev_hash="0" * 64))],
        "edge_id": [encode(replace(decode(missing[0]), edge_id="e2"))],
        "not a fact": [*missing[:2], b"{}"],
        "format 9": [encode(replace(decode(missing[0]), v=9))],
    }
    with Store.open(copy, "e1", CLOCK) as store:
        before = store.reader.chain_end()
        for what, facts in wrong.items():
            with pytest.raises(ChainConflict, match=what):
                await store.adopt(2, facts)
        with pytest.raises(ChainConflict, match="epoch 0"):
            await store.adopt(0, missing)
        assert store.reader.chain_end() == before
        assert list(store.reader.baselines()) == [baseline(5)]
    assert verify(copy).whole


async def test_a_backup_is_whole_and_never_overwrites(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", CLOCK) as store:
        await fill(store, tmp_path / "copy.db")
        with pytest.raises(StoreUnusable, match="there already"):
            backup(store.path, tmp_path / "copy.db")
        with pytest.raises(StoreUnusable, match="no such file"):
            backup(tmp_path / "none.db", tmp_path / "b.db")
        with pytest.raises(StoreUnusable):
            backup(store.path, tmp_path / "no" / "such" / "folder.db")
        with pytest.raises(StoreUnusable, match="too long"):
            backup(store.path, tmp_path / f"{'x' * 300}.db")
    assert verify(tmp_path / "copy.db").facts == 4
    assert not list(tmp_path.glob("*.part*"))
