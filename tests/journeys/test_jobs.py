"""Job orders from the ERP's plan to its feed: partial quantities, a cut order, left and right."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.company import DEFINITION, Company, company, order
from tests.journeys.explained import explained
from tests.journeys.processes import until

pytestmark = pytest.mark.xdist_group("edge_process")

BENCH = """
[[work_center]]
id = "L2"
calendar = "always"
counting = "manual"
"""
NUMBER = 1001010


def operation(seq: int, center: str, **more: Any) -> dict[str, Any]:
    way = {"work_center": center, "cycle_s": "0.1", "setup_s": 0}
    base = {"seq": seq, "description": f"Step {seq}", "recipe": 1000 + seq}
    return {**base, "transfer_batch": None, "alternatives": [way], **more}


async def start(here: Company, id_: str = "WO1.10") -> None:
    await here.act(f"/job-orders/{id_}/start", version=(await here.jobs())[id_]["version"])


async def in_state(here: Company, id_: str, state: str) -> None:
    async def is_so() -> bool:
        return bool((await here.jobs())[id_]["state"] == state)

    await until(is_so)


async def events(here: Company, *names: str) -> list[Mapping[str, Any]]:
    """Bodies of job order events of these names, as the ERP reads them."""
    facts = [item["fact"] for item in await here.feed() if item["type"] == "fact"]
    found = [fact["body"] for fact in facts if fact["kind"] == "job_order_event"]
    return [body for body in found if body["event"] in names]


@pytest.mark.longer
async def test_the_next_operation_works_on_what_was_passed_on(tmp_path: Path) -> None:
    steps = [operation(10, "L1", transfer_batch=20), operation(20, "L2")]
    made = {**DEFINITION, "operations": steps}
    async with company(tmp_path, order(), definition=made, plant_tail=BENCH, speed=60) as here:
        await start(here)
        await here.machine.show(state=6, order=NUMBER)
        await here.makes(19, "WO1.10")
        assert (await here.jobs())["WO1.20"]["state"] == "NotAllowedToStart"
        await here.makes(10, "WO1.10")
        await in_state(here, "WO1.20", "AllowedToStart")
        await start(here, "WO1.20")
        hour = (await here.edge.status())["plant_now"]
        said = {"hour": hour, "good": 20, "scrap": 0}
        await here.act("/job-orders/WO1.20/quantities", 409, **said | {"good": 21})
        await here.act("/job-orders/WO1.20/quantities", **said, confirm=True)
        job = (await here.board("L2"))["job"]
        assert (job["limit"], job["good"], job["waits_for_input"]) == (20, 20, True)
        await here.makes(11, "WO1.10")
        job = (await here.board("L2"))["job"]
        assert (job["limit"], job["waits_for_input"]) == (40, False)
        assert await here.books() == {("WO1", 10): (40, 0), ("WO1", 20): (20, 0)}
        assert [body["operation"] for body in await events(here, "allowed")] == [20]


async def test_an_order_cut_below_what_is_made_asks_a_supervisor(tmp_path: Path) -> None:
    async with company(tmp_path, order(), speed=60) as here:
        await start(here)
        await here.machine.show(state=6, order=NUMBER)
        await here.makes(60, "WO1.10")
        await here.schedule(2, order(quantity=50))

        async def asked() -> bool:
            return bool((await here.board())["questions"])

        await until(asked)
        [question] = (await here.board())["questions"]
        assert (question["about"], question["made"], question["wanted"]) == ("cut", 60, 50)
        assert (await explained(here)).pieces == {"WO1.10": (60, 0, 0)}  # as many as it was asked
        assert (await here.edge.status())["questions"] == 1
        await here.machine.show(state=17)
        path = f"/questions/{question['id']}/answer"
        await here.act(path, answer="stock", note="agreed with sales")
        assert (await here.board())["questions"] == []
        assert (await here.jobs())["WO1.10"]["state"] == "Ended"
        found = await events(here, "asked", "answered", "ended")
        assert [body["event"] for body in found] == ["asked", "answered", "ended"]
        assert found[1]["answer"]["surplus"] == 10
        status = await here.sync.get("/orders/WO1")
        assert (status["good"], status["over"], status["left"]) == (60, 10, 0)
        assert status["operations"][0]["over"] == 10
        assert await here.books() == {("WO1", 10): (60, 0)}
        of_order = await explained(here, "quality_ratio", order="WO1")
        assert of_order.value == 1
        assert of_order.pieces == {"WO1.10": (60, 0, 0)}


@pytest.mark.longer
async def test_left_and_right_are_started_and_ended_together(tmp_path: Path) -> None:
    also = [{"side": "right", "product": "HINGE-60R", "cavities": 1}]
    left = operation(10, "L1")
    left["alternatives"][0]["tool"] = {"id": "T7", "cavities": 1, "also": also}
    made = {**DEFINITION, "operations": [left]}
    right = {**DEFINITION, "operations": [operation(10, "L1")]}
    async with company(
        tmp_path, order(), definition=made, plant_tail='[[tool]]\nid = "T7"\nlife = 20\n', speed=60
    ) as here:
        await here.put("/operations-definitions/HINGE-60R/A", right)
        await here.schedule(2, order(), order("WO2", 1002, product="HINGE-60R"))
        await in_state(here, "WO2.10", "AllowedToStart")
        await start(here)
        jobs = await here.jobs()
        assert [(jobs[id_]["state"], jobs[id_]["phase"]) for id_ in ("WO1.10", "WO2.10")] == [
            ("Running", "setup"),
            ("Running", "beside"),
        ]
        await here.machine.show(state=6, order=NUMBER)
        await here.makes(19, "WO1.10")
        [tool] = (await here.edge.get("/tools"))["items"]
        assert (tool["strokes"], tool["state"]) == (19, "soon")
        version = (await here.jobs())["WO1.10"]["version"]
        await here.act("/job-orders/WO1.10/complete", version=version)
        jobs = await here.jobs()
        assert [jobs[id_]["state"] for id_ in ("WO1.10", "WO2.10")] == ["Ended", "AllowedToStart"]
        found = [
            (body["order"], body["event"]) for body in await events(here, "started", "laid_aside")
        ]
        assert found == [("WO1", "started"), ("WO2", "started"), ("WO2", "laid_aside")]
