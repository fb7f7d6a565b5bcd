"""Scrap and rework of an earlier hour or day restate it; each piece is counted once."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.domain.facts import decode
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import api
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import API, HOUR, act, at_time, changed, count, done

JOB = "WO1.10"


async def made(here: Site, client: httpx.AsyncClient) -> None:
    """50 pieces in the hour of six, 40 in that of seven; the job has ended, it is 08:30."""
    await changed(here, client, JOB, "start", SIX)
    await here.record(count(0, 50, JOB, SIX, SIX + 55 * MINUTE))
    await here.record(count(50, 40, JOB, SIX + HOUR, SIX + 100 * MINUTE))
    await changed(here, client, JOB, "complete", SIX + 110 * MINUTE)
    at_time(here, SIX + 150 * MINUTE)


async def say(client: httpx.AsyncClient, what: str, key: str, **body: Any) -> httpx.Response:
    return await act(client, f"/job-orders/{JOB}/{what}", key, **body)


async def hours(client: httpx.AsyncClient) -> list[tuple[int, int, int, int]]:
    """Good, scrap, rework and produced pieces of each of the first two hours."""
    query: dict[str, Any] = {"work_center": "L1", "from": SIX, "to": SIX + 2 * HOUR, "by": "hour"}
    items = (await client.get(f"{API}/kpis", params=query)).json()["items"]
    names = ("good", "scrap", "rework", "produced")
    found = [tuple(one["elements"][f"{name}_quantity"] for name in names) for one in items]
    return [(good, scrap, rework, all_) for good, scrap, rework, all_ in found]


async def test_scrap_of_an_earlier_hour_or_day_restates_it(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await made(here, client)
        scrap = {"reason": "burr"}
        first = await say(client, "scrap", "a", quantity=4, hour=SIX + 30 * MINUTE, **scrap)
        assert first.status_code == 201, first.text
        assert await hours(client) == [(46, 4, 0, 50), (40, 0, 0, 40)]
        day = await say(client, "scrap", "b", quantity=45, day="2026-06-08", **scrap)
        assert day.status_code == 201, day.text
        assert await hours(client) == [(41, 9, 0, 50), (0, 40, 0, 40)]
        board = (await client.get(f"{API}/work-centers/L1/board")).json()["hours"]
        assert [(hour["actual"], hour["scrap"]) for hour in board[:2]] == [(41, 9), (0, 40)]
        end = here.store.reader.chain_end().seq
        for fact in here.store.reader.facts_after(end - 3, 3):
            check(fact.data)
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_what_a_machine_that_counts_rejects_has_counted_as_good_is_found_bad_later(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await made(here, client)
        late = {"quantity": 4, "hour": "2026-06-08T06:30:00+02:00", "reason": "burr"}
        none = await say(client, "scrap", "a", counted_as="reject", **late)
        assert "L1 counts no rejects" in none.json()["detail"]
        center = here.floor.work_centers["L1"]
        here.floor.work_centers = {
            **here.floor.work_centers,
            "L1": replace(center, counts_rejects=True),
        }
        refused = await say(client, "scrap", "b", **late)
        assert "say counted_as good" in refused.json()["mend"]
        assert (await say(client, "scrap", "c", counted_as="good", **late)).is_success
        assert await hours(client) == [(46, 4, 0, 50), (40, 0, 0, 40)]
    assert projected_soundly(tmp_path / "edge.sqlite")


async def defects(client: httpx.AsyncClient) -> list[tuple[str, str, int]]:
    """Kind, place and pieces of what was wrong, the most frequent first."""
    found = (await client.get(f"{API}/quality/defects?work_center=L1")).json()["items"]
    return [(one["kind"], one["place"], one["quantity"]) for one in found]


async def test_a_counted_reject_that_gets_a_reason_is_one_defect(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await made(here, client)
        center = replace(here.floor.work_centers["L1"], counts_rejects=True)
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        at = SIX + 50 * MINUTE
        await here.record(count(0, 3, JOB, at, at, role="scrap"))
        later = await say(client, "scrap", "a", quantity=2, reason="burr", counted_as="good")
        assert later.status_code == 201, later.text  # 38 of the 40 of seven o'clock are good
        named = await say(client, "scrap", "b", quantity=2, reason="burr")
        assert named.status_code == 201, named.text
        assert await defects(client) == [("scrap", "", 4)]
        [said] = here.store.reader.facts_after(named.json()["seq"] - 1, 1)
        check(said.data)
        assert decode(said.data).body["hour"] == SIX  # that in which they were counted
        more = await say(client, "scrap", "c", quantity=2, reason="burr", place="rim")
        assert more.status_code == 422, more.text
        assert "only 1 pieces of WO1.10 are counted as reject and have no reason" in more.text
        assert (await say(client, "scrap", "d", quantity=1, reason="burr", place="rim")).is_success
        again = await say(client, "scrap", "e", quantity=1, reason="burr", place="rim")
        assert "only 0 pieces" in again.text
        assert await defects(client) == [("scrap", "", 4), ("scrap", "rim", 1)]
        more = await corrected(client, named.json()["seq"], "f", 3)
        assert (more.status_code, "only 0 of that hour" in more.text) == (422, True), more.text
        assert (await corrected(client, named.json()["seq"], "g", 1)).is_success
        assert (await corrected(client, named.json()["seq"], "h", 2)).is_success
        assert [hour[1] for hour in await hours(client)] == [3, 2]
        assert sum(pieces for *_, pieces in await defects(client)) == 5
    assert projected_soundly(tmp_path / "edge.sqlite")


async def corrected(client: httpx.AsyncClient, seq: int, key: str, quantity: int) -> httpx.Response:
    said = {"changes": {"quantity": quantity}, "note": "looked again"}
    return await act(client, f"/facts/{seq}/corrections", key, **said)


async def test_a_count_of_rejects_keeps_what_its_reasons_speak_of(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await made(here, client)
        center = replace(here.floor.work_centers["L1"], counts_rejects=True)
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        await here.record(count(0, 3, JOB, SIX, SIX + 50 * MINUTE, role="scrap"))
        seq = here.store.reader.chain_end().seq
        named = await say(client, "scrap", "a", quantity=2, reason="burr")
        assert (await corrected(client, seq, "b", 2)).is_success
        fewer = await corrected(client, seq, "c", 1)
        assert (fewer.status_code, "correct the scrap" in fewer.text) == (422, True), fewer.text
        assert (await corrected(client, named.json()["seq"], "d", 1)).is_success
        assert (await corrected(client, seq, "e", 1)).is_success
        assert await defects(client) == [("scrap", "", 1)]


async def test_rework_that_ends_as_scrap_is_a_defect_of_scrap(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await made(here, client)
        assert (await say(client, "rework", "a", quantity=5, reason="burr")).is_success
        bad = {"quantity": 2, "result": "scrap", "reason": "burr"}
        assert (await say(client, "rework-done", "b", **bad)).is_success
        assert await defects(client) == [("rework", "", 5), ("scrap", "", 2)]
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_rework_is_counted_once_also_through_the_same_machine(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await changed(here, client, JOB, "start", SIX)
        await here.record(count(0, 50, JOB, SIX, SIX + 55 * MINUTE))
        at_time(here, SIX + 60 * MINUTE)
        assert (await say(client, "rework", "a", quantity=10, reason="burr")).is_success
        assert (await hours(client))[0] == (40, 0, 10, 50)
        assert (await say(client, "rework-done", "b", quantity=3, result="good")).is_success
        assert (await say(client, "rework-done", "c", quantity=2, result="scrap")).is_success
        assert (await hours(client))[0] == (43, 2, 5, 50)
        # The other five run through the machine again: its counter counts them again.
        await here.record(count(50, 5, JOB, SIX + HOUR, SIX + 70 * MINUTE))
        at_time(here, SIX + 75 * MINUTE)
        again = {"quantity": 5, "result": "good", "counted_as": "good"}
        answer = await say(client, "rework-done", "d", **again)
        assert answer.status_code == 201, answer.text
        assert await hours(client) == [(48, 2, 0, 50), (0, 0, 0, 0)]
        here.floor.register.reload()
        job = here.floor.job(JOB)
        assert (job.good, job.scrap, job.rework) == (48, 2, 0)
        for fact in here.store.reader.facts_after(answer.json()["seq"] - 1, 5):
            check(fact.data)
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_an_operation_that_had_no_input_has_some_once_rework_is_good(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await changed(here, client, JOB, "start", SIX)
        await here.record(count(0, 5, JOB, SIX, SIX + 5 * MINUTE))
        assert (await say(client, "rework", "a", quantity=5, reason="burr")).is_success
        await changed(here, client, JOB, "complete", SIX + 10 * MINUTE)

        async def behind(key: str, **body: Any) -> str:
            assert (await say(client, "rework-done", key, **body)).is_success
            here.floor.register.reload()
            return str(here.floor.job("WO1.20").state)

        assert await behind("b", quantity=1, result="scrap") == "Aborted"
        assert await behind("c", quantity=3, result="good", reason="burr") == "AllowedToStart"
        facts = [decode(one.data) for one in here.store.reader.facts_after(0, 100)]
        reasons = [one.body["reason"] for one in facts if one.kind == "rework"]
        assert reasons == ["burr", "rework", "burr"]
    assert projected_soundly(tmp_path / "edge.sqlite")


@pytest.mark.parametrize(
    ("what", "body", "words"),
    [
        ("scrap", {"hour": SIX, "quantity": 51}, "only 50 pieces of WO1.10 are good at"),
        ("scrap", {"day": "2026-06-07", "quantity": 1}, "only 0 pieces of WO1.10 are good on"),
        ("scrap", {"day": "yesterday", "quantity": 1}, "is no date"),
        ("scrap", {"day": "2026-06-08", "hour": SIX, "quantity": 1}, "one of the two"),
        ("scrap", {"quantity": 91}, "only 90 pieces"),
        ("rework", {"quantity": 0}, "at least 1"),
        ("rework-done", {"quantity": 1, "result": "good"}, "only 0 pieces of WO1.10 are to be"),
        ("rework-done", {"quantity": 1, "result": "bad"}, "result"),
    ],
)
async def test_what_cannot_be_is_refused_with_words(
    tmp_path: Path, what: str, body: dict[str, Any], words: str
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await made(here, client)
        end = here.store.reader.chain_end()
        answer = await say(client, what, "k", **{"reason": "burr", **body})
        assert (answer.status_code, words in answer.text) == (422, True), answer.text
        assert here.store.reader.chain_end() == end


async def test_scrap_and_a_moved_boundary_go_together(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await made(here, client)
        await done(
            client,
            f"/job-orders/{JOB}/scrap",
            "a",
            quantity=40,
            reason="burr",
            hour=SIX + HOUR,
        )
        answer = await act(
            client,
            "/work-centers/L1/boundaries",
            "b",
            note="it was stopped at 07:20",
            between=[JOB, None],
            at=SIX + 80 * MINUTE,
        )
        assert answer.status_code == 201, answer.text
        here.floor.register.reload()
        assert (here.floor.job(JOB).good, here.floor.job(JOB).scrap) == (50, 20)
