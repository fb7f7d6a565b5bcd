"""A job's boundary is moved later, again and again; pieces go to the other job, none is lost."""

import asyncio
import contextlib
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.changes import Add
from edge.execution.errors import NotAllowed
from edge.execution.restating.sums import check_pieces
from edge.storage.store import Store
from erp_sync.inbox import chain, intake
from erp_sync.storage.engine import Store as SyncStore
from tests.contract.fact_schema import check
from tests.contract.sync.site import config_at
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import api
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import (
    API,
    HOUR,
    NOTE,
    act,
    at_time,
    changed,
    count,
    done,
    scrapped,
    state,
    tables,
)
from tests.unit.execution.floor_parts import definition, order, schedule

A, B, C = "WO1.10", "WO2.10", "WO3.10"
AB = [A, B]
BOUNDARY = SIX + 80 * MINUTE  # 07:20
STAND_STILL = ("hour_bucket", "job_progress", "job_run", "state_interval", "stop", "usage")


@asynccontextmanager
async def two_jobs(folder: Path, *, gap: int = 0) -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    """A from 06:00 to 07:20, then B (after a gap of minutes), now it is 09:00; 10 pieces in
    each five minutes, and scrap: 4 of A in the hour of 06:00, 6 of B in that of 07:00."""
    documents = (definition(), schedule(1, *(order(f"WO{n}", n) for n in (1, 2, 3))))
    async with site(folder, documents=documents) as here, api(here) as client:
        at_time(here, SIX)
        await changed(here, client, A, "start", SIX)
        begun = BOUNDARY + gap * MINUTE
        await shown(here, gap)
        steps = [SIX + 5 * MINUTE * step for step in range(36)]
        counts = {
            at: count(10 * n, 10, _owner(at, begun), at, at + 5 * MINUTE)
            for n, at in enumerate(steps)
        }
        await here.record(*(one for at, one in counts.items() if at < BOUNDARY))
        await changed(here, client, A, "complete", BOUNDARY)
        await here.record(*(one for at, one in counts.items() if BOUNDARY <= at < begun))
        await changed(here, client, B, "start", begun)
        await here.record(*(one for at, one in counts.items() if begun <= at))
        at_time(here, SIX + 180 * MINUTE)
        await here.record(scrapped(4, A, SIX + 30 * MINUTE))
        await here.record(scrapped(6, B, SIX + 100 * MINUTE))
        yield here, client


def _owner(at: int, begun: int) -> str | None:
    return A if at < BOUNDARY else B if at >= begun else None


async def shown(here: Site, gap: int) -> None:
    """A: set-up, production, a jam from 07:00 to 07:05; B: set-up for five minutes, production,
    a stop from 08:00 to 08:02 that is still another fault, then production until now."""
    begun = BOUNDARY + gap * MINUTE
    at = [state(15, "ASUT", A, SIX), state(6, "APT", A, SIX + 5 * MINUTE)]
    at += [state(9, "ADET", A, SIX + HOUR, 101), state(6, "APT", A, SIX + 65 * MINUTE)]
    at += [state(17, "ADOT", None, BOUNDARY)] if gap else []
    at += [state(15, "ASUT", B, begun), state(6, "APT", B, begun + 5 * MINUTE)]
    at += [state(2, "ADET", B, SIX + 2 * HOUR, 7), state(6, "APT", B, SIX + 122 * MINUTE)]
    await here.record(*at)


async def move(
    client: httpx.AsyncClient, key: str, at: int, between: Sequence[str | None] = AB, **more: Any
) -> Any:
    body = {"note": NOTE, "between": list(between), "at": at, **more}
    return await act(client, "/work-centers/L1/boundaries", key, **body)


def made(here: Site) -> dict[str, tuple[int, int]]:
    here.floor.register.reload()
    jobs = here.floor.register.jobs
    return {id_: (jobs[id_].good, jobs[id_].scrap) for id_ in (A, B)}


def sums(here: Site) -> Counter[tuple[int, str]]:
    """Pieces of the work center by hour and role, whosever they are."""
    found: Counter[tuple[int, str]] = Counter()
    for row in here.store.reader.hour_quantities("L1", 0, 2**62):
        for role in ("good", "scrap", "rework"):
            found[row.hour, role] += getattr(row, role)
    return found


