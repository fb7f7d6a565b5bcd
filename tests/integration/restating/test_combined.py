"""What several rooms say of the same pieces: none is lost, and no hour or job is below 0."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from edge.domain.facts import decode
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import act, api
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import HOUR, NOTE, at_time, changed, count
from tests.integration.restating.test_opening import ROWS, jobs, take


def hours(here: Site) -> dict[tuple[str, int], tuple[int, int, int]]:
    """Good, scrap and rework by job and hour after six."""
    found: dict[tuple[str, int], tuple[int, int, int]] = {}
    for row in here.store.reader.hour_quantities("L1", 0, 2**62):
        key = row.job_order_id, (row.hour - SIX) // HOUR
        was = found.get(key, (0, 0, 0))
        found[key] = was[0] + row.good, was[1] + row.scrap, was[2] + row.rework
    return found


def parts_of_last(here: Site, kind: str) -> list[list[int]]:
    """Quantities of the parts of each corrected fact of a kind."""
    facts = [decode(one.data) for one in here.store.reader.facts_after(0, 1000)]
    kinds = {one.seq: one.kind for one in facts}
    return [
        [part["quantity"] for part in one.body["changes"]["parts"] if "quantity" in part]
        for one in facts
        if one.kind == "correction" and kinds[one.body["corrects"]] == kind
    ]


async def test_approved_pieces_of_set_up_go_with_a_boundary_and_scrap_stays_whole(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        center = replace(here.floor.work_centers["L1"], setup_pieces="approval")
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        await changed(here, client, "WO1.10", "start", SIX)
        set_up = {"role": "scrap", "flags": ["setup"], "tag": "scrap"}
        await here.record(count(0, 40, "WO1.10", SIX, SIX + 20 * MINUTE, **set_up))
        at_time(here, SIX + 20 * MINUTE)
        here.floor.register.reload()
        version = here.floor.job("WO1.10").version
        done = await act(client, "/job-orders/WO1.10/approve", "a", version=version, good=20)
        assert done.status_code == 201, done.text
        await here.record(count(0, 60, "WO1.10", SIX + 20 * MINUTE, SIX + 40 * MINUTE))
        at_time(here, SIX + 40 * MINUTE)
        body: dict[str, Any] = {"quantity": 24, "reason": "burr"}
        assert (await act(client, "/job-orders/WO1.10/scrap", "s", **body)).status_code == 201
        await changed(here, client, "WO1.10", "complete", SIX + 45 * MINUTE)
        assert hours(here) == {("WO1.10", 0): (56, 44, 0)}
        # It began half an hour later than was said: all set-up and half of the run are nobody's.
        moved = {"between": [None, "WO1.10"], "at": SIX + 30 * MINUTE, "note": NOTE}
        answer = await act(client, "/work-centers/L1/boundaries", "m", **moved)
        assert answer.status_code == 201, answer.text
        assert all(sum(map(abs, one)) in {0, 60, 24} for one in parts_of_last(here, "scrap"))
        now = hours(here)
        assert now["WO1.10", 0] == (18, 12, 0)
        assert now["", 0] == (38, 32, 0)
        back = {**moved, "at": SIX}
        answer = await act(client, "/work-centers/L1/boundaries", "n", **back)
        assert answer.status_code == 201, answer.text
        assert hours(here)["WO1.10", 0] == (56, 44, 0)
        assert not any(hours(here).get(("", 0), ()))
    assert projected_soundly(tmp_path / "edge.sqlite")


async def scrap(client: httpx.AsyncClient, job: str, quantity: int) -> httpx.Response:
    body: dict[str, Any] = {"quantity": quantity, "reason": "burr"}
    return await act(client, f"/job-orders/{job}/scrap", f"{job}{quantity}", **body)


async def test_scrap_of_what_a_job_was_given_before_its_start_is_of_that_hour(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await here.record(count(0, 30, None, SIX, SIX + 20 * MINUTE))
        at_time(here, SIX + 30 * MINUTE)
        said = {"hour": SIX, "job_order_id": "WO1.10", "note": NOTE}
        given = await act(client, "/work-centers/L1/assignments", "a", **said)
        assert given.status_code == 201, given.text
        await changed(here, client, "WO1.10", "start", SIX + 2 * HOUR)
        await here.record(count(30, 5, "WO1.10", SIX + 2 * HOUR, SIX + 2 * HOUR + MINUTE))
        at_time(here, SIX + 3 * HOUR)
        assert (await scrap(client, "WO1.10", 12)).status_code == 201
        now = hours(here)
        assert (now["WO1.10", 0], now["WO1.10", 2]) == ((23, 7, 0), (0, 5, 0))
        assert ("WO1.10", 3) not in now
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_pieces_of_the_opening_state_are_of_no_hour_that_could_be_below_0(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        assert (await take(client, "a")).status_code == 201
        await changed(here, client, "WO2.10", "start", SIX + 20 * MINUTE)
        await here.record(count(0, 5, "WO2.10", SIX + 20 * MINUTE, SIX + 25 * MINUTE))
        at_time(here, SIX + HOUR)
        refused = await scrap(client, "WO2.10", 6)
        assert (refused.status_code, "rows of the opening state" in refused.text) == (422, True)
        assert (await scrap(client, "WO2.10", 5)).status_code == 201
        assert hours(here) == {("WO2.10", 0): (0, 5, 0)}


async def test_other_opening_rows_leave_what_was_used_of_them(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        assert (await take(client, "a")).status_code == 201
        before = jobs(here)
        fewer = await take(client, "b", [{**ROWS[0], "good": 30}], confirm=True)
        assert (fewer.status_code, "has used 40 pieces" in fewer.text) == (422, True)
        assert jobs(here) == before
        enough = await take(client, "c", [{**ROWS[0], "good": 40}], confirm=True)
        assert enough.status_code == 201, enough.text


async def test_set_up_that_was_taken_back_as_run_again_is_not_approved_too(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        center = replace(here.floor.work_centers["L1"], setup_pieces="approval")
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        await changed(here, client, "WO1.10", "start", SIX)
        await here.record(count(0, 10, "WO1.10", SIX, SIX + 5 * MINUTE))
        set_up = {"role": "scrap", "flags": ["setup"], "tag": "scrap"}
        await here.record(count(0, 10, "WO1.10", SIX, SIX + 20 * MINUTE, **set_up))
        at_time(here, SIX + 20 * MINUTE)
        path, again = "/job-orders/WO1.10", {"quantity": 6, "reason": "burr"}
        assert (await act(client, f"{path}/rework", "r", **again)).status_code == 201
        again |= {"result": "good", "counted_as": "scrap"}
        assert (await act(client, f"{path}/rework-done", "d", **again)).status_code == 201
        assert hours(here) == {("WO1.10", 0): (10, 4, 0)}
        here.floor.register.reload()
        version = here.floor.job("WO1.10").version
        much = await act(client, f"{path}/approve", "m", version=version, good=5)
        assert (much.status_code, "4 pieces of set-up" in much.text) == (422, True)
        assert (await act(client, f"{path}/approve", "a", version=version, good=4)).is_success
        assert hours(here) == {("WO1.10", 0): (14, 0, 0)}
