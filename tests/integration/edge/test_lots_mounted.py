"""A lot, drawing or program that may not go in is refused with both named, or blocks the start."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.domain.facts import FactKind
from edge.execution.orders import receiving
from tests.integration.edge.floor_on_store import SIX, site
from tests.integration.edge.lots_on_floor import Lots, documents, lots
from tests.integration.edge.test_api import act, api


async def test_a_start_needs_a_lot_of_each_tracked_material(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        start = "/job-orders/WO1.10/start"
        assert await here.errors(start, version=1) == ["material.missing"]
        (block,) = (await here.get("/work-centers/L1/board"))["next"][0]["blocks"]
        assert block["detail"] == "no lot of STEEL is mounted on L1"
        await here.receive("S1")
        await here.mount("S1")
        await here.act(start, version=1)


WRONG: dict[str, dict[str, Any]] = {
    "expired": {"expires": SIX},
    "wrong_material.needed": {"material": "BRASS"},
    "revision.lot": {"revision": "A"},
}


@pytest.mark.parametrize("code", WRONG)
async def test_a_lot_that_may_not_go_in_is_refused_with_both_named(
    tmp_path: Path, code: str
) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1", **WRONG[code])
        body = {"lot": "S1", "job_order_id": "WO1.10"}
        refused = await here.act("/work-centers/L1/materials/mount", 409, **body)
        assert [one["code"] for one in refused["errors"]] == [code]
        assert "S1" in refused["detail"]
        if code != "expired":
            assert "WO1.10" in refused["detail"]
        assert (await here.get("/work-centers/L1/materials"))["mounted"] == []
        last = here.here.floor.reader.facts_after(0, 1000)[-1]
        assert last.kind == FactKind.AUDIT


async def test_a_lot_in_another_unit_than_the_bills_is_not_taken(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        grams = {"lot": "S1", "material": "STEEL", "revision": "B", "quantity": "8", "unit": "g"}
        refused = await here.act("/lots", 422, **grams)
        assert refused["detail"].startswith("unit 'g': bills have STEEL in kg")
        known = await here.act("/lots", **(grams | {"unit": "kg"}))
        assert known["warnings"] == []
        told = await here.act("/lots", **(grams | {"lot": "S2", "material": "STEAL"}))
        assert [one["code"] for one in told["warnings"]] == ["unknown_material"]
        assert "'STEAL'" in told["warnings"][0]["detail"]


async def test_a_lot_that_came_before_its_bill_is_refused_for_its_unit(tmp_path: Path) -> None:
    async with site(tmp_path, documents=[]) as here, api(here) as client:
        floor = Lots(here, client)
        await floor.receive("S1", unit="g")
        await receiving.take(here.floor, documents())
        here.floor.register.reload()
        body = {"lot": "S1", "job_order_id": "WO1.10"}
        assert await floor.errors("/work-centers/L1/materials/mount", **body) == ["unit"]


async def test_a_held_an_empty_and_an_unknown_lot_are_refused(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.mount("S9", 404)
        await here.receive("S1", "1")
        hold = {"scope": "lot", "target": "S1", "reason": "wrong hardness"}
        id_ = (await here.act("/quality/holds", **hold))["seq"]
        refused = await here.mount("S1", 409)
        assert [one["code"] for one in refused["errors"]] == ["held"]
        assert "wrong hardness" in refused["detail"]
        await here.act(f"/quality/holds/{id_}/release", actor="bert", note="measured again")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.makes(8)
        await here.act("/work-centers/L1/materials/unmount", material="STEEL")
        assert [one["code"] for one in (await here.mount("S1", 409))["errors"]] == ["empty"]


async def test_a_hold_on_a_mounted_lot_blocks_the_start(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        hold = {"scope": "lot", "target": "S1", "reason": "wrong hardness"}
        await here.act("/quality/holds", **hold)
        assert await here.errors("/job-orders/WO1.10/start", version=1) == ["hold"]


async def test_another_drawing_is_refused_and_blocks_the_start(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        scan = {"what": "document", "id": "DRW-60", "job_order_id": "WO1.10"}
        refused = await here.act("/work-centers/L1/loaded", 409, revision="B", **scan)
        assert "DRW-60 revision B" in refused["detail"]
        assert "WO1.10 is made by DRW-60 revision C" in refused["detail"]
        assert await here.errors("/job-orders/WO1.10/start", version=1) == ["revision.loaded"]
        await here.act("/work-centers/L1/loaded", revision="C", **scan)
        await here.start("WO1.10")
        (loaded,) = (await here.get("/work-centers/L1/materials"))["loaded"]
        assert (loaded["id"], loaded["revision"]) == ("DRW-60", "C")


async def test_a_program_of_another_recipe_blocks_the_start(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        machine = here.here.machine
        machine.shown["L1"] = replace(machine.shown["L1"], recipe=1020)
        refused = await here.act("/job-orders/WO1.10/start", 409, version=1)
        assert "L1 has recipe 1020 loaded; WO1.10 is made by recipe 1010" in refused["detail"]
        machine.shown["L1"] = replace(machine.shown["L1"], recipe=1010)
        await here.start("WO1.10")


@pytest.mark.parametrize("policy", ["ask", "block"])
async def test_a_lot_that_has_run_out_is_said_or_forbids_to_go_on(
    tmp_path: Path, policy: str
) -> None:
    async with lots(tmp_path) as here:
        here.here.rooms.materials.judge.empty = "block" if policy == "block" else "ask"
        await here.receive("S1", "1")
        await here.receive("S2")
        await here.mount("S1")
        assert (await here.get("/lots/S1"))["mounted_on"] == ["L1"]
        await here.start("WO1.10")
        await here.makes(9)
        (block,) = (await here.get("/work-centers/L1/board"))["job"]["blocks"]
        assert block["detail"] == "lot S1 of STEEL is used up (-1/8 kg left)"
        assert block["only_warns"] == (policy == "ask")
        version = here.here.floor.register.jobs["WO1.10"].version
        await here.act("/job-orders/WO1.10/interrupt", version=version)
        if policy == "block":
            await here.act("/job-orders/WO1.10/resume", 409, version=version + 1)
            await here.mount("S2")
        await here.act("/job-orders/WO1.10/resume", version=version + 1)


async def test_a_refused_drawing_stays_refused_when_the_request_comes_again(
    tmp_path: Path,
) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        said = {"what": "document", "id": "DRW-60", "revision": "B"}
        path = "/work-centers/L1/loaded"
        first, again = [await act(here.client, path, "same", **said) for _ in range(2)]
        assert (first.status_code, again.status_code) == (409, 409)
        assert again.json()["errors"] == first.json()["errors"]
        right = {**said, "revision": "C"}
        first, again = [await act(here.client, path, "right", **right) for _ in range(2)]
        assert (first.status_code, again.json()) == (201, first.json())
