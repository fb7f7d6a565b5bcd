"""A quantity that a supervisor holds to: job orders, the plan and its hours agree to the piece."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.vocabulary import FINAL_JOB_STATES, JobState
from edge.execution.dispatch.forecasting import Forecasting
from edge.execution.orders.masterdata import load
from edge.execution.orders.register import JobRegister
from edge.storage.readers.jobs import Jobs
from tests.integration.edge.floor_on_store import SIX
from tests.integration.edge.replanned import HOUR, Planning, planning
from tests.integration.edge.test_api import act, api
from tests.integration.edge.test_instructions import get
from tests.unit.execution.floor_parts import definition, order, schedule

LATER = order("WO2", 2, quantity=1_000)


@asynccontextmanager
async def made(
    folder: Path, quantity: int, pieces: int, percent: str = "0"
) -> AsyncIterator[tuple[Planning, httpx.AsyncClient]]:
    """At 06:50 operation 10 of WO1 runs and has made so many; `percent` of what operation 20
    begins is planned to be scrap."""
    product = definition()
    operations = [{**one} for one in product.content["operations"]]
    operations[1]["planned_scrap_percent"] = percent
    product = replace(product, content={**product.content, "operations": operations})
    documents = (product, schedule(1, order("WO1", quantity=quantity), LATER))
    async with planning(folder, documents) as one, api(one.here) as client:
        one.at(50)
        await one.start("WO1.10")
        await one.makes("WO1.10", pieces)
        one.here.floor.register.reload()
        yield one, client


async def erp_wants(one: Planning, quantity: int) -> None:
    wanted = [order("WO1", quantity=quantity)] if quantity else []
    await one.here.take(schedule(2, *wanted, LATER))
    await one.replanner.replan(documents=True)


async def answered(client: httpx.AsyncClient, answer: str) -> None:
    (question,) = (await get(client, "/questions?open=true"))["items"]
    done = await act(client, f"/questions/{question['id']}/answer", "q", answer=answer)
    assert done.status_code == 201, done.text


async def agree(one: Planning, client: httpx.AsyncClient, at: int) -> dict[str, int]:
    """From the hour that begins at `at` on, hours and plan have all that is left of each job."""
    jobs: dict[str, dict[str, Any]] = {
        job["id"]: job for job in (await get(client, "/job-orders"))["items"]
    }
    hours: dict[str, int] = dict.fromkeys(jobs, 0)
    for center in ("L1", "L2"):
        path = f"/work-centers/{center}/instructions?from={at}&to={at + 30 * 24 * HOUR}"
        for row in (await get(client, path))["items"]:
            hours[row["job_order_id"]] += row["good"]
    left = {
        id_: 0 if JobState(job["state"]) in FINAL_JOB_STATES else job["left"]
        for id_, job in jobs.items()
    }
    assert hours == left
    planned = {id_ for id_, job in one.replanner.plan.jobs.items() if job.end > at}
    assert planned == {id_ for id_, pieces in left.items() if pieces}
    return left


@settings(max_examples=25, deadline=None)
@given(
    quantity=st.integers(900, 4_000),
    pieces=st.integers(1, 900),
    cut=st.integers(0, 899),
    answer=st.sampled_from(["as_planned", "close", "stock"]),
    percent=st.sampled_from(["0", "2", "7.5"]),
)
async def test_plan_hours_and_job_orders_have_the_quantity_that_is_held_to(
    tmp_path_factory: pytest.TempPathFactory,
    quantity: int,
    pieces: int,
    cut: int,
    answer: str,
    percent: str,
) -> None:
    """The ERP cuts an order below what is made, or leaves it out; a supervisor says what then."""
    async with made(tmp_path_factory.mktemp("edge"), quantity, pieces, percent) as (one, client):
        await erp_wants(one, cut)
        if (await get(client, "/questions?open=true"))["items"]:
            await answered(client, answer)
        one.at(60)
        await one.replanner.replan(documents=False)
        one.here.floor.register.reload()
        await agree(one, client, SIX + HOUR)


async def test_an_answer_is_planned_at_once(tmp_path: Path) -> None:
    async with made(tmp_path, 4_000, 800) as (one, client):
        await erp_wants(one, 500)
        assert "WO1.10" not in {row.order for row in one.rows() if row.hour > SIX + HOUR}
        await answered(client, "as_planned")
        assert await one.look()
        assert one.why == ["plan.because_held_to"]
        behind = sum(row.quantity for row in one.rows() if row.hour > SIX and row.order == "WO1")
        assert behind == 4_000 - 800 - 240, "the hour that runs brings what ten minutes make"
        assert not await one.look(), "once"


@pytest.mark.parametrize("wants", [500, 0])
async def test_what_is_held_to_is_so_after_a_start_and_until_the_erp_wants_otherwise(
    tmp_path: Path, wants: int
) -> None:
    async with made(tmp_path, 4_000, 800) as (one, client):
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        due = one.here.floor.job("WO1.20").due
        await erp_wants(one, wants)
        await answered(client, "as_planned")
        await one.look()
        await forecasting.finished()
        assert forecasting.outlooks["WO1"].due == due
        store, register = one.here.store, one.here.floor.register
        again = JobRegister(store.reader, Jobs(store.rows))
        again.reload(load(store.reader))
        assert again.held.requests == register.held.requests
        assert again.jobs == register.jobs
        assert (again.jobs["WO1.20"].due, again.jobs["WO1.20"].quantity) == (due, 4_000)
        # Wanted again as it was, or of another quantity: the ERP's holds.
        await one.here.take(schedule(3, order("WO1", quantity=3_000), LATER))
        assert register.held.requests["WO1"].quantity == 3_000
        one.at(60)
        await one.replanner.replan(documents=True)
        left = await agree(one, client, SIX + HOUR)
        assert (left["WO1.10"], left["WO1.20"]) == (2_200, 3_000)


async def test_the_operations_behind_of_an_order_that_is_gone_go_on(tmp_path: Path) -> None:
    """It was cancelled and is made as planned: its last operation starts, and then it is done."""
    async with made(tmp_path, 900, 800) as (one, client):
        await erp_wants(one, 0)
        await answered(client, "as_planned")
        await one.makes("WO1.10", 100)
        floor = one.here.floor
        floor.register.reload()
        await act(client, "/job-orders/WO1.10/complete", "c", version=floor.job("WO1.10").version)
        one.at(60)
        await one.replanner.replan(documents=False)
        left = await agree(one, client, SIX + HOUR)
        assert (left["WO1.10"], left["WO1.20"]) == (0, 900)
        job = one.replanner.next_job("L2")
        assert job is not None
        assert (job.id, job.state) == ("WO1.20", JobState.ALLOWED_TO_START)
        await one.start("WO1.20")
        await one.makes("WO1.20", 900, center="L2")
        floor.register.reload()
        await act(client, "/job-orders/WO1.20/complete", "d", version=floor.job("WO1.20").version)
        floor.register.reload()
        assert "WO1" not in floor.register.held.requests
        one.at(120)
        await one.replanner.replan(documents=False)
        assert {job.order for job in one.replanner.plan.jobs.values()} <= {"WO2"}
        assert one.replanner.problem == ""


async def test_an_order_that_is_cut_to_what_the_hour_has_ends_with_the_hour(tmp_path: Path) -> None:
    """It was planned until half past eight; sales hears when the hour has the rest of it done."""
    documents = (definition(centers=("L1",)), schedule(1, order("WO1", quantity=4_000), LATER))
    async with planning(tmp_path, documents) as one:
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        one.at(50)
        await one.start("WO1.10")
        await one.makes("WO1.10", 800)
        await erp_wants(one, 1_000)
        await forecasting.finished()
        finish = forecasting.outlooks["WO1"].finish
        assert finish is not None
        assert finish <= SIX + HOUR
        planned = one.replanner.plan.jobs["WO1.10"]
        assert planned.end <= SIX + HOUR
