"""`taktline quality`: a whole day of an inspector, over the edge's API."""

import asyncio
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from edge.api.app import application
from edge.commands.quality import quality
from tests.integration.edge.floor_on_store import SIX
from tests.integration.edge.served import served
from tests.integration.edge.test_api import edge_of
from tests.integration.edge.test_inspections import plan, running
from tests.unit.storage.samples import count

ANNA, BERT = ("--actor", "anna"), ("--actor", "bert")
CHART = ("L1", "HINGE", "10", "width")


async def test_an_inspector_s_day(tmp_path: Path) -> None:
    plans = plan(blocks={"failed": "hold_start"})
    async with running(tmp_path, plans) as (here, _), served(application(edge_of(here))) as url:

        async def run(*arguments: str, code: int = 0) -> str:
            asked = [*arguments, "--edge", url]
            done: Result = await asyncio.to_thread(lambda: CliRunner().invoke(quality, asked))
            assert done.exit_code == code, done.output
            return done.output

        async def read(*arguments: str) -> Any:
            return json.loads(await run(*arguments, "--json"))

        assert "nothing is due" in await run("due")
        await here.record(count(0, 60, at=SIX))
        assert "OVERDUE, 10 pieces late" in await run("due", "--work-center", "L1")
        record = ("record", "WO1.10", "DIM", *ANNA)
        width = ("--reading", "width=12.00,12.01,12.30")
        burr = ("--reading", "burr=ok,ok,nok")
        assert "FAILED  width: piece 3" in await run(*record, *width, *burr, "--sample", "S1")
        assert "burr (Burr) is missing" in await run(*record, *width, code=1)
        await run(*record, "--reading", "width", code=2)
        drawn = await run("chart", *CHART)
        assert "▲" in drawn
        assert "rule 1: one point beyond 3 sigma" in drawn
        assert "needs 50" in drawn
        frozen = ("freeze", *CHART, *BERT, "--note", "settled")
        assert "limits need 20" in await run(*frozen, code=1)
        (hold,) = (await read("holds"))["items"]
        assert hold["scope"] == "work_center"
        release = ("release", str(hold["id"]), "--note", "sorted out")
        assert "somebody else" in await run(*release, *ANNA, code=1)
        assert "recorded as fact" in await run(*release, *BERT)
        assert "nothing is held" in await run("holds")
        assert "released by bert" in await run("holds", "--all")
        lot = ("hold", "lot", "C7", *ANNA, "--reason", "cracks", "--interrupts")
        await run(*lot)
        assert "lot C7  cracks" in await run("holds")
        said = ("--quantity", "9", "--reason", "burr", "--place", "edge", "--cause", "die")
        await run("nonconformance", "WO1.10", *ANNA, *said)
        (apart,) = (await read("nonconformances"))["items"]
        assert apart["held"] == 9
        decide = ("dispose", str(apart["id"]))
        await run(*decide, "scrap", *BERT, "--quantity", "4", "--note", "cracked")
        await run(*decide, "use", *BERT, "--note", "gauged")
        assert "nothing is kept apart" in await run("nonconformances")
        assert "4 scrapped" in await run("nonconformances", "--all")
        assert "4  scrap  burr at edge" in await run("defects", "L1")
        file = tmp_path / "run.txt"
        file.write_text("\n".join(["11.99", "12.01"] * 25))
        await run("machine-run", *CHART, *BERT, "--file", str(file))
        assert "Cm 3.299832  Cmk 3.299832" in await run("machine-runs", "L1")


def test_it_says_when_there_is_no_edge() -> None:
    gone = CliRunner().invoke(quality, ["due", "--edge", "http://127.0.0.1:9"])
    assert gone.exit_code == 5
