"""A boundary moved away and back takes no piece from a job that got it by another word."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import HOUR, NOTE, count, done, tables
from tests.integration.restating.two_jobs import (
    AB,
    BOUNDARY,
    STAND_STILL,
    A,
    B,
    made,
    move,
    sums,
    two_jobs,
)

GAP = 20  # minutes without a job, in which 40 pieces were made


async def give(client: httpx.AsyncClient, key: str, job: str | None, **said: Any) -> None:
    body = {"note": NOTE, "job_order_id": job, "hour": SIX + HOUR, **said}
    await done(client, "/work-centers/L1/assignments", key, **body)


@pytest.mark.parametrize("job", [A, B])
async def test_what_a_person_gave_to_a_job_stays_there(tmp_path: Path, job: str) -> None:
    async with two_jobs(tmp_path, gap=GAP) as (here, client):
        await give(client, "hand", job)
        before, had = made(here), tables(tmp_path / "edge.sqlite", "hour_bucket")
        assert (await move(client, "away", SIX + 65 * MINUTE)).status_code == 201
        # 30 pieces of A's are B's by the boundary.
        assert {one: before[one][0] - made(here)[one][0] for one in AB} == {A: 30, B: -30}
        assert (await move(client, "start", BOUNDARY + GAP * MINUTE, [None, B])).status_code == 201
        assert (await move(client, "end", BOUNDARY, [A, None])).status_code == 201
        assert (made(here), tables(tmp_path / "edge.sqlite", "hour_bucket")) == (before, had)
        for fact in here.store.reader.facts_after(0, 1000):
            if fact.kind == "correction":
                check(fact.data)
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_what_a_person_took_back_goes_with_the_next_boundary(tmp_path: Path) -> None:
    async with two_jobs(tmp_path, gap=GAP) as (here, client):
        before = made(here)
        await give(client, "hand", B, quantity=10)
        await give(client, "back", None, taken_from=B)
        assert made(here) == before
        assert (await move(client, "m", BOUNDARY, [None, B])).status_code == 201
        assert made(here)[B][0] == before[B][0] + 40


async def test_what_another_boundary_gave_is_not_nobodys_again(tmp_path: Path) -> None:
    """A began earlier than was said; where it ended is said twice more, and is as recorded then."""
    async with two_jobs(tmp_path) as (here, client):
        early = count(400, 30, None, SIX - 30 * MINUTE, SIX)
        await here.record(early)
        assert (await move(client, "a", SIX - 30 * MINUTE, [None, A])).status_code == 201
        known, had = made(here), tables(tmp_path / "edge.sqlite", *STAND_STILL)
        assert known[A][0] == 156 + 30
        assert (await move(client, "b", SIX - 10 * MINUTE)).status_code == 201
        assert (await move(client, "c", BOUNDARY)).status_code == 201
        assert (made(here), tables(tmp_path / "edge.sqlite", *STAND_STILL)) == (known, had)
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_pieces_of_before_the_job_are_not_its_own_where_its_end_is_moved(
    tmp_path: Path,
) -> None:
    """A count that began before A did, and that nobody has: only what is behind the cut is B's."""
    async with two_jobs(tmp_path) as (here, client):
        await here.record(count(400, 10, None, SIX - 6 * MINUTE, SIX + 4 * MINUTE))
        before = sums(here)
        assert (await move(client, "a", SIX + 3 * MINUTE)).status_code == 201
        assert sums(here) == before
        rows = here.store.reader.hour_quantities("L1", 0, 2**62)
        assert sum(row.good for row in rows if row.job_order_id == "") == 9


word = st.tuples(st.sampled_from([A, B, None]), st.integers(1, 20))
step = st.one_of(st.integers(1, 170), word)


@given(st.lists(step, min_size=1, max_size=6))
@settings(max_examples=10, deadline=None)
def test_hands_and_boundaries_in_any_order(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_any_order(Path(folder), steps))


async def _any_order(folder: Path, steps: list[Any]) -> None:
    async with two_jobs(folder, gap=GAP) as (here, client):
        before, by_hand = sums(here), {A: 0, B: 0}
        for n, said in enumerate(steps):
            if isinstance(said, int):
                await move(client, f"k{n}", SIX + said * MINUTE)
            else:
                by_hand = await _given(here, client, f"k{n}", by_hand, *said)
            assert sums(here) == before
            assert assigned(here) == by_hand
        had = tables(folder / "edge.sqlite", *STAND_STILL)
        await here.store.rebuild()
        assert tables(folder / "edge.sqlite", *STAND_STILL) == had


async def _given(
    here: Site, client: httpx.AsyncClient, key: str, had: dict[str, int], job: str | None, many: int
) -> dict[str, int]:
    """Pieces of the gap are given to a job, or back to nobody: who has them by hand then."""
    if job is None:
        for one in AB:
            body = {"note": NOTE, "job_order_id": None, "hour": SIX + HOUR, "taken_from": one}
            await client.post(
                "/api/v1/work-centers/L1/assignments",
                json={"actor": "ann", **body},
                headers={"Idempotency-Key": f"{key}{one}"},
            )
        return {A: 0, B: 0}
    body = {"note": NOTE, "job_order_id": job, "hour": SIX + HOUR, "quantity": many}
    answer = await client.post(
        "/api/v1/work-centers/L1/assignments",
        json={"actor": "ann", **body},
        headers={"Idempotency-Key": key},
    )
    return {**had, job: had[job] + many} if answer.status_code == 201 else had


def assigned(here: Site) -> dict[str, int]:
    """Pieces that each job has by a person's word, as the counts now stand."""
    found = {A: 0, B: 0}
    for stored in here.store.reader.facts_after(0, 1000):
        if stored.kind != "production_count":
            continue
        known = here.store.reader.corrected(stored.seq)
        assert known is not None
        for one in known.stands:
            if "assigned" in one.body["flags"]:
                found[str(one.job_order_id)] += int(one.body["quantity"])
    return found
