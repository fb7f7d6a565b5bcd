"""A job that is made by weight: its grams are passed on, judged and ended like pieces."""

from dataclasses import replace
from pathlib import Path

from edge.domain.facts import FactDraft, FactKind
from edge.domain.vocabulary import JobState
from edge.execution.orders.onward import Onward
from tests.integration.edge.floor_on_store import SIX, site
from tests.integration.edge.test_api import API, act, api
from tests.unit.collection.memory_store import MemoryJobs, job
from tests.unit.collection.test_sensors import scale, weigh
from tests.unit.execution.floor_parts import definition, order, schedule

ASK = {"under_percent": "2", "over_percent": "5", "beyond": "ask"}


async def weighed(*grams: int) -> list[FactDraft]:
    """The counts that a scale under work center L1 makes while WO1.10 is on."""
    machine = scale()
    machine.jobs = MemoryJobs(on=replace(job(1010), job_order_id="WO1.10"))
    machine.begin()
    await weigh(machine, *grams)
    return [
        FactDraft(
            kind=fact.kind,
            occurred_at=fact.occurred_at,
            equipment_id=fact.equipment_id,
            source=fact.source,
            job_order_id=fact.job_order_id,
            body=fact.body,
        )
        for fact in machine.store.of(FactKind.PRODUCTION_COUNT)
    ]


async def test_grams_are_passed_on_judged_by_the_tolerance_and_shown(tmp_path: Path) -> None:
    product = definition()
    product = replace(product, content={**product.content, "unit": "g", "completion": ASK})
    product.content["operations"][0]["transfer_batch"] = 250
    documents = (product, schedule(1, order("WO1", quantity=1000)))
    counts = await weighed(0, 240, 500, 970, 1060)
    async with site(tmp_path, documents=documents) as here, api(here) as client:
        here.clock.plant = SIX + 10**9
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        seen = []
        for made in counts:
            await here.record(made)
            await Onward(here.floor).look()
            here.floor.register.reload()
            first, second = here.floor.job("WO1.10"), here.floor.job("WO1.20")
            seen.append((first.good, first.passed_on, str(second.state)))
        allowed, waits = JobState.ALLOWED_TO_START, JobState.NOT_ALLOWED_TO_START
        assert seen == [
            (240, 0, waits),
            (500, 500, allowed),
            (970, 750, allowed),
            (1060, 1060, allowed),
        ]
        assert "weighed" in counts[-1].body["flags"]
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert (board["job"]["over"], board["job"]["left"]) == (60, 0)
        version = here.floor.job("WO1.10").version
        ended = await act(client, "/job-orders/WO1.10/complete", "c", version=version)
        assert ended.status_code == 201, ended.text


async def test_too_few_grams_are_asked_back(tmp_path: Path) -> None:
    product = definition("HINGE", ["L1"])
    product = replace(product, content={**product.content, "unit": "g", "completion": ASK})
    documents = (product, schedule(1, order("WO1", quantity=1000)))
    async with site(tmp_path, documents=documents) as here, api(here) as client:
        here.clock.plant = SIX + 10**9
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await here.record(*await weighed(0, 970))
        version = here.floor.job("WO1.10").version
        ended = await act(client, "/job-orders/WO1.10/complete", "c", version=version)
        assert (ended.status_code, ended.json()["type"][-16:]) == (409, "beyond-tolerance")
