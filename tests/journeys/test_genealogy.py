"""Lots from the scan to the recall: refused, split at the counter, told to the ERP, traced back."""

import asyncio
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.company import DEFINITION, Company, company, order
from tests.journeys.explained import explained
from tests.journeys.processes import until

pytestmark = pytest.mark.xdist_group("edge_process")
STEEL = {"material": "STEEL", "revision": "B", "quantity": "3/8", "unit": "kg", "tracked": "lot"}
DRAWING = {"id": "DRW-60", "revision": "C"}
MADE_OF: dict[str, Any] = {
    **DEFINITION,
    "bom_revision": "7",
    "operations": [{**DEFINITION["operations"][0], "materials": [STEEL], "documents": [DRAWING]}],
}
MOUNT = "/work-centers/L1/materials/mount"
PAST = 1_500_000_000_000_000


async def receive(here: Company, lot: str, **more: Any) -> None:
    said = {"material": "STEEL", "revision": "B", "quantity": "100", "unit": "kg"} | more
    await here.act("/lots", lot=lot, **said)


async def stated(here: Company) -> dict[str, Fraction]:
    """What the ERP's feed says was consumed, by lot."""
    sums: dict[str, Fraction] = {}
    for item in await here.feed():
        body = item["fact"]["body"]
        if item["fact"]["kind"] == "material_consumed" and body["event"] == "stated":
            assert (item["order"], item["operation"], item["effects"]) == ("WO1", 10, [])
            sums[body["lot"]] = sums.get(body["lot"], Fraction(0)) + Fraction(body["quantity"])
    return {lot: much for lot, much in sums.items() if much}


async def test_a_suspect_lot_from_the_scan_to_the_recall(tmp_path: Path) -> None:
    async with company(tmp_path, order(), definition=MADE_OF) as here:
        start = {"version": (await here.jobs())["WO1.10"]["version"]}
        refused = await here.act("/job-orders/WO1.10/start", 409, **start)
        assert [one["code"] for one in refused["errors"]] == ["material.missing"]
        await _refused_lots(here)
        assert (await explained(here, "availability")).value == 0
        await here.act(MOUNT, lot="S1", job_order_id="WO1.10")
        scan: dict[str, Any] = {"what": "document", "id": "DRW-60", "job_order_id": "WO1.10"}
        refused = await here.act("/work-centers/L1/loaded", 409, revision="B", **scan)
        assert "DRW-60 revision B" in refused["detail"]
        assert "DRW-60 revision C" in refused["detail"]
        blocks = (await here.board())["next"][0]["blocks"]
        assert [one["code"] for one in blocks] == ["revision.loaded"]
        await here.act("/job-orders/WO1.10/start", 409, **start)
        stood = await explained(here, "availability")
        assert stood.value == 0
        assert "APT" not in stood.times
        await here.act("/work-centers/L1/loaded", revision="C", **scan)
        await here.act("/job-orders/WO1.10/start", **start)
        await here.machine.show(state=6, order=1001010)
        await here.makes(12, "WO1.10")
        await here.act("/job-orders/WO1.10/lots", lot="P1")
        await here.makes(8, "WO1.10")
        await here.act(MOUNT, lot="S2")
        await here.makes(20, "WO1.10")
        await _traced(here)
        pallet = (await here.act("/lots/pallets"))["lot"]
        flows = [{"from": "P1", "to": pallet, "quantity": "28"}]
        await here.act("/lots/flows", how="packed", flows=flows)
        recall = await here.edge.get("/lots/S2/recall")
        assert (recall["customers"], recall["pieces"]) == (["ACME"], 28)
        assert [one["pallet"] for one in recall["pallets"]] == [pallet]
        assert [one["lots"] for one in recall["orders"]] == [["P1"]]
        await _told(here)
        rows = (await _command(here, "recall", "--lot", "S2", "--csv")).splitlines()
        assert rows[1] == f"ACME,WO1,10,WO1.10,HINGE-60,A,28,P1,{pallet}"
        back = await _command(here, "trace", "--lot", pallet, "--backward")
        assert all(lot in back for lot in ("P1", "S1", "S2"))
        zpl = await _command(here, "label", "pallet", pallet)
        assert f"00{pallet}" in zpl or pallet in zpl


