"""What happens at the same moment on one floor: nothing that was recorded is taken back."""

import asyncio
from pathlib import Path

import pytest

from edge.domain.facts import Source
from edge.domain.vocabulary import JobState
from edge.execution import receiving
from tests.integration.edge.floor_on_store import Site, site
from tests.unit.execution.floor_parts import order, schedule


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
