"""What happens at the same moment on one floor: nothing that was recorded is taken back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from edge.domain.facts import Source
from edge.domain.production import JobProgress, ProductionReader
from edge.domain.recording import Document, Recording, StoreUnavailable, VersionConflict
from edge.domain.vocabulary import JobState
from edge.execution.dispatch.replanning import Replanner
from edge.execution.orders import receiving
from edge.execution.orders.register import all_may_have
from edge.planning.scenario.model import Scenario
from edge.planning.worker import answer_model
from tests.integration.edge.floor_on_store import Site, site
from tests.unit.execution.floor_parts import definition, order, schedule


async def change(here: Site, action: str) -> None:
    floor = here.floor
    job = floor.job("WO1.10")
    await floor.change(job, action, None, source=Source.SYSTEM, actor="dispatcher")


@pytest.mark.parametrize("action", ["start", "interrupt", "complete"])
async def test_a_document_does_not_take_back_what_happens_to_a_job_meanwhile(
    tmp_path: Path, action: str
) -> None:
    async with site(tmp_path) as here:
        for before in {"interrupt": ["start"], "complete": ["start"]}.get(action, []):
            await change(here, before)
        revised = schedule(2, order("WO1", quantity=120), order("WO2", 2))
        # The change is on its way to the store when the document is read.
        await asyncio.gather(change(here, action), receiving.take(here.floor, [revised]))
        here.floor.register.reload()
        job = here.floor.job("WO1.10")
        assert job.quantity == 120
        wanted = {"start": "Running", "interrupt": "Interrupted", "complete": "Ended"}[action]
        assert job.state == JobState(wanted)
        assert here.floor.job("WO2.10").state == JobState.ALLOWED_TO_START


async def test_a_job_that_ends_while_its_order_is_cut_stays_ended(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await change(here, "start")
        cut = schedule(2, order("WO2", 2))
        await asyncio.gather(change(here, "complete"), receiving.take(here.floor, [cut]))
        assert here.floor.job("WO1.10").state == JobState.ENDED
        assert here.floor.job("WO1.20").state == JobState.ABORTED


@dataclass
class Planner:
    """The planner in this process; `meanwhile` happens before its answer is used."""

    meanwhile: Callable[[], Awaitable[None]]

    async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
        answered: dict[str, Any] = answer_model(scenario, proofs)["schedule"]
        await self.meanwhile()
        return answered


def either_way() -> Document:
    """A routing whose first step both work centers can do."""
    document = definition()
    operations = [dict(one) for one in document.content["operations"]]
    second = operations[1]["alternatives"][0]
    operations[0]["alternatives"] = [*operations[0]["alternatives"], second]
    return replace(document, content={**document.content, "operations": operations})


async def test_a_plan_does_not_move_a_job_that_is_started_while_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = (either_way(), schedule(1, order("WO1"), order("WO2", 2), order("WO3", 3)))
    async with site(tmp_path, documents=documents) as here:
        floor, starts = here.floor, list[asyncio.Task[Any]]()

        async def start() -> None:
            """The start of a job is on its way to the store."""
            if not starts:
                job = floor.job("WO2.10")
                change = floor.change(job, "start", None, source=Source.SYSTEM, actor="ann")
                starts.append(asyncio.create_task(change))
                await asyncio.sleep(0)

        record, plan_comes = floor.writer.record, asyncio.Event()

        async def recorded(recording: Recording) -> Any:
            """The start is in the store, and nobody knows it before the plan is to be written."""
            if recording.plan is not None:
                plan_comes.set()
                return await record(recording)
            answer = await record(recording)
            await plan_comes.wait()
            return answer

        monkeypatch.setattr(floor.writer, "record", recorded)
        replanner = Replanner(floor, Planner(start))
        with pytest.raises(VersionConflict):
            await replanner.replan(documents=True)
        await starts[0]
        floor.register.reload()
        assert floor.job("WO2.10").state == JobState.RUNNING
        assert floor.job("WO2.10").work_center == "L1"
        await replanner.replan(documents=True)
        assert floor.job("WO2.10").state == JobState.RUNNING


@dataclass
class ForgetfulReader:
    """A register's reader that fails once when told to, as on a sick disk."""

    reader: ProductionReader
    fails: bool = False

    def jobs(self) -> Sequence[JobProgress]:
        if self.fails:
            self.fails = False
            raise StoreUnavailable("the store cannot be read now")
        return self.reader.jobs()


async def test_a_plan_whose_release_was_not_noticed_is_taken_over(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        reader = ForgetfulReader(here.store.reader)
        here.floor.register.reader = cast("ProductionReader", reader)
        here.floor.register.changes = all_may_have

        async def fail_next() -> None:
            reader.fails = replanner.plan.version == 0 and here.store.reader.plan() is None

        replanner = Replanner(here.floor, Planner(fail_next))
        running = asyncio.create_task(replanner.run())
        async with asyncio.timeout(20):
            while replanner.plan.version < 2:
                assert not running.done(), running
                await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