async def test_pieces_scrap_and_times_go_with_a_boundary(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        assert made(here) == {A: (156, 4), B: (194, 6)}
        before = sums(here)
        answer = await move(client, "k", BOUNDARY - 30 * MINUTE)  # 06:50
        assert answer.status_code == 201, answer.text
        # 60 pieces are B's, 20 of them of the hour of 06:00, in which A had scrap of 4 in 120.
        assert made(here) == {A: (97, 3), B: (253, 7)}
        assert sums(here) == before
        jobs = here.floor.register.jobs
        assert (jobs[A].ended_at, jobs[B].started_at) == (BOUNDARY - 30 * MINUTE,) * 2
        again = await move(client, "k", BOUNDARY - 30 * MINUTE)
        assert again.json() == answer.json()
        for fact in here.store.reader.facts_after(answer.json()["seq"] - 1, 100):
            check(fact.data)
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        six = {one["job_order_id"]: one["actual"] for one in board["hours"][0]["orders"]}
        assert {A: six[A], B: six[B]} == {A: 97, B: 19}
    assert projected_soundly(tmp_path / "edge.sqlite")


def classes(here: Site) -> list[tuple[int, str, str]]:
    """Minutes since six, time class and job of each interval."""
    rows = here.store.reader.state_intervals("L1", 0, 2**62)
    return [((one.start - SIX) // MINUTE, one.time_class, one.job_order_id) for one in rows]


def stopped(here: Site) -> list[tuple[int, int, str, int | None]]:
    rows = here.store.reader.stops("L1", 0, 2**62)
    return [
        ((one.start - SIX) // MINUTE, ((one.end or 0) - SIX) // MINUTE, one.job_order_id, one.fault)
        for one in rows
    ]


async def test_states_are_cut_at_the_boundary_and_judged_anew(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        recorded = classes(here)
        assert (await move(client, "a", BOUNDARY - 30 * MINUTE)).status_code == 201
        assert classes(here) == [
            (0, "ASUT", A),
            (5, "APT", A),
            (50, "APT", B),
            (60, "ADET", B),
            (65, "APT", B),
            (80, "ADET", B),  # it had produced before: this is no set-up
            (85, "APT", B),
            (120, "ADET", B),
            (122, "APT", B),
        ]
        assert stopped(here) == [(60, 65, B, 101), (80, 85, B, None), (120, 122, B, 7)]
        assert (await move(client, "b", BOUNDARY + 2 * MINUTE)).status_code == 201
        assert classes(here)[4:7] == [(80, "ADET", A), (82, "ASUT", B), (85, "APT", B)]
        assert stopped(here) == [(60, 65, A, 101), (80, 82, A, None), (120, 122, B, 7)]
        assert (await move(client, "c", BOUNDARY + 95 * MINUTE)).status_code == 201
        assert classes(here)[-1] == (175, "APT", B)  # the state that lasts is cut
        await here.record(state(2, "ADET", B, SIX + 178 * MINUTE, 9))
        assert classes(here)[-2:] == [(175, "APT", B), (178, "ADET", B)]
        assert (await move(client, "d", BOUNDARY)).status_code == 201
        assert classes(here)[:-1] == recorded
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_running_time_follows_also_of_a_state_that_lasts(tmp_path: Path) -> None:
    """What a machine has run is that of its intervals, whatever they were taken for meanwhile."""
    async with two_jobs(tmp_path, gap=20) as (here, client):
        for n, minute in enumerate((85, 150, 95, 170)):
            assert (await move(client, f"k{n}", SIX + minute * MINUTE)).status_code == 201
            if n == 2:
                await here.record(state(2, "ADET", B, SIX + 178 * MINUTE, 9))
        rows = here.store.reader.state_intervals("L1", 0, 2**62)
        ran = {"APT", "ASUT", "APT_OUTSIDE"}
        lasted = sum(one.end - one.start for one in rows if one.end and one.time_class in ran)
        with contextlib.closing(sqlite3.connect(tmp_path / "edge.sqlite")) as db:
            [(running,)] = db.execute("SELECT running FROM usage WHERE equipment_id = 'L1'")
        assert running == lasted
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_time_without_a_job_is_no_delay_any_more(tmp_path: Path) -> None:
    async with two_jobs(tmp_path, gap=20) as (here, client):
        assert (80, "ADOT", "") in classes(here)
        assert (await move(client, "a", BOUNDARY + 5 * MINUTE, [None, B])).status_code == 201
        # A machine in Complete during set-up is being set up; nobody's before.
        assert classes(here)[4:7] == [(80, "ADOT", ""), (85, "ASUT", B), (100, "ASUT", B)]
        report = (await client.get(f"{API}/kpis", params=_hour(SIX + HOUR))).json()["items"][0]
        assert report["elements"]["actual_unit_setup_time"] == 20 * MINUTE
        assert report["elements"]["actual_unit_down_time"] == 5 * MINUTE
        assert report["elements"]["unrated_quantity"] == 10


def _hour(at: int) -> dict[str, Any]:
    return {"work_center": "L1", "from": at, "to": at + 1, "by": "hour"}


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


async def test_a_late_start_takes_what_nobody_had(tmp_path: Path) -> None:
    async with two_jobs(tmp_path, gap=20) as (here, client):
        assert made(here)[B] == (154, 6)
        answer = await move(client, "k", BOUNDARY + 5 * MINUTE, [None, B])
        assert answer.status_code == 201, answer.text
        assert made(here) == {A: (156, 4), B: (184, 6)}
        assert sums(here)[SIX + HOUR, "good"] == 114
        unassigned = (await client.get(f"{API}/job-orders")).json()["unassigned"]
        assert [one["good"] for one in unassigned] == [10]
        back = await move(client, "b", BOUNDARY + 20 * MINUTE, [None, B])
        assert back.status_code == 201, back.text
        assert made(here)[B] == (154, 6)


async def test_by_the_counters_own_value(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        answer = await act(
            client,
            "/work-centers/L1/boundaries",
            "k",
            note=NOTE,
            between=AB,
            raw={"tag": "good", "value": 153},
        )
        assert answer.status_code == 201, answer.text
        # 7 pieces of the hour of 07:00 are B's now.
        assert made(here) == {A: (149, 4), B: (201, 6)}
        now = (await client.get(f"{API}/facts/{_seq_of(here, 150)}")).json()
        parts = [(one["quantity"], one["job_order_id"], one["raw_from"]) for one in now["parts"]]
        assert parts == [(3, A, 150), (7, B, 153)]
        assert "estimated" not in now["parts"][0]["flags"]


def _seq_of(here: Site, raw: int) -> int:
    for fact in here.store.reader.facts_after(0, 1000):
        body = json.loads(fact.data)["body"]
        if fact.kind == "production_count" and body["raw_from"] == raw:
            return fact.seq
    raise AssertionError(raw)


@pytest.mark.parametrize(
    ("between", "at", "status", "words"),
    [
        (AB, SIX - MINUTE, 422, "began only at"),
        (AB, SIX + 10 * HOUR, 422, "not over yet"),
        (AB, BOUNDARY, 422, "lies there already"),
        ([None, None], BOUNDARY - MINUTE, 422, "name a job"),
        ([B, None], BOUNDARY + MINUTE, 409, "has not ended"),
        ([None, B], SIX + 10 * MINUTE, 409, "WO1.10 was on between"),
        ([A, C], BOUNDARY - MINUTE, 422, "was not started"),
        ([A, "WO1.20"], BOUNDARY - MINUTE, 422, "a job of L2"),
        ([A], BOUNDARY - MINUTE, 422, "between"),
    ],
)
async def test_what_cannot_be_is_refused_with_words(
    tmp_path: Path, between: list[str | None], at: int, status: int, words: str
) -> None:
    async with two_jobs(tmp_path) as (here, client):
        end = here.store.reader.chain_end()
        answer = await move(client, "k", at, between)
        assert (answer.status_code, words in answer.text) == (status, True), answer.text
        old = await move(client, "v", BOUNDARY - MINUTE, version=1)
        assert (old.status_code, "look again" in old.text) == (409, True)
        assert here.store.reader.chain_end() == end


async def test_what_the_next_operation_has_used_is_not_taken_away(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        await changed(here, client, "WO1.20", "start", here.clock.now())
        used = count(0, 150, "WO1.20", SIX + 170 * MINUTE, SIX + 180 * MINUTE, tag="g2")
        await here.record(replace(used, equipment_id="L2"))
        answer = await move(client, "k", BOUNDARY - 30 * MINUTE)
        assert (answer.status_code, "already used 150" in answer.text) == (409, True)


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


async def test_histories_tell_how_each_figure_came_to_be(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        for n, minute in enumerate((50, 70)):
            assert (await move(client, f"k{n}", SIX + minute * MINUTE)).status_code == 201
        for job in (A, B):
            items = (await client.get(f"{API}/job-orders/{job}/history")).json()["items"]
            here.floor.register.reload()
            shown = here.floor.job(job)
            last = items[-1]["stands"]
            assert (last["good"], last["scrap"]) == (shown.good, shown.scrap)
            assert [one["seq"] for one in items] == sorted(one["seq"] for one in items)
            events = [one["fact"]["body"]["event"] for one in items if one["kind"] == EVENT]
            assert events.count("moved") == 2
        path = f"{API}/work-centers/L1/hours/{SIX + 10}/history"
        whole = (await client.get(path)).json()["items"]
        of_b = (await client.get(path, params={"job_order": B})).json()["items"]
        assert whole[-1]["stands"] == {"good": 116, "scrap": 4, "rework": 0}
        assert of_b[-1]["stands"] == {"good": 0, "scrap": 0, "rework": 0}
        assert {one["note"] for one in of_b if one["kind"] == "correction"} == {NOTE}


EVENT = "job_order_event"


async def test_a_job_is_given_no_more_pieces_than_it_had_input(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, _):
        here.floor.register.reload()
        before = here.floor.job("WO1.10")
        more = [Add("job_progress", {"job_order_id": "WO1.20"}, {"good": before.passed_on})]
        check_pieces(here.floor.register, more)
        scrap = Add("job_progress", {"job_order_id": "WO1.20"}, {"good": 0, "scrap": 1})
        with pytest.raises(NotAllowed, match=f"WO1.10 has passed on {before.passed_on}"):
            check_pieces(here.floor.register, [*more, scrap])
        # A boundary between two operations of one order takes from one what it gives the other.
        fewer = Add("job_progress", {"job_order_id": "WO1.10"}, {"good": -1})
        with pytest.raises(NotAllowed, match=f"WO1.10 has passed on {before.passed_on - 1}"):
            check_pieces(here.floor.register, [*more, fewer])
