"""Two who say something of lots at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from edge.domain.recording import FactWriter, Recorded, Recording
from edge.execution.genealogy.stand import LOTS
from tests.integration.edge.lots_on_floor import Lots, lots
from tests.integration.edge.test_api import act


def waiting(lock: asyncio.Lock) -> int:
    """How many wait for a lock that is held."""
    return len(lock._waiters or ())


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0)


class SlowWriter:
    """A writer that commits nothing before `go`."""

    def __init__(self, writer: FactWriter) -> None:
        self.writer, self.held, self.go = writer, 0, asyncio.Event()

    async def record(self, recording: Recording) -> Recorded:
        self.held += 1
        await self.go.wait()
        return await self.writer.record(recording)


async def at_once(here: "Lots", *asked: Awaitable[httpx.Response]) -> list[int]:
    """What two are answered of which the second asks before the first is committed."""
    floor = here.here.floor
    floor.writer = slow = SlowWriter(floor.writer)
    answers = asyncio.gather(*asked)
    await until(lambda: slow.held + waiting(floor.lock(LOTS)) == len(asked))
    slow.go.set()
    return sorted(one.status_code for one in await answers)


async def test_a_lot_that_somebody_opens_while_the_next_is_due_stays_open(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        tending = here.here.rooms.materials.tending
        tending.pieces_per_lot = 10
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        lock = here.here.floor.lock("L1")
        async with asyncio.TaskGroup() as both, lock:
            both.create_task(here.act("/job-orders/WO1.10/lots"))
            await until(lambda: waiting(lock) == 1)
            both.create_task(tending.look())
            await until(lambda: waiting(lock) == 2)
        made = (await here.get("/lots", job_order_id="WO1.10"))["items"]
        assert [(one["lot"], one["closed_at"]) for one in made] == [("WO1.10-1", None)]
        await here.makes(6)
        assert (await here.get("/lots/WO1.10-1"))["left"] == "6"


async def test_no_more_goes_out_of_a_lot_at_once_than_is_in_it(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.receive("S2", "10")
        split = {"how": "split", "flows": [{"from": "S2", "to": "S3", "quantity": "6"}]}
        used = act(here.client, "/job-orders/WO1.10/consumptions", "u1", lot="S2", quantity="6")
        moved = act(here.client, "/lots/flows", "f1", **split)
        assert await at_once(here, used, moved) == [201, 409]
        assert (await here.get("/lots/S2"))["left"] == "4"


@pytest.mark.parametrize("first", ["opened", "received"])
async def test_an_id_is_given_to_one_lot_only_by_whoever_comes_first(
    tmp_path: Path, first: str
) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        steel = {"lot": "P1", "material": "STEEL", "quantity": "5", "unit": "kg"}
        both = {
            "opened": act(here.client, "/job-orders/WO1.10/lots", "o1", lot="P1"),
            "received": act(here.client, "/lots", "r1", **steel),
        }
        asked = both.pop(first), *both.values()
        assert await at_once(here, *asked) == [201, 409]
        kind = {"opened": "product", "received": "material"}[first]
        assert (await here.get("/lots/P1"))["kind"] == kind
