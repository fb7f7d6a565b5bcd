"""A machine that loads orders by itself: jobs follow the number that it shows."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from edge.domain.facts import decode
from edge.domain.orders import JobOrder
from edge.domain.sentences import say
from edge.domain.vocabulary import JobState, MachineState
from edge.execution.dispatch.dispatching import Dispatcher
from edge.execution.gates import Block
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_dispatching import dispatcher
from tests.unit.execution.floor_parts import count

FIRST, SECOND, UNKNOWN = 1010, 2010, 777


@asynccontextmanager
async def following(folder: Path) -> AsyncIterator[tuple[Site, Dispatcher]]:
    async with site(folder) as here:
        center = replace(here.floor.work_centers["L1"], follows=True)
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        yield here, dispatcher(here)
        for fact in here.store.reader.facts_after(0, 1000):
            if fact.kind == "job_order_event":
                check(fact.data)


async def shows(here: Site, one: Dispatcher, state: MachineState, number: int) -> None:
    here.clock.advance(1)
    here.machine.show("L1", state, number)
    shown = here.machine.shown["L1"]
    here.machine.shown["L1"] = replace(shown, polled=here.clock.monotonic())
    for _ in range(3):
        one.seen(here.machine.shown["L1"])
        await one.look()


def states(here: Site) -> tuple[str, str]:
    here.floor.register.reload()
    return here.floor.job("WO1.10").state, here.floor.job("WO2.10").state


async def test_a_job_that_the_machine_loads_is_started_by_it(tmp_path: Path) -> None:
    async with following(tmp_path) as (here, one):
        await shows(here, one, MachineState.RESETTING, FIRST)
        job = here.floor.job("WO1.10")
        assert (job.state, job.phase) == (JobState.RUNNING, "setup")
        started = [
            decode(fact.data)
            for fact in here.store.reader.facts_after(0, 100)
            if b'"event":"started"' in fact.data
        ]
        assert [(fact.source, fact.actor) for fact in started] == [("plc", None)]
        assert started[0].body["raw"] == {"good": 7}
        await shows(here, one, MachineState.EXECUTE, FIRST)
        assert here.floor.job("WO1.10").phase == "run"
        assert here.machine.written == []


async def test_a_machine_that_completes_ends_the_job(tmp_path: Path) -> None:
    async with following(tmp_path) as (here, one):
        await shows(here, one, MachineState.EXECUTE, FIRST)
        await here.record(count("WO1.10", 40))
        await shows(here, one, MachineState.COMPLETE, FIRST)
        assert states(here) == (JobState.ENDED, JobState.ALLOWED_TO_START)


async def test_a_machine_that_goes_on_to_another_job_leaves_the_first_to_be_gone_on_with(
    tmp_path: Path,
) -> None:
    async with following(tmp_path) as (here, one):
        await shows(here, one, MachineState.EXECUTE, FIRST)
        await here.record(count("WO1.10", 40))
        await shows(here, one, MachineState.EXECUTE, SECOND)
        assert states(here) == (JobState.ALLOWED_TO_START, JobState.RUNNING)
        await here.record(count("WO2.10", 100))
        await shows(here, one, MachineState.EXECUTE, FIRST)
        assert states(here) == (JobState.RUNNING, JobState.ENDED)


async def test_an_unknown_number_is_shown_and_nothing_is_started(tmp_path: Path) -> None:
    async with following(tmp_path) as (here, one), api(here) as client:
        await shows(here, one, MachineState.EXECUTE, UNKNOWN)
        assert here.floor.register.mains("L1") == ()
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        unknown = {"number": UNKNOWN, "job_order_id": None, "problem": "unknown"}
        assert board["loaded"] == unknown


@pytest.mark.parametrize(
    ("number", "code", "whose"),
    [
        (0, "machine.no_order", "nobody's"),
        (UNKNOWN, "machine.unknown_order", "nobody's"),
        (SECOND, "machine.other_order", "of WO2.10"),
    ],
)
async def test_a_machine_that_shows_another_order_than_the_job_that_is_on_is_told_of(
    tmp_path: Path, number: int, code: str, whose: str
) -> None:
    async with site(tmp_path) as here, api(here) as client:

        async def told() -> Any:
            return (await client.get(f"{API}/work-centers/L1/board")).json()["not_shown"]

        here.machine.show("L1", MachineState.EXECUTE, number)
        assert await told() is None
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        here.machine.show("L1", MachineState.EXECUTE, number)
        said = await told()
        assert said["code"] == code
        assert whose in said["detail"]
        assert f"load number {FIRST}" in said["mend"]
        here.machine.show("L1", MachineState.EXECUTE, FIRST)
        assert await told() is None


@pytest.mark.parametrize(
    ("changes", "state", "told"),
    [
        ({"automatic": False}, MachineState.IDLE, True),
        ({"automatic": True}, MachineState.IDLE, False),
        ({"automatic": True}, MachineState.EXECUTE, True),
        ({"automatic": False, "manual": True}, MachineState.EXECUTE, False),
    ],
)
async def test_it_is_not_told_of_while_the_edge_loads_or_where_people_count(
    tmp_path: Path, changes: dict[str, Any], state: MachineState, told: bool
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        center = replace(here.floor.work_centers["L1"], **changes)
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        here.machine.show("L1", state, 0)
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert (board["not_shown"] is not None) is told


@dataclass
class Held:
    def blocks(self, job: JobOrder, actor: str | None) -> Iterable[Block]:
        yield Block(said=say("hold", "held", "release it"))


async def test_a_job_that_is_blocked_is_not_started_and_the_board_says_so(tmp_path: Path) -> None:
    async with following(tmp_path) as (here, one), api(here) as client:
        here.floor.gates.gates.append(Held())
        await shows(here, one, MachineState.EXECUTE, FIRST)
        assert states(here)[0] == JobState.ALLOWED_TO_START
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert board["loaded"]["problem"] == "blocked"


async def test_a_job_that_a_person_started_waits_for_the_machine_to_show_it(
    tmp_path: Path,
) -> None:
    async with following(tmp_path) as (here, one), api(here) as client:
        await shows(here, one, MachineState.IDLE, 0)
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await shows(here, one, MachineState.IDLE, 0)
        await shows(here, one, MachineState.EXECUTE, FIRST)
        job = here.floor.job("WO1.10")
        assert (job.state, job.phase) == (JobState.RUNNING, "run")
