"""The ERP cuts or cancels what is being made: a machine is told, or a supervisor is asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.domain.facts import decode
from edge.domain.vocabulary import JobState, MachineState
from edge.execution.dispatch.dispatching import Dispatcher
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_dispatching import NUMBER, dispatcher
from tests.unit.execution.floor_parts import count, definition, order, schedule


@asynccontextmanager
async def running(
    folder: Path, made: int, **more: Any
) -> AsyncIterator[tuple[Site, Dispatcher, httpx.AsyncClient]]:
    """Operation 10 of 100 pieces on an automatic machine, of which `made` are there."""
    product = definition()
    product = replace(product, content={**product.content, **more})
    documents = (product, schedule(1, order("WO1")))
    async with site(folder, automatic=True, documents=documents) as here, api(here) as client:
        one = dispatcher(here)
        await one.look()
        await here.record(count("WO1.10", made))
        await at(here, one, MachineState.EXECUTE)
        yield here, one, client
        assert not verify(folder / "edge.sqlite").broken
        for fact in here.store.reader.facts_after(0, 1000):
            if fact.kind == "job_order_event":
                check(fact.data)


async def at(here: Site, one: Dispatcher, state: MachineState) -> None:
    """The machine shows a state, with the target that it was told last, and is looked at."""
    here.clock.advance(90)
    told = [values for _, values in here.machine.written if "target_setpoint" in values]
    shown = here.machine.shown["L1"]
    here.machine.shown["L1"] = replace(
        shown,
        state=state,
        order=NUMBER,
        polled=here.clock.monotonic(),
        target=told[-1]["target_setpoint"],
        limit=0,
    )
    await one.look()


def written(here: Site) -> list[int]:
    """Targets, and 0 for a command to complete."""
    return [values.get("target_setpoint", 0) for _, values in here.machine.written]


async def asked(client: httpx.AsyncClient, *, open_: str = "true") -> list[dict[str, Any]]:
    answer = await client.get(f"{API}/questions", params={"open": open_})
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def answered(client: httpx.AsyncClient, answer: str, **more: Any) -> httpx.Response:
    [question] = await asked(client)
    return await act(client, f"/questions/{question['id']}/answer", "q", answer=answer, **more)


async def test_a_job_that_was_cut_does_not_run_on_to_its_old_target(tmp_path: Path) -> None:
    async with running(tmp_path, 40) as (here, one, client):
        await here.take(schedule(2, order("WO1", quantity=70)))
        await at(here, one, MachineState.EXECUTE)
        assert written(here) == [100, 0]
        await at(here, one, MachineState.COMPLETE)
        assert written(here) == [100, 0, 30]
        assert await asked(client) == []
        await at(here, one, MachineState.EXECUTE)
        assert written(here) == [100, 0, 30]
        await here.record(count("WO1.10", 30))
        await at(here, one, MachineState.COMPLETE)
        assert here.floor.job("WO1.10").state == JobState.ENDED


async def test_an_order_cut_below_what_is_made_stops_and_asks(tmp_path: Path) -> None:
    async with running(tmp_path, 60) as (here, one, client):
        await here.take(schedule(2, order("WO1", quantity=50)))
        [question] = await asked(client)
        said = {name: question[name] for name in ("about", "made", "wanted", "was")}
        assert said == {"about": "cut", "made": 60, "wanted": 50, "was": 100}
        await at(here, one, MachineState.EXECUTE)
        await at(here, one, MachineState.COMPLETE)
        job = here.floor.job("WO1.10")
        assert (job.state, job.over, written(here)) == (JobState.RUNNING, 10, [100, 0])
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert [one["id"] for one in board["questions"]] == [question["id"]]
        assert (await client.get(f"{API}/status")).json()["questions"] == 1
        await here.take(schedule(2, order("WO1", quantity=50)))  # the same again asks nothing
        assert len(await asked(client, open_="true")) == 1


@pytest.mark.parametrize(
    ("answer", "state", "quantities", "surplus"),
    [
        ("close", JobState.ENDED, (60, 60), 0),
        ("stock", JobState.ENDED, (50, 50), 10),
        ("as_planned", JobState.RUNNING, (100, 100), 0),
    ],
)
async def test_a_supervisor_says_what_becomes_of_what_was_cut(
    tmp_path: Path, answer: str, state: JobState, quantities: tuple[int, int], surplus: int
) -> None:
    async with running(tmp_path, 60) as (here, one, client):
        await here.take(schedule(2, order("WO1", quantity=50)))
        await at(here, one, MachineState.EXECUTE)
        await at(here, one, MachineState.COMPLETE)
        done = await answered(client, answer, note="agreed with sales")
        assert done.status_code == 201, done.text
        assert (await answered_again(client, answer)).json() == done.json()
        jobs = here.floor.register.jobs
        assert jobs["WO1.10"].state == state
        assert tuple(jobs[id_].quantity for id_ in ("WO1.10", "WO1.20")) == quantities
        [told] = [
            one.body["quantity"]
            for one in (decode(fact.data) for fact in here.store.reader.facts_after(0, 1000))
            if one.body.get("event") == "answered"
        ]
        assert told == quantities[0]
        [question] = await asked(client, open_="false")
        assert (question["actor"], question["answer"]) == ("ann", answer)
        assert question["surplus"] == surplus
        if state == JobState.RUNNING:
            await one.look()
            await at(here, one, MachineState.COMPLETE)
            assert written(here) == [100, 0, 40]
        else:
            assert jobs["WO1.20"].state == JobState.ALLOWED_TO_START
        # the same plan again changes nothing of it
        facts = here.store.reader.chain_end().seq
        await here.take(schedule(2, order("WO1", quantity=50)))
        assert here.store.reader.chain_end().seq == facts + 1


async def answered_again(client: httpx.AsyncClient, answer: str) -> httpx.Response:
    [question] = await asked(client, open_="false")
    path = f"/questions/{question['id']}/answer"
    return await act(client, path, "q", answer=answer, note="agreed with sales")


@pytest.mark.parametrize(
    ("answer", "states"),
    [
        ("close", (JobState.ENDED, JobState.ABORTED)),
        ("stock", (JobState.ENDED, JobState.ABORTED)),
        ("as_planned", (JobState.RUNNING, JobState.NOT_ALLOWED_TO_START)),
    ],
)
async def test_a_cancelled_order_stops_and_asks(
    tmp_path: Path, answer: str, states: tuple[JobState, JobState]
) -> None:
    async with running(tmp_path, 60) as (here, one, client):
        await here.take(schedule(2))
        [question] = await asked(client)
        assert (question["about"], question["wanted"], question["was"]) == ("cancelled", 0, 100)
        await at(here, one, MachineState.EXECUTE)
        await at(here, one, MachineState.COMPLETE)
        assert written(here) == [100, 0]
        assert (await answered(client, answer)).status_code == 201
        jobs = here.floor.register.jobs
        assert (jobs["WO1.10"].state, jobs["WO1.20"].state) == states
        if answer == "as_planned":
            await at(here, one, MachineState.COMPLETE)
            assert written(here) == [100, 0, 40]
            assert here.machine.written[-1][1]["recipe_setpoint"] == 1010


async def test_a_cancelled_order_that_comes_back_asks_no_more(tmp_path: Path) -> None:
    async with running(tmp_path, 60) as (here, one, client):
        await here.take(schedule(2))
        await here.take(schedule(3, order("WO1")))
        assert await asked(client) == []
        [question] = await asked(client, open_="false")
        assert (question["answer"], question["actor"]) == ("withdrawn", None)
        assert here.floor.job("WO1.10").quantity == 100
        await at(here, one, MachineState.EXECUTE)
        assert written(here) == [100]


async def test_an_order_that_is_cut_twice_asks_once(tmp_path: Path) -> None:
    async with running(tmp_path, 60) as (here, _, client):
        await here.take(schedule(2, order("WO1", quantity=50)))
        await here.take(schedule(3, order("WO1", quantity=40)))
        [question] = await asked(client)
        assert (question["wanted"], question["was"]) == (40, 100)
        [old] = await asked(client, open_="false")
        assert old["answer"] == "superseded"


async def test_an_answer_is_given_once(tmp_path: Path) -> None:
    async with running(tmp_path, 60) as (here, _, client):
        await here.take(schedule(2, order("WO1", quantity=50)))
        [question] = await asked(client)
        path = f"/questions/{question['id']}/answer"
        assert (await act(client, path, "a", answer="dance")).status_code == 422
        assert (await act(client, path, "b", answer="stock")).status_code == 201
        assert (await act(client, path, "c", answer="close")).status_code == 409
        assert (await act(client, "/questions/9/answer", "d", answer="close")).status_code == 404


ASK = {"under_percent": "2", "over_percent": "5", "beyond": "ask"}


async def test_a_job_ended_short_at_the_machine_asks(tmp_path: Path) -> None:
    async with running(tmp_path, 97, completion=ASK) as (here, one, client):
        await at(here, one, MachineState.COMPLETE)
        [question] = await asked(client)
        assert (question["about"], question["choices"]) == ("short", ["close", "as_planned"])
        assert here.floor.job("WO1.10").state == JobState.RUNNING
        assert (await answered(client, "as_planned")).status_code == 201
        await at(here, one, MachineState.COMPLETE)
        assert written(here) == [100, 3]
        await at(here, one, MachineState.COMPLETE)
        assert len(await asked(client)) == 1  # ended short again


async def test_a_job_within_its_tolerance_ends_by_itself(tmp_path: Path) -> None:
    async with running(tmp_path, 98, completion=ASK) as (here, one, client):
        await at(here, one, MachineState.COMPLETE)
        assert here.floor.job("WO1.10").state == JobState.ENDED
        assert await asked(client) == []


async def test_a_job_that_must_not_end_short_is_told_the_rest(tmp_path: Path) -> None:
    async with running(tmp_path, 97, completion=ASK | {"beyond": "refuse"}) as (here, one, _):
        await at(here, one, MachineState.COMPLETE)
        assert written(here) == [100, 3]


async def test_more_than_the_tolerance_is_shown_and_asked(tmp_path: Path) -> None:
    async with running(tmp_path, 106, completion=ASK) as (here, one, client):
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert board["job"]["over"] == 6
        await at(here, one, MachineState.COMPLETE)
        assert here.floor.job("WO1.10").state == JobState.ENDED
        [question] = await asked(client)
        assert question["about"] == "over"
        assert (await answered(client, "stock")).status_code == 201
        [question] = await asked(client, open_="false")
        assert question["surplus"] == 6
        assert here.floor.job("WO1.20").state == JobState.ALLOWED_TO_START


async def test_too_many_of_one_operation_do_not_hold_up_the_next(tmp_path: Path) -> None:
    async with running(tmp_path, 106, completion=ASK) as (here, one, client):
        await at(here, one, MachineState.COMPLETE)
        second = here.floor.job("WO1.20")
        await act(client, "/job-orders/WO1.20/start", "s", version=second.version)
        assert len(await asked(client)) == 1
        assert here.floor.register.asked(here.floor.job("WO1.20")) is None
