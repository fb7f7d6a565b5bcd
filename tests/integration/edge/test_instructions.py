"""What an hour's instruction says is resolved at its release and stays with the version."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from edge.domain.facts import Source
from edge.domain.instructions import SetUp
from edge.domain.pace import LevelRule
from edge.domain.recording import Document
from edge.execution.dispatch.replanning import Replanner
from edge.storage.verify import verify
from tests.integration.edge.floor_on_store import SIX, Site, site
from tests.integration.edge.test_api import API, api
from tests.integration.edge.test_kpis import HOUR
from tests.integration.edge.test_replanning import PlannerHere, instructions
from tests.unit.execution.floor_parts import definition, order, schedule

MATERIALS = [
    {"material": "COIL", "revision": "A", "quantity": "0.125", "unit": "kg", "tracked": "lot"},
    {"material": "BOX", "quantity": "1/500", "unit": "pcs"},
]
DRAWINGS = [{"id": "DRW-7", "revision": "C", "title": "Hinge"}]


def hinge(revision: str = "A", position: int = 1, product: str = "HINGE", **more: Any) -> Document:
    """A hinge that is bent with a tool, by a drawing, of a coil into boxes."""
    plain = definition(product)
    first, *rest = plain.content["operations"]
    way = first["alternatives"][0] | {"tool": {"id": f"T-{product}", "cavities": 1}}
    made = first | {"alternatives": [way], "materials": MATERIALS, "documents": DRAWINGS} | more
    content = dict(plain.content) | {"operations": [made, *rest], "family": product.lower()}
    return replace(plain, revision=revision, position=position, content=content)


async def planned(here: Site) -> None:
    await Replanner(here.floor, PlannerHere()).replan(documents=True)


async def get(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_hour_says_how_fast_with_what_and_from_what(tmp_path: Path) -> None:
    documents = (hinge(), hinge(product="PIN"), schedule(1, order("WO1", quantity=5_000)))
    pin = order("WO2", 2, quantity=300) | {"product": "PIN", "due": "2026-06-11T14:00:00+02:00"}
    documents = (*documents[:2], schedule(1, order("WO1", quantity=5_000), pin))
    async with site(tmp_path, documents=documents) as here, api(here) as client:
        await planned(here)
        board = await get(client, "/work-centers/L1/board")
        now, following = board["instruction"], board["next_instructions"][0]
        assert (now["rate"], now["takt_s"], now["unchecked"]) == ("1440", "5/2", False)
        assert (now["tool"], now["revision"]) == ("T-HINGE", "A")
        assert now["documents"] == [{"id": "DRW-7", "revision": "C", "title": "Hinge", "url": None}]
        # 06:10 to 07:00, less 300 s to set up: 1,080 pieces, of the third box the first part.
        assert [one["quantity"] for one in now["materials"]] == ["135", "3"]
        assert (following["begun"], following["quantity"]) == (1_080, 1_440)
        assert [one["quantity"] for one in following["materials"]] == ["180", "3"]

        listed = await get(client, f"/work-centers/L1/instructions?from={SIX}&to={SIX + 99 * HOUR}")
        hinges = [one for one in listed["items"] if one["order"] == "WO1"]
        staged = [[float(two["quantity"]) for two in one["materials"]] for one in hinges]
        assert [sum(column) for column in zip(*staged, strict=True)] == [625, 10]
        change = next(one for one in listed["items"] if one["order"] == "WO2" and one["setup_s"])
        assert change["setup"] == {
            "from_family": "hinge",
            "to_family": "pin",
            "from_tool": "T-HINGE",
            "to_tool": "T-PIN",
        }
        odd = await client.get(f"{API}/work-centers/L1/instructions?from={SIX}&to={SIX}")
        assert odd.status_code == 422


async def test_what_was_released_stays_whatever_comes_later(tmp_path: Path) -> None:
    documents = (hinge(), schedule(1, order("WO1", quantity=5_000)))
    async with site(tmp_path, documents=documents) as here, api(here) as client:
        await planned(here)
        before = instructions(here)
        assert before[0].sheet.tool == "T-HINGE"
        assert before[0].change == SetUp(to_family="hinge", to_tool="T-HINGE")
        # A new revision of the product, wanted by a new schedule, in the middle of the hour.
        newer = [{"id": "DRW-7", "revision": "D"}]
        second = order("WO1", quantity=5_000) | {"product_revision": "B"}
        await here.take(hinge("B", 3, documents=newer), replace(schedule(2, second), position=4))
        here.clock.advance(20 * 60)
        await planned(here)
        after = instructions(here)
        assert [one for one in after if one.hour == SIX] == [before[0]]
        assert {one.sheet.documents[0].revision for one in after[1:]} == {"D"}
        shown = (await get(client, "/work-centers/L1/board"))["instruction"]
        assert (shown["documents"][0]["revision"], shown["changed_since"]) == ("C", "B")

        kept = here.store.reader.plan()
        await here.store.rebuild()
        assert instructions(here) == after
        assert here.store.reader.plan() == kept
        assert verify(tmp_path / "edge.sqlite").whole


async def test_a_job_that_was_begun_keeps_its_papers(tmp_path: Path) -> None:
    documents = (hinge(), schedule(1, order("WO1", quantity=5_000)))
    async with site(tmp_path, documents=documents) as here:
        await planned(here)
        job = here.floor.job("WO1.10")
        await here.floor.change(job, "start", None, source=Source.SYSTEM, actor="t")
        newer = [{"id": "DRW-7", "revision": "D"}]
        second = order("WO1", quantity=5_000) | {"product_revision": "B"}
        await here.take(hinge("B", 3, documents=newer), replace(schedule(2, second), position=4))
        await planned(here)
        sheets = {one.sheet for one in instructions(here)}
        assert {(one.revision, one.documents[0].revision) for one in sheets} == {("A", "C")}


async def test_a_plant_that_wants_it_level_gets_a_mix_in_every_hour(tmp_path: Path) -> None:
    pin = order("WO2", 2, quantity=300) | {"product": "PIN"}
    documents = (hinge(), hinge(product="PIN"), schedule(1, order("WO1", quantity=3_000), pin))
    async with site(tmp_path, documents=documents) as here:
        replanner = Replanner(here.floor, PlannerHere())
        level = LevelRule(pitch=HOUR, work_centers=("L1",))
        replanner.watch.follow(replace(replanner.watch.rules, levels=(level,)))
        await replanner.replan(documents=True)
        rows = instructions(here)
        by_hour: dict[int, set[str]] = {}
        for row in rows:
            if row.quantity:
                by_hour.setdefault(row.hour, set()).add(row.order)
        mixed = [orders for orders in by_hour.values() if orders == {"WO1", "WO2"}]
        assert len(mixed) >= 15
        assert {one: sum(r.quantity for r in rows if r.order == one) for one in ("WO1", "WO2")} == {
            "WO1": 3_000,
            "WO2": 300,
        }
