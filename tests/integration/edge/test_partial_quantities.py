"""Pieces go on while they are made: the next operation starts with the first transfer batch."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from edge.domain.vocabulary import JobState, MachineState
from edge.execution.dispatch.dispatching import Dispatcher
from edge.execution.orders.actions import Actions
from edge.execution.orders.onward import Onward
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_dispatching import asked, dispatcher
from tests.unit.execution.floor_parts import count, definition, order, schedule

SECOND = 1020


@asynccontextmanager
async def flowing(
    folder: Path, batch: int | None = 25, *, automatic: bool = True
) -> AsyncIterator[Site]:
    """A floor on which operation 10 is under way and passes `batch` pieces on together."""
    made = definition()
    made.content["operations"][0]["transfer_batch"] = batch
    documents = (made, schedule(1, order("WO1")))
    async with site(folder, automatic=automatic, documents=documents) as here:
        await dispatcher(here).look() if automatic else await started(here)
        yield here


async def started(here: Site) -> None:
    await Actions(here.floor).change_job("WO1.10", "start", asked("start"))


async def made(here: Site, id_: str, pieces: int, role: str = "good") -> None:
    center = here.floor.job(id_).work_center
    await here.record(count(id_, pieces, center, role))
    await Onward(here.floor).look()


def show(here: Site, state: MachineState, number: int = SECOND) -> None:
    here.clock.advance(90)
    before = here.machine.shown["L2"]
    told = [values for center, values in here.machine.written if center == "L2"]
    limits = [values["limit_setpoint"] for values in told if "limit_setpoint" in values]
    here.machine.shown["L2"] = replace(
        before,
        state=state,
        order=number,
        polled=here.clock.monotonic(),
        limit=limits[-1] if limits else None,
    )


async def completed(here: Site, second: Dispatcher) -> None:
    """The machine of the second operation stands in Complete, and is looked at."""
    show(here, MachineState.COMPLETE)
    second.seen(here.machine.shown["L2"])
    await second.look()


def limits(here: Site) -> list[int]:
    return [
        values["limit_setpoint"]
        for center, values in here.machine.written
        if center == "L2" and "limit_setpoint" in values
    ]


@pytest.mark.parametrize(
    ("good", "state"),
    [(24, JobState.NOT_ALLOWED_TO_START), (25, JobState.ALLOWED_TO_START)],
)
async def test_the_next_operation_may_start_with_the_first_batch(
    tmp_path: Path, good: int, state: JobState
) -> None:
    async with flowing(tmp_path) as here:
        await made(here, "WO1.10", good)
        assert here.floor.job("WO1.20").state == state
        facts = here.store.reader.chain_end().seq
        await Onward(here.floor).look()  # again changes nothing
        assert here.store.reader.chain_end().seq == facts


async def test_without_a_batch_all_is_passed_on_at_the_end(tmp_path: Path) -> None:
    async with flowing(tmp_path, None) as here:
        await made(here, "WO1.10", 100)
        assert here.floor.job("WO1.20").state == JobState.NOT_ALLOWED_TO_START
        assert here.floor.register.limit(here.floor.job("WO1.20")) == 0
        await Actions(here.floor).change_job("WO1.10", "complete", asked("c"))
        assert here.floor.register.limit(here.floor.job("WO1.20")) == 100


async def test_the_machine_is_never_told_more_than_was_passed_on_and_waits(tmp_path: Path) -> None:
    async with flowing(tmp_path) as here:
        second = dispatcher(here, "L2")
        await made(here, "WO1.10", 30)
        await second.look()
        assert limits(here) == [25]
        await made(here, "WO1.20", 25)
        await completed(here, second)
        job = here.floor.job("WO1.20")
        assert (job.state, here.floor.register.waits_for_input(job)) == (JobState.RUNNING, True)
        assert not second._is_pending(here.machine.shown["L2"])
        await made(here, "WO1.10", 46)  # 76: two batches more
        assert second._is_pending(here.machine.shown["L2"])
        await completed(here, second)
        assert limits(here) == [25, 50]
        assert not here.floor.register.waits_for_input(here.floor.job("WO1.20"))


async def test_the_end_of_the_operation_before_passes_on_the_rest(tmp_path: Path) -> None:
    async with flowing(tmp_path) as here:
        second = dispatcher(here, "L2")
        await made(here, "WO1.10", 60)
        await second.look()
        await made(here, "WO1.20", 49)
        await made(here, "WO1.20", 1, "scrap")
        await completed(here, second)
        await Actions(here.floor).change_job("WO1.10", "complete", asked("c"))
        await completed(here, second)
        assert limits(here) == [50, 10]
        await made(here, "WO1.20", 10)
        await completed(here, second)
        assert here.floor.job("WO1.20").state == JobState.ENDED


async def test_one_that_waits_ends_when_nothing_more_comes(tmp_path: Path) -> None:
    async with flowing(tmp_path) as here:
        second = dispatcher(here, "L2")
        await made(here, "WO1.10", 25)
        await second.look()
        await made(here, "WO1.20", 25)
        await completed(here, second)
        await Actions(here.floor).change_job("WO1.10", "complete", asked("c"))
        await completed(here, second)
        assert here.floor.job("WO1.20").state == JobState.ENDED


async def test_a_machine_that_a_person_ended_early_ends_the_job(tmp_path: Path) -> None:
    """Also after it was told a second time: it has not made what it was told then."""
    async with flowing(tmp_path) as here:
        second = dispatcher(here, "L2")
        await made(here, "WO1.10", 25)
        await second.look()
        await made(here, "WO1.20", 25)
        await made(here, "WO1.10", 25)
        await completed(here, second)
        assert limits(here) == [25, 25]
        await made(here, "WO1.20", 5)
        await completed(here, second)
        assert here.floor.job("WO1.20").state == JobState.ENDED


async def test_the_board_shows_what_was_passed_on_and_who_waits(tmp_path: Path) -> None:
    async with flowing(tmp_path, automatic=False) as here, api(here) as client:
        await made(here, "WO1.10", 30)
        job = here.floor.job("WO1.20")
        await act(client, "/job-orders/WO1.20/start", "s", version=job.version)
        shown = (await client.get(f"{API}/work-centers/L2/board")).json()["job"]
        assert (shown["limit"], shown["waits_for_input"]) == (25, False)
        await made(here, "WO1.20", 25)
        await here.record(count("WO1.10", 20))
        boards = [
            (await client.get(f"{API}/work-centers/{one}/board")).json() for one in ("L1", "L2")
        ]
        assert boards[0]["job"]["passed_on"] == 50
        assert (boards[1]["job"]["limit"], boards[1]["job"]["waits_for_input"]) == (50, False)


async def test_a_restarted_edge_passes_on_what_was_made_meanwhile(tmp_path: Path) -> None:
    async with flowing(tmp_path) as here:
        await here.record(count("WO1.10", 50))
        here.floor.register.reload()
        await Onward(here.floor).look()
        assert here.floor.job("WO1.20").state == JobState.ALLOWED_TO_START


@pytest.mark.parametrize(("good", "state"), [(0, JobState.ABORTED), (1, JobState.ALLOWED_TO_START)])
async def test_one_good_piece_is_enough_to_go_on_and_none_is_not(
    tmp_path: Path, good: int, state: JobState
) -> None:
    async with flowing(tmp_path, None, automatic=False) as here:
        await made(here, "WO1.10", good or 1, "good" if good else "scrap")
        here.floor.register.reload()
        await Actions(here.floor).change_job("WO1.10", "complete", asked("end"), confirm=True)
        here.floor.register.reload()
        assert here.floor.job("WO1.20").state == state
