"""An expired skill and an overdue machine forbid starts, on the board and at the API; what people
and maintainers do reaches the ERP's feed and the figures."""

from pathlib import Path

import pytest

from edge.execution.people.pins import pin_hash
from tests.journeys.company import DEFINITION, Company, company, order
from tests.journeys.explained import explained
from tests.journeys.processes import until

pytestmark = pytest.mark.xdist_group("edge_process")

PEOPLE = """
[people]
sign_on = "required"
[[person]]
id = "anna"
badge = "4711"
crew = "a"
[[person.skill]]
skill = "press"
until = "{until}"
[[person]]
id = "otto"
roles = ["maintenance"]
pin_hash = "{pin}"
[[person.skill]]
skill = "press"
[[maintenance]]
id = "oil"
work_center = "L1"
en = "Change the oil"
every_cycles = 20
forbids = true
"""


(STAMP,) = DEFINITION["operations"]
PRESSED = {**DEFINITION, "operations": [{**STAMP, "skills": ["press"]}]}


async def sign_on(here: Company, **who: str) -> None:
    answer = await here.edge.client.post(
        "/api/v1/sign-ons",
        json={"work_center": "L1", **who},
        headers={"Idempotency-Key": f"s{next(here.keys)}"},
    )
    assert answer.status_code == 201, answer.text


def plant_tail(until: str) -> str:
    return PEOPLE.format(until=until, pin=pin_hash("2468"))


async def blocks(here: Company) -> list[str]:
    """What the board says against the start of the job that comes next."""
    (job,) = (await here.board())["next"]
    return [one["detail"] for one in job["blocks"] if not one["only_warns"]]


async def test_a_skill_expires_and_a_machine_is_overdue(tmp_path: Path) -> None:
    tail = plant_tail("2026-06-07")
    async with company(tmp_path, order(), definition=PRESSED, plant_tail=tail, speed=60) as here:
        assert "nobody is signed on at L1" in await blocks(here)
        await sign_on(here, badge="4711")
        assert await blocks(here) == ["anna's press expired on 2026-06-07"]
        refused = await here.act("/job-orders/WO1.10/start", 409, version=1)
        assert refused["errors"][0]["mend"] == "let one of them sign on: otto"
        await sign_on(here, person="otto", pin="2468")
        waited = await explained(here)
        assert waited.value == 0
        assert not waited.pieces
        assert "APT" not in waited.times
        await here.act("/job-orders/WO1.10/start", version=1)
        await here.machine.show(state=6, order=1001010)
        await here.makes(20, "WO1.10")
        (due,) = (await here.edge.get("/maintenance/due"))["items"]
        assert (due["state"], due["used"]) == ("overdue", {"cycles": 20})
        job = (await here.jobs())["WO1.10"]
        await here.act("/job-orders/WO1.10/interrupt", version=job["version"])
        version = (await here.jobs())["WO1.10"]["version"]
        stopped = await here.act("/job-orders/WO1.10/resume", 409, version=version)
        assert [one["code"] for one in stopped["errors"]] == ["maintenance.due"]
        asked = await here.act("/maintenance/orders", work_center="L1", plan="oil")
        denied = await here.act(f"/maintenance/orders/{asked['seq']}/done", 403)
        assert "who may: otto" in denied["detail"]
        await here.act(f"/maintenance/orders/{asked['seq']}/done", actor="otto")
        await here.act("/job-orders/WO1.10/resume", version=version)
        await here.act("/sign-offs", actor="anna", person="anna")

        async def labour() -> bool:
            now = (await here.edge.status())["plant_now"]
            query = {"from": now - 3_600_000_000, "to": now, "by": "person"}
            rows = (await here.edge.get("/labour", **query))["items"]
            return {row["key"] for row in rows if row["labour"]} == {"anna", "otto"}

        await until(labour)
        kinds = [item["fact"]["kind"] for item in await here.feed()]
        assert kinds.count("labour") == 6
        assert kinds.count("maintenance") == 2
        assert await here.books() == {("WO1", 10): (20, 0)}
        made = await explained(here)
        assert made.pieces == {"WO1.10": (20, 0, 0)}
        assert made.value is not None
        assert made.value > 0
        # Nobody with the skill was there: the machine stood, and its figure says for how long.
        assert made.times["ADOT"] >= waited.times["ADOT"] > 0
        efficiency = await explained(here, "worker_efficiency")
        assert efficiency.value is not None
        assert efficiency.value > 0
