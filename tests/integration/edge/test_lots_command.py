"""`taktline lots`: a lot's whole life, over the edge's API on a real socket."""

import asyncio
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from edge.api.app import application
from edge.commands.genealogy import label, recall, trace
from edge.commands.lots import lots as command
from edge.domain.gs1 import readable
from tests.integration.edge.lots_on_floor import lots
from tests.integration.edge.served import served
from tests.integration.edge.test_api import edge_of

ANNA = ("--actor", "anna")
LABEL = readable([("01", "04012345000016"), ("17", "261231"), ("3100", "000100"), ("10", "C7")])
SSCC = "340123450000000017"


async def test_a_lot_comes_goes_in_comes_out_and_is_packed(tmp_path: Path) -> None:
    async with lots(tmp_path) as here, served(application(edge_of(here.here))) as url:

        async def run(*arguments: str, code: int = 0, of: Any = command) -> str:
            asked = [*arguments, "--edge", url]
            done: Result = await asyncio.to_thread(lambda: CliRunner().invoke(of, asked))
            assert done.exit_code == code, done.output
            return done.output

        async def read(*arguments: str) -> Any:
            return json.loads(await run(*arguments, "--json"))

        told = await run("scan", LABEL)
        assert "gtin: 04012345000016" in told
        assert "no lot C7 of STEEL on this edge" in told
        received = await run("receive", LABEL, *ANNA, "--revision", "B")
        assert received.startswith("C7: 100 kg of STEEL B, expires 2027-01-01T00:00+01:00\n")
        assert "recorded as fact" in received
        assert "C7 is known already" in await run("receive", LABEL, *ANNA, code=1)
        await run("receive", LABEL, *ANNA, "--revision", "B", "--id", "C7-2", "--quantity", "5")
        own = ("--material", "STEEL", "--revision", "B", "--unit", "kg", "--quantity", "1.5")
        assert "S-1: 3/2 kg of STEEL B, never expires" in await run("receive", "S-1", *own, *ANNA)
        assert "lot: C7" in await run("scan", "C7")
        assert "missing" in await run("receive", "S-9", *ANNA, code=1)
        await run("mount", "C7", "--work-center", "L1", *ANNA)
        await here.start("WO1.10")
        await here.makes(40)
        await run("open", "WO1.10", *ANNA, "--lot", "OUT-1", "--container", "BOX")
        await here.makes(20)
        used = await read("use", "WO1.10", "C7-2", "--quantity", "2", *ANNA)
        assert "C7-2  material  STEEL B" in await run("show", "C7-2")
        assert "left 3 kg" in await run("show", "C7-2")
        await run("reverse", str(used["seq"]), "--note", "wrong one", *ANNA)
        assert "left 5 kg" in await run("show", "C7-2")
        await run("close", "OUT-1", *ANNA)
        assert "closed already" in await run("close", "OUT-1", *ANNA, code=1)
        pallet = (await run("pallet", *ANNA)).partition(",")[0]
        assert pallet == "PAL-1"
        pack = ("pack", "OUT-1", *ANNA, "--quantity")
        await run(*pack, "12", "--into", pallet)
        await run(*pack, "4", "--into", f"(00){SSCC}")
        assert "OUT-1 has 4 left, not 9" in await run(*pack, "9", "--into", pallet, code=1)
        assert "has 12 of OUT-1" in await run("show", pallet)
        await run("unpack", "OUT-1", *ANNA, "--out-of", pallet, "--quantity", "2")
        assert "has 10 of OUT-1" in await run("show", pallet)
        await run("split", "OUT-1", *ANNA, "--into", "OUT-2", "--quantity", "3")
        await run("rework", "OUT-2", *ANNA, "--into", "OUT-3", "--quantity", "1")
        await run("merge", "OUT-2", *ANNA, "--into", "OUT-3", "--quantity", "1")
        await run("serial", "OUT-2", *ANNA, "--into", "SN-1")
        lost = ("--work-center", "L1", "--loss", "storage", "--reason", "rust", *ANNA)
        await run("lose", "STEEL", "--quantity", "1.5", *lost)
        assert "rust" not in await run("hours", "--work-center", "L1")
        [hour] = (await read("hours"))["items"]
        assert (hour["consumed"], hour["storage_loss"]) == ("15/2", "3/2")
        refused = await run("load", "document", "DRW-60/B", "--work-center", "L1", *ANNA, code=1)
        assert "DRW-60" in refused
        await run("load", "document", "DRW-60/C", "--work-center", "L1", *ANNA)
        await run("unmount", "STEEL", "--work-center", "L1", *ANNA)
        assert "L1" not in (await read("show", "C7"))["mounted_on"]
        assert "SN-1" in await run("--lot", "C7", "--forward", of=trace)
        await run("split", "OUT-1", *ANNA, code=2)


async def test_a_lot_whose_number_has_a_slash_is_named_by_its_label(tmp_path: Path) -> None:
    label_ = readable([("01", "04012345000016"), ("3100", "000100"), ("10", "A/7")])
    async with lots(tmp_path) as here, served(application(edge_of(here.here))) as url:

        async def run(*arguments: str, of: Any = command) -> str:
            asked = [*arguments, "--edge", url]
            done: Result = await asyncio.to_thread(lambda: CliRunner().invoke(of, asked))
            assert done.exit_code == 0, done.output
            return done.output

        received = await run("receive", label_, *ANNA, "--revision", "B", "--id", "A-7")
        id_ = received.partition(":")[0]
        assert "/" not in id_
        assert json.loads(await run("show", label_, "--json"))["lot"] == id_
        await run("mount", label_, "--work-center", "L1", *ANNA)
        await here.start("WO1.10")
        await here.makes(40)
        traced = json.loads(await run("--lot", label_, "--forward", "--json", of=trace))
        assert (traced["lot"], traced["mounted_on"]) == (id_, ["L1"])
        assert "WO1.10" in [one["lot"] for one in traced["lots"]]
        recalled = json.loads(await run("--lot", label_, "--json", of=recall))
        assert recalled["lot"] == id_
        assert "^XA" in await run("lot", label_, *ANNA, of=label)
