"""A full disk: nothing acknowledged is lost, and recording goes on when there is space."""

import asyncio
import json
import sqlite3
import threading
from pathlib import Path

from edge.domain.clock import ManualClock
from edge.domain.recording import Recorded, Recording, StoreUnavailable
from edge.storage.chain import Tail
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.integration.storage.processes import start
from tests.unit.storage.samples import baseline, count, counted, first, state


async def allow_pages(store: Store, pages: int) -> None:
    """Let the database have `pages` more pages, as a disk has them."""

    def limit(conn: sqlite3.Connection, tail: Tail) -> tuple[Tail, None]:
        (used,) = conn.execute("PRAGMA page_count").fetchone()
        conn.execute(f"PRAGMA max_page_count = {used + pages}")
        return tail, None

    await store._writer.submit(limit, 1)


async def in_one_group(store: Store, group: list[Recording]) -> list[Recorded | BaseException]:
    """What comes of recordings that all wait when the writer takes the next group."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection, tail: Tail) -> tuple[Tail, None]:
        begun.set()
        go_on.wait(60)
        return tail, None

    holding = asyncio.ensure_future(store._writer.submit(hold, 1))
    await asyncio.to_thread(begun.wait, 60)
    tasks = [asyncio.ensure_future(store.record(one)) for one in group]
    await asyncio.sleep(0)  # each has handed its work in
    assert store._writer._queue.qsize() == len(group)
    go_on.set()
    await holding
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_full_database_refuses_whole_groups_and_recovers(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", ManualClock(plant=7)) as store:
        await store.record(first())
        await store.record(Recording(drafts=(state("APT", at=1),)))
        await allow_pages(store, 3)
        group = [Recording(drafts=tuple(count(raw, 1) for raw in range(n))) for n in (1, 400, 1)]
        group.append(counted(baseline(0), 5))
        group.append(Recording(drafts=(state("ADET", at=2),)))
        done = await in_one_group(store, group)
        assert all(isinstance(one, StoreUnavailable) for one in done), done
        assert "full" in str(done[0])
        assert store.reader.chain_end().seq == 2
        assert list(store.reader.baselines()) == [baseline(0)]

        small = await store.record(counted(baseline(0), 5))  # what fits is still taken
        assert small.last_seq == 3
        await allow_pages(store, 1000)
        again = await asyncio.gather(*map(store.record, group[:3]))
        assert [one.last_seq for one in again if isinstance(one, Recorded)] == [4, 404, 405]
        await store.record(group[4])
        starts = [(one.start, one.end) for one in store.reader.state_intervals("L1", 0, 9)]
        assert starts == [(1, 2), (2, None)]
        assert verify(store.path).broken is None


def test_a_file_that_cannot_grow_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    with start("filler", str(path)) as child:
        out, _ = child.communicate()
    assert child.returncode == 0
    said = json.loads(out)
    assert said["refused"] >= 3
    assert said["raw"] > 4_000
    result = verify(path)
    assert result.whole, result
    assert result.facts == said["seq"]
    with Store.open(path, "e1", ManualClock()) as store:
        (held,) = store.reader.baselines()
        assert held.raw == said["raw"]
        assert sum(b.good for b in store.reader.hour_quantities("L1", 0, 1)) == said["raw"]