async def _command(here: Company, *words: str) -> str:
    """What a command prints."""
    url = str(here.edge.client.base_url)
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "taktline", *words, "--edge", url, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await done.communicate()
    assert done.returncode == 0, out.decode()
    return out.decode()


async def _refused_lots(here: Company) -> None:
    """Expired, held, and of another revision: each is refused by name."""
    await receive(here, "OLD", expires=PAST)
    await receive(here, "HELD")
    await receive(here, "REV-A", revision="A")
    for lot in ("S1", "S2"):
        await receive(here, lot)
    hold: dict[str, Any] = {"scope": "lot", "target": "HELD", "reason": "wrong hardness"}
    await here.act("/quality/holds", **hold)
    for lot, code in (("OLD", "expired"), ("HELD", "held"), ("REV-A", "revision.lot")):
        refused = await here.act(MOUNT, 409, lot=lot, job_order_id="WO1.10")
        assert [one["code"] for one in refused["errors"]] == [code]
        assert lot in refused["detail"]


async def _traced(here: Company) -> None:
    """The lot change splits the pieces at the counter, which stood at 120 (100 at the start)."""
    first = (await here.edge.get("/lots/S1/trace"))["spans"]
    found = [(one["output"], one["first"], one["last"], one["raw"]["good"]) for one in first]
    assert found == [("WO1.10", 1, 12, 100), ("P1", 13, 20, 112)]
    (second,) = (await here.edge.get("/lots/S2/trace"))["spans"]
    assert (second["first"], second["last"], second["raw"]["good"]) == (21, 40, 120)
    assert second["certain"] is True


async def _told(here: Company) -> None:
    """The ERP is told what was consumed, and its books know no more pieces for it."""
    version = (await here.jobs())["WO1.10"]["version"]
    await here.act("/job-orders/WO1.10/complete", version=version, confirm=True)
    wanted = {"S1": Fraction(60, 8), "S2": Fraction(60, 8)}

    async def said() -> bool:
        return await stated(here) == wanted

    await until(said)
    assert await here.books() == {("WO1", 10): (40, 0)}
    found = await here.sync.get("/reconciliations/2026-06-08")
    assert [one["recorded"]["good"] for one in found["rows"]] == [40]


async def test_a_started_job_keeps_its_revision_when_the_plan_wants_another(
    tmp_path: Path,
) -> None:
    async with company(tmp_path, order(), definition=MADE_OF) as here:
        await receive(here, "S1")
        await here.act(MOUNT, lot="S1")
        version = (await here.jobs())["WO1.10"]["version"]
        await here.act("/work-centers/L1/loaded", what="document", id="DRW-60", revision="C")
        await here.act("/job-orders/WO1.10/start", version=version)
        newer = {**MADE_OF, "bom_revision": "8"}
        await here.put("/operations-definitions/HINGE-60/B", newer)
        await here.schedule(2, order(product_revision="B"), order("WO2", 1002))

        async def kept() -> bool:
            job = (await here.jobs())["WO1.10"]
            return bool(job["wanted_revision"] == "HINGE-60 B")

        await until(kept)
        jobs = await here.jobs()
        assert (jobs["WO1.10"]["revision"], jobs["WO1.10"]["bom_revision"]) == ("A", "7")
        warned = (await here.board())["job"]["blocks"]
        assert [(one["code"], one["only_warns"]) for one in warned] == [("revision.newer", True)]
        said = [one["fact"]["body"] for one in await here.feed() if one["fact"]["kind"] == "audit"]
        detail = {"kept": "HINGE-60 A", "wanted": "HINGE-60 B"}
        assert {"action": "revision_kept", "detail": detail} in said
