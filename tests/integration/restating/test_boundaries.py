"""A job's boundary is moved later: pieces go to the other job, and none is lost."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from edge.domain.changes import Add
from edge.execution.errors import NotAllowed
from edge.execution.restating.sums import check_pieces
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import (
    API,
    HOUR,
    NOTE,
    act,
    changed,
    count,
)
from tests.integration.restating.two_jobs import AB, BOUNDARY, A, B, C, made, move, sums, two_jobs


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
