"""Many tasks, several event loops and readers at once: one chain, every piece once."""

import asyncio
from pathlib import Path

from edge.domain.clock import SystemClock
from edge.domain.recording import (
    Baseline,
    BaselineConflict,
    ExpectedVersion,
    Recording,
    VersionConflict,
)
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage.samples import baseline, counted, first, job_event

TASKS, PIECES = 100, 20


async def count_on(store: Store, tag: str) -> None:
    await store.record(first(tag=tag))
    was = baseline(0, tag=tag)
    for step in range(PIECES):
        recording = counted(was, 1, at=step)
        await store.record(recording)
        was = recording.baselines[0].new


async def test_many_counters_at_once(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", SystemClock()) as store:
        await asyncio.gather(*(count_on(store, f"tag{number}") for number in range(TASKS)))
        assert store.reader.chain_end().seq == TASKS * (PIECES + 1)
        assert {held.raw for held in store.reader.baselines()} == {PIECES}
        assert verify(store.path).whole


async def take_until_done(store: Store, goal: int) -> int:
    """Count one counter up with others at it, each retrying on a conflict; pieces made."""
    made = 0
    while True:
        (was,) = store.reader.baselines()
        if was.raw >= goal:
            return made
        try:
            await store.record(counted(was, 1))
        except BaselineConflict:
            continue
        made += 1


async def test_who_races_for_a_counter_never_counts_a_piece_twice(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", SystemClock()) as store:
        await store.record(first())
        other_loop = asyncio.to_thread(asyncio.run, take_until_done(store, 100))
        here = [take_until_done(store, 100) for _ in range(5)]
        made = await asyncio.gather(other_loop, *here)
        assert sum(made) == 100
        (was,) = store.reader.baselines()
        assert was == Baseline(equipment_id="L1", tag="good", counter_epoch=1, raw=100, at=0)
        assert store.reader.chain_end().seq == 101


async def test_of_those_who_rest_on_one_version_one_wins(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", SystemClock()) as store:
        recording = Recording(
            drafts=(job_event("started", 1),),
            versions=(ExpectedVersion(job_order_id="WO1.10", version=0),),
        )
        group = (store.record(recording) for _ in range(20))
        done = await asyncio.gather(*group, return_exceptions=True)
        assert sum(isinstance(one, VersionConflict) for one in done) == 19
        assert store.reader.chain_end().seq == 1
