"""Pieces made without an order are given to a job later, in part, again, and taken back."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.facts import decode
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import api
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import API, HOUR, act, at_time, changed, count, done, tables

PATH = "/work-centers/L1/assignments"
NOTE = "the machine ran before anybody had an order"
JOB = "WO1.10"


async def nobodys(here: Site) -> None:
    """30 and 40 pieces of nobody from 06:00 to 06:40, 20 in the hour after; it is 07:30."""
    at_time(here, SIX + 90 * MINUTE)
    await here.record(count(0, 30, None, SIX, SIX + 20 * MINUTE))
    await here.record(count(30, 40, None, SIX + 20 * MINUTE, SIX + 40 * MINUTE))
    await here.record(count(70, 20, None, SIX + HOUR, SIX + 80 * MINUTE))


async def give(client: httpx.AsyncClient, key: str, job: str | None = JOB, **body: Any) -> Any:
    return await act(client, PATH, key, **{"note": NOTE, "job_order_id": job, **body})


def job(here: Site, id_: str = JOB) -> Any:
    here.floor.register.reload()
    return here.floor.job(id_)


async def unassigned(client: httpx.AsyncClient) -> list[int]:
    answer = await client.get(f"{API}/work-centers/L1/unassigned", params={"since": SIX})
    return [one["quantity"] for one in answer.json()["items"]]


async def test_an_hour_in_part_then_whole_then_taken_back(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await changed(here, client, JOB, "start", SIX + 80 * MINUTE)
        await nobodys(here)
        assert await unassigned(client) == [30, 40, 20]
        first = await give(client, "a", hour=SIX, quantity=45)
        assert first.status_code == 201, first.text
        assert (job(here).good, await unassigned(client)) == (45, [25, 20])
        rest = await give(client, "b", hour=SIX)
        assert rest.status_code == 201, rest.text
        assert (job(here).good, await unassigned(client)) == (70, [20])
        hours = (await client.get(f"{API}/work-centers/L1/board")).json()["hours"]
        assert hours[0]["orders"] == [{"job_order_id": JOB, "plan": 0, "actual": 70}]
        query: dict[str, Any] = {"work_center": "L1", "from": SIX, "to": SIX + 1, "by": "hour"}
        [kpi] = (await client.get(f"{API}/kpis", params=query)).json()["items"]
        assert kpi["elements"]["unrated_quantity"] == 0
        back = await give(client, "c", None, taken_from=JOB, hour=SIX)
        assert back.status_code == 201, back.text
        assert (job(here).good, await unassigned(client)) == (0, [30, 40, 20])
        for fact in here.store.reader.facts_after(first.json()["seq"] - 1, 100):
            check(fact.data)
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_a_job_that_was_never_started_is_credited_and_ended_when_it_is_made(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await nobodys(here)
        assert (await give(client, "a", hour=SIX)).status_code == 201
        assert (str(job(here).state), job(here).good, job(here).left) == ("AllowedToStart", 70, 30)
        assert job(here).started_at == SIX
        await here.record(count(90, 10, None, SIX + 85 * MINUTE, SIX + 90 * MINUTE))
        done_ = await give(client, "b", hour=SIX + HOUR, version=job(here).version)
        assert done_.status_code == 201, done_.text
        assert (str(job(here).state), job(here).good) == ("Ended", 100)
        assert job(here).ended_at == SIX + 90 * MINUTE
        assert str(job(here, "WO1.20").state) == "AllowedToStart"
        assert (await give(client, "c", None, taken_from=JOB, hour=SIX)).status_code == 201
        assert (str(job(here).state), job(here).good) == ("AllowedToStart", 30)
        assert job(here).ended_at is None
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_one_count_goes_to_two_jobs_and_what_was_used_stays(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await changed(here, client, JOB, "start", SIX)
        await changed(here, client, JOB, "complete", SIX + 50 * MINUTE)
        await nobodys(here)
        items = (await client.get(f"{API}/work-centers/L1/unassigned?since={SIX}")).json()["items"]
        seq = items[1]["fact"]
        await done(client, PATH, "a", note=NOTE, job_order_id=JOB, fact=seq, quantity=15)
        await done(client, PATH, "b", note=NOTE, job_order_id="WO2.10", fact=seq)
        await done(client, PATH, "c", note=NOTE, job_order_id=JOB, taken_from="WO2.10", fact=seq)
        fact = (await client.get(f"{API}/facts/{seq}")).json()
        assert (fact["now"]["quantity"], len(fact["parts"])) == (40, 1)
        # The operation behind was aborted for lack of input: it has some after all.
        assert (job(here).good, str(job(here, "WO1.20").state)) == (40, "AllowedToStart")
        await changed(here, client, "WO1.20", "start", here.clock.now())
        used = count(0, 35, "WO1.20", SIX + 80 * MINUTE, SIX + 90 * MINUTE, tag="g2")
        await here.record(replace(used, equipment_id="L2"))
        back = await give(client, "d", None, taken_from=JOB, fact=seq, quantity=6)
        assert (back.status_code, "already used 35" in back.text) == (409, True)
        assert (await give(client, "e", None, taken_from=JOB, fact=seq, quantity=4)).is_success
        more = count(35, 3, None, SIX + 85 * MINUTE, SIX + 90 * MINUTE, tag="g2")
        await here.record(replace(more, equipment_id="L2"))
        path = "/work-centers/L2/assignments"
        said: dict[str, Any] = {"note": NOTE, "job_order_id": "WO1.20", "hour": SIX + HOUR}
        much = await act(client, path, "f", **said)
        assert (much.status_code, "has passed on 36" in much.text) == (409, True), much.text
        await done(client, path, "g", **said, quantity=1)
        assert job(here, "WO1.20").good == 36


async def test_only_counts_that_have_such_pieces_are_restated(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await changed(here, client, JOB, "start", SIX + 80 * MINUTE)
        await nobodys(here)
        begin = here.store.reader.chain_end().seq - 3
        nothing = {"changes": {"quantity": 0}, "note": NOTE}
        await done(client, f"/facts/{begin + 3}/corrections", "z", **nothing)
        assert await unassigned(client) == [30, 40]
        assert (await give(client, "a", hour=SIX, quantity=30)).is_success
        end = here.store.reader.chain_end().seq
        none = await give(client, "b", None, taken_from="WO2.10", hour=SIX)
        assert (none.status_code, "not so many pieces of WO2.10" in none.text) == (422, True)
        assert here.store.reader.chain_end().seq == end
        assert (await give(client, "c", "WO2.10", taken_from=JOB, hour=SIX)).is_success
        facts = [decode(one.data) for one in here.store.reader.facts_after(end, 10)]
        assert [fact.body.get("corrects") for fact in facts] == [begin + 1, None]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"hour": SIX, "quantity": 71}, 422, "1 are missing"),
        ({"hour": SIX + 2 * HOUR}, 422, "not begun yet"),
        ({"hour": SIX - HOUR}, 422, "not so many"),
        ({"hour": SIX, "fact": 3}, 422, "one of the two"),
        ({}, 422, "one of the two"),
        ({"hour": SIX, "quantity": 0}, 422, "at least 1"),
        ({"hour": SIX, "taken_from": JOB}, 422, "say the same"),
        ({"hour": SIX, "job_order_id": "WO1.20"}, 422, "a job of L2"),
        ({"hour": SIX, "job_order_id": "NO.1"}, 404, "no job order"),
        ({"hour": SIX, "version": 7}, 409, "look again"),
        ({"fact": 1}, 422, "no count of L1"),
        ({"fact": 99}, 404, "no fact"),
    ],
)
async def test_what_cannot_be_is_refused_with_words(
    tmp_path: Path, body: dict[str, Any], status: int, words: str
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await nobodys(here)
        end = here.store.reader.chain_end()
        answer = await give(client, "k", **body)
        assert (answer.status_code, words in answer.text) == (status, True), answer.text
        assert here.store.reader.chain_end() == end


OWNERS = (None, JOB, "WO2.10")
steps = st.tuples(
    st.sampled_from([(to, from_) for from_ in OWNERS for to in OWNERS if to != from_]),
    st.sampled_from([SIX, SIX + HOUR]),
    st.one_of(st.none(), st.integers(1, 20)),
)


@given(st.lists(steps, min_size=4, max_size=10))
@settings(max_examples=10, deadline=None)
def test_whatever_is_given_and_taken_no_piece_is_lost(given_: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(_kept(Path(name), given_))


async def _kept(folder: Path, given_: list[Any]) -> None:
    async with site(folder) as here, api(here) as client:
        await nobodys(here)
        for to in OWNERS[1:]:  # each has some to begin with
            assert (await give(client, f"{to}", to, hour=SIX, quantity=20)).status_code == 201
        for n, ((to, from_), hour, quantity) in enumerate(given_):
            body = {"taken_from": from_, "hour": hour, "quantity": quantity}
            assert (await give(client, f"k{n}", to, **body)).status_code in {201, 422}
            rows = here.store.reader.hour_quantities("L1", 0, 2**62)
            sums = [sum(row.good for row in rows if row.hour == at) for at in (SIX, SIX + HOUR)]
            assert sums == [70, 20]
        held = tables(folder / "edge.sqlite", "hour_bucket", "job_progress")
        await here.store.rebuild()
        assert tables(folder / "edge.sqlite", "hour_bucket", "job_progress") == held
