"""Left and right from one stroke: the side's job goes with the job of the tool."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from edge.domain.vocabulary import JobState
from edge.execution.orders.siding import Siding
from edge.planning.months.month import scenario_from
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import CALENDAR, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.unit.execution.floor_parts import count, definition, order, schedule


@asynccontextmanager
async def press(folder: Path) -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    """WO1 makes left hinges, and two orders of 100 and 50 right ones wait for the same strokes."""
    left, right = definition("HINGE", ["L1"]), definition("HINGE-R", ["L1"])
    also = [{"side": "right", "product": "HINGE-R", "cavities": 1}]
    tool = {"id": "T7", "cavities": 1, "also": also}
    left.content["operations"][0]["alternatives"][0]["tool"] = tool
    later = {"due": "2026-06-20T14:00:00+02:00"}
    sides = (
        {**order("WO2", 2), "product": "HINGE-R"},
        {**order("WO3", 3, 50), "product": "HINGE-R", **later},
    )
    documents = (left, right, schedule(1, order("WO1", quantity=120), *sides))
    async with site(folder, documents=documents) as here, api(here) as client:
        yield here, client
        for fact in here.store.reader.facts_after(0, 1000):
            if fact.kind == "job_order_event":
                check(fact.data)
        assert not verify(folder / "edge.sqlite").broken


async def do(here: Site, client: httpx.AsyncClient, action: str, id_: str = "WO1.10") -> int:
    here.floor.register.reload()
    version = here.floor.job(id_).version
    key = f"{id_}{action}{version}"
    return (await act(client, f"/job-orders/{id_}/{action}", key, version=version)).status_code


def states(here: Site) -> list[str]:
    here.floor.register.reload()
    return [here.floor.job(id_).state for id_ in ("WO1.10", "WO2.10", "WO3.10")]


async def test_the_side_starts_is_interrupted_and_resumed_with_the_job_of_the_tool(
    tmp_path: Path,
) -> None:
    async with press(tmp_path) as (here, client):
        await do(here, client, "start")
        waits = JobState.ALLOWED_TO_START
        assert states(here) == [JobState.RUNNING, JobState.RUNNING, waits]
        assert here.floor.job("WO2.10").phase == "beside"
        job = here.floor.register.running_job("L1")
        assert job is not None
        assert job.id == "WO1.10"
        assert await do(here, client, "interrupt", "WO2.10") == 409
        await do(here, client, "interrupt")
        assert states(here) == [JobState.INTERRUPTED, JobState.INTERRUPTED, waits]
        assert await do(here, client, "resume", "WO2.10") == 409
        await do(here, client, "resume")
        assert states(here) == [JobState.RUNNING, JobState.RUNNING, waits]
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert board["beside"][0]["job"]["id"] == "WO2.10"


async def test_a_side_with_pieces_left_waits_and_one_without_ends(tmp_path: Path) -> None:
    async with press(tmp_path) as (here, client):
        await do(here, client, "start")
        await here.record(count("WO1.10", 60), count("WO2.10", 60))
        await do(here, client, "complete")
        waits = JobState.ALLOWED_TO_START
        assert states(here) == [JobState.ENDED, waits, waits]
        assert (here.floor.job("WO2.10").phase, here.floor.job("WO2.10").left) == ("", 40)
        assert await do(here, client, "start", "WO2.10") == 201  # by itself, on another tool
        await here.record(count("WO2.10", 40))
        assert await do(here, client, "complete", "WO2.10") == 201


async def test_a_side_that_is_made_ends_and_the_next_order_of_its_product_begins(
    tmp_path: Path,
) -> None:
    async with press(tmp_path) as (here, client):
        await do(here, client, "start")
        await here.record(count("WO1.10", 99), count("WO2.10", 99))
        siding = Siding(here.floor)
        await siding.look()
        assert states(here)[1:] == [JobState.RUNNING, JobState.ALLOWED_TO_START]
        await here.store_only(count("WO2.10", 1))
        await siding.look()
        await siding.look()
        assert states(here) == [JobState.RUNNING, JobState.ENDED, JobState.RUNNING]
        seq = here.store.reader.chain_end().seq
        await siding.look()
        assert here.store.reader.chain_end().seq == seq
        await do(here, client, "complete")
        assert states(here) == [JobState.ENDED, JobState.ENDED, JobState.ALLOWED_TO_START]


async def test_an_order_that_comes_later_is_begun_too(tmp_path: Path) -> None:
    async with press(tmp_path) as (here, client):
        await here.take(schedule(2, order("WO1", quantity=120)))
        await do(here, client, "start")
        later = {**order("WO4", 4), "product": "HINGE-R"}
        await here.take(schedule(3, order("WO1", quantity=120), later))
        await Siding(here.floor).look()
        job = here.floor.job("WO4.10")
        assert (job.state, job.phase) == (JobState.RUNNING, "beside")


async def test_a_side_holds_no_work_center_in_the_plan(tmp_path: Path) -> None:
    async with press(tmp_path) as (here, client):
        await do(here, client, "start")
        data = here.floor.register.data
        scenario = scenario_from(
            data.definitions.values(),
            data.requests.values(),
            here.floor.register.jobs.values(),
            [CALENDAR],
            [],
            here.clock.plant,
            here.clock.plant + 10**12,
        )
        held = {one.order: one.running_on for one in scenario.actuals}
        assert held == {"WO1": "L1", "WO2": None}  # of WO3 nothing is made
