"""A stop is split afterwards and part of it was planned; set-up is approved: the board, the figures
and the ERP's feed follow, and each figure is explained."""

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.company import DEFINITION, Company, company, order
from tests.journeys.explained import explained
from tests.journeys.processes import until

pytestmark = pytest.mark.xdist_group("edge_process")

PLANNED = """
[[reason]]
kind = "stop"
code = "CLEANING"
en = "Cleaning"
zh = "清洁"
loss = "planned"
"""
MINUTE = 60_000_000


async def started(here: Company) -> None:
    await here.act("/job-orders/WO1.10/start", version=(await here.jobs())["WO1.10"]["version"])
    await here.machine.show(state=6, order=1001010)


async def stopped_for(here: Company, minutes: int) -> dict[str, Any]:
    """The machine stands until its stop has lasted so long; the stop as the board shows it."""
    await here.machine.show(state=11)

    async def lasted() -> dict[str, Any] | None:
        stop: dict[str, Any] | None = (await here.board())["open_stop"]
        now = (await here.edge.status())["plant_now"]
        return stop if stop and now - stop["from"] > minutes * MINUTE else None

    found: dict[str, Any] = await until(lasted)
    return found


async def test_a_stop_is_split_afterwards_and_a_part_of_it_was_planned(tmp_path: Path) -> None:
    async with company(tmp_path, order(), plant_tail=PLANNED, speed=60) as here:
        await started(here)
        await here.makes(20, "WO1.10")
        stop = await stopped_for(here, 3)
        await here.machine.show(state=6)
        await here.makes(5, "WO1.10")
        path = f"/stops/{stop['id']}"
        await here.act(f"{path}/reason", reason="JAM")
        before = await explained(here, "availability")
        middle = stop["from"] + 2 * MINUTE
        await here.act(f"{path}/split", at=middle, reason="CLEANING")
        [now] = [one for one in (await here.board())["stops"] if one["id"] == stop["id"]]
        parts = [(one["reason"], one["planned"]) for one in now["parts"]]
        assert parts == [("JAM", False), ("CLEANING", True)]
        after = await explained(here, "availability")
        cleaned = now["to"] - middle
        assert before.times["ADET"] - after.times["ADET"] == cleaned
        assert before.value is not None
        assert after.value is not None
        assert after.value > before.value
        bars = (await here.edge.get("/stops/pareto", work_center="L1", by="reason"))["items"]
        lost = {bar["key"]: bar["time"] for bar in bars}
        assert lost == {"JAM": 2 * MINUTE, "CLEANING": cleaned}
        await here.act(f"{path}/merge", at=middle)
        assert (await explained(here, "availability")).times["ADET"] == before.times["ADET"]
        events = [
            item["fact"]["body"].get("event", "reason")
            for item in await here.feed()
            if item["fact"]["kind"] == "stop_reason"
        ]
        assert events == ["reason", "split", "merged"]
        assert (await explained(here)).pieces == {"WO1.10": (25, 0, 0)}
        assert await here.books() == {("WO1", 10): (25, 0)}


async def test_pieces_of_set_up_are_scrap_until_somebody_approves_them(tmp_path: Path) -> None:
    made = {**DEFINITION, "setup_pieces": "approval"}
    async with company(tmp_path, order(), definition=made, speed=60) as here:
        await started(here)
        await here.machine.show(good=here.machine.values["good"] + 12)

        async def tried() -> bool:
            job = (await here.board())["job"]
            return bool(job and job["setup"]["pieces"] == 12)

        await until(tried)
        in_setup = await explained(here, "quality_ratio")
        assert in_setup.value == 0
        assert in_setup.pieces["WO1.10"] == (0, 12, 0)
        assert await here.books() == {("WO1", 10): (0, 12)}
        version = (await here.jobs())["WO1.10"]["version"]
        await here.act("/job-orders/WO1.10/approve", version=version, good=7)
        assert (await here.jobs())["WO1.10"]["phase"] == "run"
        await here.makes(8, "WO1.10")
        approved = await explained(here, "quality_ratio")
        assert approved.pieces["WO1.10"] == (15, 5, 0)
        assert approved.times["ASUT"] >= in_setup.times["ASUT"] > 0
        assert await here.books() == {("WO1", 10): (15, 5)}
