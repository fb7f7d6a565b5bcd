"""Several jobs at once on a work center that allows it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.collection.equipment import Machines
from edge.collection.marks import Marks
from edge.collection.owners import owners
from edge.collection.settings import WorkCenterSettings
from edge.domain.equipment import JobBook, JobContext
from edge.domain.facts import decode
from edge.domain.states import StateInterval
from edge.execution.orders.shares import BUSY, busy_times
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import CALENDAR, MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_by_hand import machines_of
from tests.unit.execution.floor_parts import definition, order, schedule

if TYPE_CHECKING:
    from edge.collection.snapshots import Seen


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[tuple[Site, Machines, httpx.AsyncClient]]:
    """A bench without a device on which two jobs can be on at once."""
    orders = [order(f"WO{number}", number) for number in (1, 2, 3)]
    documents = (definition("HINGE", ["L1"]), schedule(1, *orders))
    async with site(folder, documents=documents) as here:
        machines = machines_of(here)
        here.floor.equipment = machines
        here.floor.work_centers = {
            id_: replace(one, device=None, manual=True, parallel=2)
            for id_, one in here.floor.work_centers.items()
        }
        await machines.start()
        try:
            async with api(here) as client:
                yield here, machines, client
        finally:
            await machines.stop()


async def do(here: Site, client: httpx.AsyncClient, action: str, id_: str) -> int:
    here.floor.register.reload()
    version = here.floor.job(id_).version
    path, key = f"/job-orders/{id_}/{action}", f"{id_}{action}{version}"
    answer = await act(client, path, key, version=version, confirm=True)
    return answer.status_code


async def test_as_many_jobs_as_the_work_center_allows_are_on_and_all_are_shown(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as (here, _, client):
        assert await do(here, client, "start", "WO1.10") == 201
        assert await do(here, client, "start", "WO2.10") == 201
        assert await do(here, client, "start", "WO3.10") == 409
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert [one["id"] for one in board["jobs"]] == ["WO1.10", "WO2.10"]
        assert board["job"]["id"] == "WO1.10"
        assert await do(here, client, "complete", "WO1.10") == 201
        assert await do(here, client, "start", "WO3.10") == 201


async def test_people_report_for_each_of_them(tmp_path: Path) -> None:
    async with bench(tmp_path) as (here, _, client):
        for id_ in ("WO1.10", "WO2.10"):
            await do(here, client, "start", id_)
        for place, id_ in enumerate(("WO1.10", "WO2.10"), start=1):
            path = f"/job-orders/{id_}/quantities"
            said = await act(client, path, f"q{id_}", hour=SIX, good=5 * place, scrap=0)
            assert said.status_code == 201, said.text
        here.floor.register.reload()
        assert [here.floor.job(id_).good for id_ in ("WO1.10", "WO2.10")] == [5, 10]


async def test_the_time_of_the_work_center_is_shared_by_those_that_are_on(tmp_path: Path) -> None:
    async with bench(tmp_path) as (here, machines, client):

        async def at(minute: int) -> None:
            here.clock.plant = SIX + minute * MINUTE
            await machines.collectors["L1"].tick()

        await do(here, client, "start", "WO1.10")  # at minute 10
        await at(20)
        await do(here, client, "start", "WO2.10")
        await at(40)
        await do(here, client, "complete", "WO1.10")
        await at(50)
        query: dict[str, Any] = {"work_center": "L1", "from": SIX, "to": SIX + 60 * MINUTE}
        items = (await client.get(f"{API}/job-orders/times", params=query)).json()["items"]
        busy = {one["job_order_id"]: one["busy_us"] // MINUTE for one in items}
        assert busy == {"WO1.10": 20, "WO2.10": 20}
        facts = here.store.reader.facts_after(0, 1000)
        states = [decode(one.data) for one in facts if one.kind == "equipment_state"]
        assert [one.body["shared"] for one in states if "shared" in one.body] == [
            ["WO1.10", "WO2.10"]
        ]
        for one in facts:
            if one.kind == "equipment_state":
                check(one.data)


@pytest.mark.parametrize(("others", "owner"), [((), "WO1.10"), (("WO2.10",), None)])
def test_pieces_of_a_counter_without_an_order_number_are_nobodys_while_two_are_on(
    others: tuple[str, ...], owner: str | None
) -> None:
    context = JobContext(
        job_order_id="WO1.10", number=1, run_time_per_item="1", phase="run", others=others
    )
    book = SimpleNamespace(running=lambda _: context)
    settings = WorkCenterSettings(id="L1", device="d", calendar=CALENDAR, zone=CALENDAR.zone)
    found = owners(settings, cast("JobBook", book))(Marks(), cast("Seen", None))
    assert (found.job.job_order_id if found.job else None) == owner
    assert bool(found.flags) == (owner is None)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**9), st.sampled_from(["APT", "ADOT", "ADET"]), st.integers(1, 4)
        ),
        max_size=8,
    )
)
def test_shares_add_up_to_the_time_of_the_work_center(
    rows: list[tuple[int, str, int]],
) -> None:
    at, intervals, shared, total = 0, list[StateInterval](), dict[int, list[str]](), 0
    for opened, (length, time_class, jobs) in enumerate(rows, start=1):
        intervals.append(
            StateInterval(
                equipment_id="L1",
                opened=opened,
                start=at,
                end=at + length,
                state=6,
                mode=1,
                fault=None,
                time_class=time_class,
                job_order_id="J0",
                shift="",
                production_day="",
            )
        )
        if jobs > 1:
            shared[opened] = [f"J{place}" for place in range(jobs)]
        at += length
        total += length if time_class in BUSY else 0
    assert sum(busy_times(intervals, shared, 0, at + 1).values()) == total
