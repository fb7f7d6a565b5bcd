"""A planner's workbook on its way: looked at, taken in, planned into hours and drawn."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from edge.commands.plan import plan
from tests.journeys.company import TOKEN, Company, company, order
from tests.journeys.processes import until
from tests.unit.erp_sync.planfiles.books import HEADER, book

pytestmark = pytest.mark.xdist_group("edge_process")
DUE = "2026-06-10 14:00"


def workbook(folder: Path, first: int, *more: tuple[Any, ...]) -> str:
    """June with WO1 of so many pieces, which machines know as 1001, and other orders."""
    path = folder / "june.xlsx"
    path.unlink(missing_ok=True)
    rows = [("WO1", "HINGE-60", "A", first, DUE, 1001, "ACME", 3), *more]
    path.write_bytes(book([(*HEADER, "number", "客户", "priority"), *rows]))
    return str(path)


async def run(here: Company, *arguments: str) -> tuple[int, str]:
    env = {"TAKTLINE_SYNC": str(here.sync.client.base_url), "ERP_TOKEN": TOKEN}
    call = [*arguments, "--token-env", "ERP_TOKEN"]
    done = await asyncio.to_thread(CliRunner().invoke, plan, call, env=env)
    return done.exit_code, done.output


async def test_a_workbook_becomes_hours_and_its_change_is_told_before(tmp_path: Path) -> None:
    async with company(tmp_path, order(quantity=100), speed=60) as here:

        async def planned(pieces: dict[str, int]) -> bool:
            """Whether hours of the plan in force, and what is made, add up to these."""
            said = await here.edge.get("/plan/chart")
            sums = {one["order"]: 0 for one in (said["schedule"] or {"hours": []})["hours"]}
            for one in (said["schedule"] or {"hours": []})["hours"]:
                sums[one["order"]] += one["quantity"]
            return {name: sums.get(name, 0) for name in pieces} == pieces

        await until(lambda: planned({"WO1": 100}))
        version = (await here.jobs())["WO1.10"]["version"]
        await here.act("/job-orders/WO1.10/start", version=version)
        await here.machine.show(state=6, order=1001010)
        await here.makes(20, "WO1.10")
        await here.settled()

        file = workbook(tmp_path, 150, ("WO2", "HINGE-60", "A", "1 200", DUE, 1002, "华东", 5))
        code, told = await run(here, "import", file, "--id", "2026-06", "--dry-run")
        assert code == 0, told
        assert "~ WO1  quantity 100 -> 150  (begun: 20 good so far)" in told
        assert "+ WO2  product HINGE-60" in told
        assert "WO2.10" not in await here.jobs()

        code, told = await run(here, "import", file, "--id", "2026-06", "--json")
        assert (code, json.loads(told)["revision"]) == (0, "2")
        await until(lambda: planned({"WO2": 1200}))
        job = (await here.jobs())["WO1.10"]
        assert (job["quantity"], job["good"]) == (150, 20)

        wrong = workbook(tmp_path, 0)
        code, told = await run(here, "import", wrong, "--id", "2026-06")
        assert (code, "Plan!D2 (quantity): 0" in told) == (3, True), told
        assert (await here.jobs())["WO1.10"]["quantity"] == 150

        page = tmp_path / "plan.html"
        edge = str(here.edge.client.base_url)
        code, told = await run(here, "show", "--edge", edge, "--html", str(page))
        assert code == 0, told
        assert "WO2.10 HINGE-60 × 1200" in page.read_text("utf-8")
        assert (await here.books())[("WO1", 10)] == (20, 0)
