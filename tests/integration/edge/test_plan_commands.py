"""`taktline plan show` and `export` against an edge's real API on a real socket."""

import asyncio
from pathlib import Path
from xml.etree import ElementTree

from typer.testing import CliRunner

from edge.api.app import application
from edge.commands.plan import plan
from edge.execution.dispatch.replanning import Replanner
from tests.integration.edge.floor_on_store import MINUTE, SIX, site
from tests.integration.edge.served import served
from tests.integration.edge.test_api import edge_of
from tests.integration.edge.test_instructions import hinge
from tests.integration.edge.test_kpis import HOUR, count, state
from tests.integration.edge.test_replanning import PlannerHere
from tests.unit.execution.floor_parts import order, schedule
from tests.unit.planning.test_workbook import sheets


async def run(url: str, *arguments: str) -> tuple[int, str]:
    """The command in a thread, while the edge answers here."""
    call = (plan, [*arguments, "--edge", url])
    done = await asyncio.to_thread(CliRunner().invoke, *call)
    return done.exit_code, done.output


async def test_the_plan_of_a_running_edge_is_shown_and_exported(tmp_path: Path) -> None:
    documents = (hinge(), schedule(1, order("WO1", quantity=5_000)))
    async with (
        site(tmp_path, documents=documents) as here,
        served(application(edge_of(here))) as url,
    ):
        code, told = await run(url, "show")
        assert (code, "no plan in force" in told) == (3, True), told
        await Replanner(here.floor, PlannerHere()).replan(documents=True)
        await here.record(state(SIX, "APT"), count(SIX, 80, 0), count(SIX + HOUR, 95, 80))
        here.clock.plant = SIX + 2 * HOUR + 30 * MINUTE

        code, told = await run(url, "show", "--width", "100")
        assert code == 0, told
        assert "version 1" in told
        assert "A hinge" in told
        assert max(map(len, told.splitlines())) <= 100

        page, book = tmp_path / "plan.html", tmp_path / "plan.xlsx"
        code, told = await run(url, "show", "--html", str(page), "--language", "zh")
        assert (code, told) == (0, f"{page}\n")
        assert ElementTree.fromstring(page.read_text("utf-8")).get("lang") == "zh"
        code, told = await run(url, "show", "--html", str(page))
        assert (code, "is there already" in told) == (3, True)
        assert (await run(url, "show", "--html", str(page), "--force"))[0] == 0

        code, told = await run(url, "export", "--xlsx", str(book))
        assert code == 0, told
        found = sheets(book.read_bytes())
        assert {"Orders", "Reasons", "Capacity", "Job orders", "Board", "Hours", "L1"} <= {*found}
        board = [row for row in found["Board"][1:] if row[0] == "L1"]
        today = [row for row in board if row[1].day == 8]
        assert [row[5] for row in today[:2]] == [80, 95]
        assert [row[1] for row in board] == sorted(row[1] for row in board)
        assert len({row[1] for row in board}) == len(board)
        assert len({row[1].date() for row in board}) > 1  # shifts of before, too
