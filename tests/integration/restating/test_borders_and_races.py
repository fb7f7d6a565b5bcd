"""Boundaries over midnight, shifts and clock changes; and what happens while one is moved."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.domain.recording import Recorded, Recording, StoreUnavailable
from edge.storage.archives.moving import Wanted
from edge.storage.store import Store
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import api
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import act, at_time, changed, count, done, state, tables
from tests.integration.restating.two_jobs import BOUNDARY, A, B, made, move, sums, two_jobs

# From the afternoon of 24 October over midnight and the hour that comes twice to the next morning.
EVENING = parse_time("2026-10-24T22:00:00+02:00")
BEGIN, CHANGE = parse_time("2026-10-23T13:20:00+02:00"), EVENING + 4 * 60 * MINUTE
STEP = 10 * MINUTE


async def a_night(here: Site, client: httpx.AsyncClient, start: int, minutes: int) -> int:
    """A for half of the time, then B; 4 pieces each ten minutes. Returns the boundary."""
    middle = start + minutes // 20 * STEP
    await changed(here, client, A, "start", start)
    drafts = [state(6, "APT_OUTSIDE", A, start), state(6, "APT_OUTSIDE", B, middle)]
    for n in range(minutes // 10):
        at = start + n * STEP
        drafts.append(count(4 * n, 4, A if at < middle else B, at, at + STEP))
    await here.record(
        *(one for one in drafts if one.occurred_at <= middle and one.job_order_id == A)
    )
    await changed(here, client, A, "complete", middle)
    await changed(here, client, B, "start", middle)
    await here.record(*(one for one in drafts if one.job_order_id == B))
    at_time(here, start + minutes * MINUTE)
    return middle


@pytest.mark.parametrize("start", [EVENING, BEGIN], ids=["clock change", "end of shift"])
async def test_no_piece_changes_its_hour_shift_or_day(tmp_path: Path, start: int) -> None:
    async with site(tmp_path) as here, api(here) as client:
        middle = await a_night(here, client, start, 600)
        before, recorded = sums(here), tables(tmp_path / "edge.sqlite", "hour_bucket")
        key = {(row.hour, row.shift, row.production_day) for row in _rows(here)}
        for n, minutes in enumerate((-265, 215, 5, 90)):
            answer = await move(client, f"k{n}", middle + minutes * MINUTE)
            assert answer.status_code == 201, answer.text
            assert sums(here) == before
            assert {(row.hour, row.shift, row.production_day) for row in _rows(here)} == key
            good_a = made(here)[A][0]
            assert good_a == 4 * 30 + round(minutes * 4 / 10)
        assert (await move(client, "back", middle)).status_code == 201
        assert tables(tmp_path / "edge.sqlite", "hour_bucket") == recorded
    assert projected_soundly(tmp_path / "edge.sqlite")


def _rows(here: Site) -> Sequence[Any]:
    return here.store.reader.hour_quantities("L1", 0, 2**62)


async def test_counts_and_people_go_on_while_a_boundary_is_moved(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        now = here.clock.now()

        async def counting() -> None:
            for n in range(20):
                await here.record(count(360 + n, 1, B, now, now))

        moves = (move(client, f"m{n}", BOUNDARY + n * MINUTE) for n in (-20, 20, -5, 7))
        scrap = act(client, f"/job-orders/{B}/scrap", "s", quantity=2, reason="burr")
        answers = await asyncio.gather(counting(), scrap, *moves)
        assert {answer.status_code for answer in answers if answer is not None} == {201}
        good = sum(pieces for pieces, _ in made(here).values())
        scrapped = sum(pieces for _, pieces in made(here).values())
        assert (good + scrapped, scrapped) == (380, 12)
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_one_of_two_who_look_at_the_same_version_moves_it(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        version = here.floor.job(B).version
        answers = await asyncio.gather(
            *(move(client, f"v{n}", BOUNDARY - n * MINUTE, version=version) for n in (5, 10, 15))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_state_that_changes_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_jobs(tmp_path) as (here, client):
        record, late = Store.record, [state(2, "ADET", B, SIX + 179 * MINUTE, 9)]

        async def first_a_state(store: Store, recording: Recording) -> Recorded:
            if late and recording.request:
                await record(store, Recording(drafts=(late.pop(),)))
            return await record(store, recording)

        monkeypatch.setattr(Store, "record", first_a_state)
        answer = await move(client, "k", SIX + 170 * MINUTE)
        assert (answer.status_code, late) == (201, [])
        rows = here.store.reader.state_intervals("L1", SIX + 150 * MINUTE, 2**62)
        assert [((one.start - SIX) // MINUTE, one.job_order_id) for one in rows] == [
            (122, A),
            (170, B),
            (179, B),
        ]
        assert [one.end for one in rows] == [rows[1].start, rows[2].start, None]
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_a_store_that_fails_keeps_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_jobs(tmp_path) as (_, client):
        before = tables(tmp_path / "edge.sqlite")

        async def full(_store: Store, _recording: Recording) -> Recorded:
            raise StoreUnavailable("the disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(Store, "record", full)
            assert (await move(client, "k", BOUNDARY - MINUTE)).status_code == 503
        assert tables(tmp_path / "edge.sqlite") == before
        assert (await move(client, "k", BOUNDARY - MINUTE)).status_code == 201


async def test_a_count_that_went_with_a_boundary_is_corrected_and_goes_back(
    tmp_path: Path,
) -> None:
    async with two_jobs(tmp_path) as (here, client):
        await done(
            client, "/work-centers/L1/boundaries", "a", note="late", between=[A, B],
            at=BOUNDARY + 33 * MINUTE,
        )  # fmt: skip
        facts = [
            one for one in here.store.reader.facts_after(0, 999) if one.kind == "production_count"
        ]
        moved, cut = facts[17].seq, facts[22].seq
        fact = (await client.get(f"/api/v1/facts/{moved}")).json()
        assert fact["now"] == {"quantity": 10, "job_order_id": A}
        said = {"note": "one was a test piece", "changes": {"quantity": 9}}
        assert (await act(client, f"/facts/{moved}/corrections", "b", **said)).status_code == 201
        refused = await act(client, f"/facts/{cut}/corrections", "c", **said)
        assert (refused.status_code, "is divided" in refused.text) == (422, True)
        # With the 66 pieces go 5 of the 6 that were scrap of that hour.
        assert made(here)[A] == (156 + 66 - 5 - 1, 4 + 5)
        assert (await move(client, "d", BOUNDARY)).status_code == 201
        fact = (await client.get(f"/api/v1/facts/{moved}")).json()
        assert fact["now"] == {"quantity": 9, "job_order_id": B}
        assert made(here) == {A: (156, 4), B: (193, 6)}
    assert projected_soundly(tmp_path / "edge.sqlite")


nights = st.lists(st.integers(-280, 280), min_size=1, max_size=4)


@given(nights)
@settings(max_examples=6, deadline=None)
def test_any_moves_in_the_night_of_the_clock_change(minutes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(_night(Path(name), minutes))


async def _night(folder: Path, minutes: list[int]) -> None:
    async with site(folder) as here, api(here) as client:
        middle = await a_night(here, client, EVENING, 600)
        before = sums(here)
        for n, at in enumerate(minutes):
            answer = await move(client, f"k{n}", middle + at * MINUTE)
            assert answer.status_code in {201, 422}
            assert sums(here) == before
        rows = here.store.reader.state_intervals("L1", 0, 2**62)
        # Two jobs, and what may lie between them: together all the time since the evening.
        assert len(rows) in {2, 3}
        starts = [one.start for one in rows]
        assert starts == sorted(set(starts))
        assert [EVENING, *(one.end for one in rows)] == [*starts, None]


async def test_a_boundary_is_moved_over_facts_that_lie_in_an_archive(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        assert (await move(client, "a", BOUNDARY - 30 * MINUTE)).status_code == 201
        filling = [count(360 + n, 1, B, here.clock.now(), here.clock.now()) for n in range(1500)]
        await here.record(*filling)
        moved = await here.store.archivist.run(Wanted(before=1 << 60, acknowledged=None))
        assert moved.facts > 100
        assert (await move(client, "b", BOUNDARY + 20 * MINUTE)).status_code == 201
        assert made(here) == {A: (193, 7), B: (157 + 1500, 3)}
        items = (await client.get(f"/api/v1/job-orders/{A}/history")).json()["items"]
        assert items[-1]["stands"] == {"good": 193, "scrap": 7, "rework": 0}
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_what_people_reported_of_an_hour_goes_whole(tmp_path: Path) -> None:
    """A report has a moment and no span: it lies where it ends, and is never divided."""
    async with site(tmp_path) as here, api(here) as client:
        by_hand = replace(here.floor.work_centers["L1"], manual=True, device=None)
        here.floor.work_centers = {**here.floor.work_centers, "L1": by_hand}
        await changed(here, client, A, "start", SIX)
        at_time(here, SIX + 60 * MINUTE)
        said: dict[str, Any] = {"hour": SIX, "good": 40, "scrap": 2}
        await done(client, f"/job-orders/{A}/quantities", "a", **said)
        await changed(here, client, A, "complete", SIX + 60 * MINUTE)
        await changed(here, client, B, "start", SIX + 60 * MINUTE)
        at_time(here, SIX + 120 * MINUTE)
        said = {"hour": SIX + 60 * MINUTE, "good": 30, "scrap": 0}
        await done(client, f"/job-orders/{B}/quantities", "b", **said)
        before = sums(here)
        assert (await move(client, "c", SIX + 90 * MINUTE)).status_code == 201
        assert made(here) == {A: (40, 2), B: (30, 0)}
        assert (await move(client, "d", SIX + 30 * MINUTE)).status_code == 201
        assert made(here) == {A: (0, 0), B: (70, 2)}
        assert (await move(client, "e", SIX + 60 * MINUTE)).status_code == 201
        assert made(here) == {A: (40, 2), B: (30, 0)}
        assert sums(here) == before
