"""A boundary is moved again and again: only where it is now counts, here, in sync, rebuilt."""

import asyncio
import contextlib
import sqlite3
import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.storage.store import Store
from erp_sync.inbox import chain, intake
from erp_sync.storage.engine import Store as SyncStore
from tests.contract.sync.site import config_at
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.restating.moved import (
    NOTE,
    done,
    state,
    tables,
)
from tests.integration.restating.two_jobs import (
    AB,
    BOUNDARY,
    STAND_STILL,
    B,
    move,
    sums,
    two_jobs,
)


async def test_to_a_to_b_and_back_to_a_is_the_same_as_to_a(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first, second = BOUNDARY - 33 * MINUTE, BOUNDARY + 47 * MINUTE
    async with two_jobs(tmp_path / "one") as (_, client):
        assert (await move(client, "a", first)).status_code == 201
    async with two_jobs(tmp_path / "two") as (_, client):
        for key, at in (("a", first), ("b", second), ("c", first)):
            assert (await move(client, key, at)).status_code == 201
    ones, twos = (tables(tmp_path / name / "edge.sqlite", *STAND_STILL) for name in ("one", "two"))
    assert ones == twos


async def test_back_to_where_it_was_recorded_all_is_as_recorded(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (_, client):
        before = tables(tmp_path / "edge.sqlite", *STAND_STILL)
        await done(
            client,
            "/work-centers/L1/boundaries",
            "a",
            note=NOTE,
            between=AB,
            at=BOUNDARY + 33 * MINUTE,
        )
        assert tables(tmp_path / "edge.sqlite", *STAND_STILL) != before
        assert (await move(client, "b", BOUNDARY)).status_code == 201
        assert tables(tmp_path / "edge.sqlite", *STAND_STILL) == before


moves = st.lists(st.integers(1, 170), min_size=1, max_size=5)


@given(moves, st.sampled_from([0, 20]))
@settings(max_examples=12, deadline=None)
def test_any_moves_keep_the_pieces_and_only_the_last_one_counts(at: list[int], gap: int) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        asyncio.run(_same(Path(one), Path(two), at, gap))


async def _same(one: Path, two: Path, minutes: list[int], gap: int) -> None:
    async with two_jobs(one, gap=gap) as (here, client):
        before = sums(here)
        for n, minute in enumerate(minutes):
            answer = await move(client, f"k{n}", SIX + minute * MINUTE)
            assert answer.status_code in {201, 422}, answer.text
            assert sums(here) == before
        again = tables(one / "edge.sqlite", *STAND_STILL)
        await here.store.rebuild()
        assert tables(one / "edge.sqlite", *STAND_STILL) == again
    async with two_jobs(two, gap=gap) as (here, client):
        await move(client, "only", SIX + minutes[-1] * MINUTE)
    assert tables(two / "edge.sqlite", *STAND_STILL) == again


@pytest.mark.parametrize("batch", [1, 7, 500])
async def test_sync_and_a_restored_store_say_the_same(tmp_path: Path, batch: int) -> None:
    async with two_jobs(tmp_path, gap=20) as (here, client):
        for n, minute in enumerate((55, 175, 83, 171)):
            assert (await move(client, f"k{n}", SIX + minute * MINUTE)).status_code == 201
        await here.record(state(2, "ADET", B, SIX + 179 * MINUTE, 9))
        facts = [fact.data for fact in here.store.reader.facts_after(0, 1000)]
        with Store.open(tmp_path / "again.sqlite", "e1", here.clock) as restored:
            await restored.adopt(2, facts)
    sync = SyncStore(config_at(tmp_path).store_url)
    for first in range(0, len(facts), batch):
        arrivals = chain.read("e1", facts[first : first + batch])
        take = partial(intake.take_in, edge_id="e1", epoch=1, arrivals=arrivals, watermark=None)
        await sync.write(partial(take, zone=ZoneInfo("Europe/Berlin"), now=SIX))
    sync.close()
    for name, columns in SHARED.items():
        rows = [shared(tmp_path / file, name, columns) for file in FILES]
        assert rows[0] == rows[1] == rows[2], name


FILES = ("edge.sqlite", "again.sqlite", "sync.sqlite")

SHARED = {
    "hour_bucket": "hour, job_order_id, run_time_per_item, shift, good, scrap, rework",
    "job_progress": "job_order_id, good, scrap, rework, started_at, ended_at, state",
    "state_interval": 'opened, start, "end", state, time_class, job_order_id, shift',
    "stop": 'id, start, "end", fault, job_order_id',
}


def shared(path: Path, name: str, columns: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = db.execute(f"SELECT {columns} FROM {name}").fetchall()
    return sorted((row for row in rows if name != "hour_bucket" or any(row[-3:])), key=repr)
