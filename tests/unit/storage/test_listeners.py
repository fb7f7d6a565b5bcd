"""Rooms learn of new facts, at their own pace."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.domain.clock import ManualClock
from edge.domain.recording import Baseline, BaselineConflict, BaselineMove, Recording
from edge.storage.store import Store
from tests.unit.storage.samples import count, counted


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "edge.db", "e1", ManualClock()) as store:
        yield store


async def test_a_listener_that_was_away_gets_the_last_seq_once(store: Store) -> None:
    with store.subscribe() as facts:
        for raw in range(3):
            await store.record(Recording(drafts=(count(raw, 1),)))
        assert await anext(facts) == 3
        waiting = asyncio.ensure_future(anext(facts))
        await store.record(Recording(drafts=(count(3, 1), count(4, 1))))
        assert await waiting == 5


async def test_a_listener_may_begin_where_it_was(store: Store) -> None:
    await store.record(Recording(drafts=(count(0, 1), count(1, 1))))
    with store.subscribe(after=1) as behind, store.subscribe() as here:
        assert await anext(behind) == 2
        waiting = asyncio.ensure_future(anext(here))
        await store.record(Recording(drafts=(count(2, 1),)))
        assert await waiting == 3


async def test_what_brings_no_fact_is_not_announced(store: Store) -> None:
    seen = Baseline(equipment_id="L1", tag="good", counter_epoch=1, raw=0, at=0)
    with store.subscribe() as facts:
        waiting = asyncio.ensure_future(anext(facts))
        await store.record(Recording(baselines=(BaselineMove(expected=None, new=seen),)))
        with pytest.raises(BaselineConflict):
            await store.record(counted(Baseline(**{**vars(seen), "raw": 9}), 1))
        assert not waiting.done()
        await store.record(counted(seen, 1))
        assert await waiting == 1


async def test_listening_ends_with_the_store(tmp_path: Path) -> None:
    seen: list[int] = []
    with Store.open(tmp_path / "other.db", "e1", ManualClock()) as store:
        subscription = store.subscribe()

        async def listen() -> None:
            seen.extend([seq async for seq in subscription])

        listening = asyncio.ensure_future(listen())
        await store.record(Recording(drafts=(count(0, 1),)))
    await listening
    assert seen == [1]


async def test_a_listener_whose_loop_has_ended_holds_nobody_up(store: Store) -> None:
    async def listen_and_leave() -> None:
        store.subscribe()

    await asyncio.to_thread(asyncio.run, listen_and_leave())
    assert (await store.record(Recording(drafts=(count(0, 1),)))).last_seq == 1
