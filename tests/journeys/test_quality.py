"""Quality has consequences: on the board, at the machine, in the KPI and in the ERP's feed."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.integration.collection.devices import TAGS
from tests.journeys.company import DEFINITION, Company, company, order
from tests.journeys.explained import explained
from tests.journeys.processes import until

pytestmark = pytest.mark.xdist_group("edge_process")

HOUR = 3_600_000_000
WIDTH = {
    "id": "width",
    "en": "Width",
    "kind": "measured",
    "unit": "mm",
    "decimals": 2,
    "lower": "11.90",
    "upper": "12.10",
    "chart": "individuals",
}
FIRST = {
    "id": "FIRST",
    "en": "First piece",
    "zh": "首件",
    "when": {"first_piece": {"after": ["start"]}, "tolerance": 600},
    "characteristics": [WIDTH, {"id": "burr", "kind": "attribute"}],
    "blocks": {"overdue": "warn", "failed": "hold_job"},
}


def definition(*inspections: dict[str, Any]) -> dict[str, Any]:
    (operation,) = DEFINITION["operations"]
    return {**DEFINITION, "operations": [{**operation, "inspections": list(inspections)}]}


async def start(here: Company, job: str = "WO1.10", status: int = 201) -> dict[str, Any]:
    version = (await here.jobs())[job]["version"]
    return await here.act(f"/job-orders/{job}/start", status, version=version)


async def run(here: Company, pieces: int) -> None:
    """The machine makes WO1.10, and so many pieces of it."""
    await here.machine.show(state=6, order=1001010)
    await here.makes(pieces, "WO1.10")


async def release(here: Company, hold: int, status: int = 201, actor: str = "bert") -> None:
    said: dict[str, Any] = {"actor": actor, "note": "looked at again"}
    await here.act(f"/quality/holds/{hold}/release", status, **said)


async def test_a_hold_stops_a_start_and_a_failed_first_piece_the_job(tmp_path: Path) -> None:
    orders = (order(), order("WO2", 1002))
    async with company(tmp_path, *orders, definition=definition(FIRST), speed=60) as here:
        said: dict[str, Any] = {"scope": "job_order", "target": "WO1", "reason": "drawing is wrong"}
        hold = (await here.act("/quality/holds", **said))["seq"]
        refused = await start(here, status=409)
        assert [error["code"] for error in refused["errors"]] == ["hold"]
        assert "drawing is wrong" in refused["detail"]
        board = await here.board()
        blocks = {job["id"]: [one["code"] for one in job["blocks"]] for job in board["next"]}
        assert blocks == {"WO1.10": ["hold"], "WO2.10": []}
        assert [one["target"] for one in board["quality"]["holds"]] == ["WO1"]
        await release(here, hold)
        await start(here)
        await run(here, 1)

        async def due() -> bool:
            return bool((await here.board())["quality"]["due"])

        await until(due)
        readings: list[dict[str, Any]] = [
            {"characteristic": "width", "readings": ["12.31"]},
            {"characteristic": "burr", "readings": ["ok"]},
        ]
        seen: dict[str, Any] = {
            "job_order_id": "WO1.10",
            "inspection": "FIRST",
            "results": readings,
        }
        found = await here.act("/quality/results", **seen)
        assert found["passed"] is False

        async def interrupted() -> bool:
            return bool((await here.jobs())["WO1.10"]["state"] == "Interrupted")

        await until(interrupted)
        board = await here.board()
        assert board["quality"]["due"] == []
        assert board["quality"]["findings"] == ["width: piece 1: 12.31 is outside its limits"]
        (hold,) = board["quality"]["holds"]
        version = (await here.jobs())["WO1.10"]["version"]
        await here.act("/job-orders/WO1.10/resume", 409, version=version)
        await release(here, hold["id"], 409, actor="anna")  # she has inspected it
        await release(here, hold["id"])
        await here.act("/job-orders/WO1.10/resume", version=version)
        await here.makes(3, "WO1.10")
        told = await explained(here)
        assert told.pieces == {"WO1.10": (4, 0, 0)}
        assert told.value is not None
        assert 0 < told.value < 1
        assert told.times["ADOT"] > 0  # it stood while the first piece was judged
        kinds = [item["fact"]["kind"] for item in await here.feed()]
        assert kinds.count("quality_result") == 1
        assert kinds.count("quality_hold") == 4


CAMERA = f"""
[[device.tag]]
id = "cam_w"
address = "holding:{2 * TAGS.index("width")}"
type = "uint16"
role = "measured"
measures = "leaf_width"
unit = "mm"
scale = "0.001"
"""
MEASURED = {
    "id": "CAM",
    "when": {"every_pieces": 10, "tolerance": 600},
    "characteristics": [{**WIDTH, "measures": "leaf_width"}],
    "blocks": {"failed": "hold_job"},
    "suspects": "BURR",
}


async def test_the_machine_measures_when_it_is_due_and_a_bad_value_interrupts_the_job(
    tmp_path: Path,
) -> None:
    doc = definition(MEASURED)
    async with company(tmp_path, order(), definition=doc, plant_tail=CAMERA) as here:
        await here.machine.show(width=12_014)
        await start(here)
        await run(here, 9)
        query = {"job_order": "WO1.10"}
        assert (await here.edge.get("/quality/results", **query))["items"] == []
        await here.makes(2, "WO1.10")

        async def taken(times: int) -> bool:
            return len((await here.edge.get("/quality/results", **query))["items"]) == times

        await until(lambda: taken(1))
        await here.machine.show(width=12_310)
        await here.makes(9, "WO1.10")

        async def interrupted() -> bool:
            return bool((await here.jobs())["WO1.10"]["state"] == "Interrupted")

        await until(interrupted)
        assert await taken(2)
        board = await here.board()
        assert [one["scope"] for one in board["quality"]["holds"]] == ["job_order"]
        assert "width: piece 1: 12.31 is outside its limits" in board["quality"]["findings"]
        assert board["quality"]["held"] == 9  # those since the inspection before
        assert await here.books() == {("WO1", 10): (11, 0)}
        facts = [item["fact"] for item in await here.feed()]
        found = [fact for fact in facts if fact["kind"] == "quality_result"]
        told = [(fact["source"], fact["body"]["passed"]) for fact in found]
        assert told == [("plc", True), ("plc", False)]
        [width] = found[0]["body"]["results"]
        assert (width["readings"], width["shown"], width["tag"]) == (["12.01"], "12.014", "cam_w")


async def test_a_late_decision_restates_its_hour_for_the_kpi_and_the_erp(tmp_path: Path) -> None:
    async with company(tmp_path, order(), speed=300) as here:
        await start(here)
        await run(here, 20)
        (first,) = [row for row in await here.kpis() if row["elements"]["good_quantity"]]
        said: dict[str, Any] = {
            "job_order_id": "WO1.10",
            "quantity": 8,
            "reason": "BURR",
            "place": "left edge",
        }
        apart = (await here.act("/quality/nonconformances", hour=first["from"], **said))["seq"]
        assert await hour_of(here, first["from"]) == (12, 0, 8)
        assert await here.books() == {("WO1", 10): (12, 0)}
        assert (await here.board())["quality"]["held"] == 8

        async def later() -> bool:
            return bool((await here.edge.status())["plant_now"] > first["from"] + HOUR)

        await until(later)
        path = f"/quality/nonconformances/{apart}/decisions"
        said = {"actor": "bert", "note": "gauged"}
        await here.act(path, decision="scrap", quantity=3, **said)
        await here.act(path, decision="rework", quantity=4, **said)
        await here.act(path, decision="use", **said)
        await here.act(path, decision="rework_good", quantity=4, **said)
        assert await hour_of(here, first["from"]) == (17, 3, 0)
        assert await here.books() == {("WO1", 10): (17, 3)}
        job = (await here.jobs())["WO1.10"]
        assert (job["good"], job["scrap"], job["rework"]) == (17, 3, 0)
        found = await here.sync.get("/reconciliations/2026-06-08")
        assert [row["recorded"] for row in found["rows"]] == [{"good": 17, "scrap": 3}]
        told = await explained(here, "quality_ratio")
        assert told.value == Fraction(17, 20)
        assert told.pieces == {"WO1.10": (17, 3, 0)}


async def hour_of(here: Company, hour: int) -> tuple[int, int, int]:
    """Good, scrap and rework of an hour, as the KPI has them."""
    (row,) = [row for row in await here.kpis() if row["from"] == hour]
    names = ("good_quantity", "scrap_quantity", "rework_quantity")
    good, scrap, rework = (row["elements"][name] for name in names)
    return good, scrap, rework
