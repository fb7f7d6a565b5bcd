"""Maintenance: usage comes from facts, what is due warns or forbids, work is told and kept."""

import asyncio
from dataclasses import replace
from pathlib import Path

from edge.domain.clock import MICROS
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.hours import HOUR
from edge.domain.maintenance import MaintenancePlan
from edge.domain.vocabulary import MachineState
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.unit.execution.floor_parts import count

OIL = MaintenancePlan(id="oil", work_center="L1", en="Oil", zh="油", hours=HOUR, forbids=True)
BELT = MaintenancePlan(id="belt", work_center="L1", en="Belt", zh="带", cycles=100)


def state(at: int, time_class: str) -> FactDraft:
    return FactDraft(
        kind=FactKind.EQUIPMENT_STATE,
        occurred_at=at,
        equipment_id="L1",
        source=Source.PLC,
        body={
            "state": 6,
            "mode": 1,
            "fault": None,
            "time_class": time_class,
            "calendar": None,
            "reason": "state",
        },
    )


def furnish(here: Site) -> None:
    here.machine.show("L1", MachineState.IDLE)
    here.rooms.maintenance.follow({"oil": OIL, "belt": BELT})


async def test_running_hours_make_it_due_and_then_forbid_the_next_start(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        furnish(here)
        now = here.clock.now()
        await here.record(state(now, "APT"))
        here.clock.advance(55 * 60)
        (oil, _) = (await client.get(f"{API}/maintenance/due")).json()["items"]
        assert (oil["plan"], oil["state"], oil["percent"]) == ("oil", "soon", 92)
        job = here.floor.job("WO1.10")
        assert [one.only_warns for one in here.floor.gates.blocks(job)] == [True]
        here.clock.advance(5 * 60)
        await here.record(state(here.clock.now(), "ADOT"))
        refused = await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        assert refused.json()["errors"][0]["code"] == "maintenance.due"
        asked = await act(client, "/maintenance/orders", "k2", work_center="L1", plan="oil")
        twice = await act(client, "/maintenance/orders", "k3", work_center="L1", plan="oil")
        assert twice.status_code == 409
        id_ = asked.json()["seq"]
        done = await act(client, f"/maintenance/orders/{id_}/done", "k4", note="5 l")
        assert done.status_code == 201, done.text
        assert (await act(client, "/job-orders/WO1.10/start", "k5", version=1)).status_code == 201
        items = (await client.get(f"{API}/maintenance/due")).json()["items"]
        (oil,) = [one for one in items if one["plan"] == "oil"]
        assert (oil["percent"], oil["last_done_at"]) == (0, here.clock.now())


async def test_nothing_starts_while_work_is_begun(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        furnish(here)
        asked = await act(client, "/maintenance/orders", "k1", work_center="L1", note="screams")
        id_ = asked.json()["seq"]
        assert here.floor.gates.allows(here.floor.job("WO1.10"))
        await act(client, f"/maintenance/orders/{id_}/begin", "k2")
        refused = await act(client, "/job-orders/WO1.10/start", "k3", version=1)
        (error,) = refused.json()["errors"]
        assert error["mend"] == f"finish or cancel maintenance order {id_}"
        assert (await act(client, f"/maintenance/orders/{id_}/begin", "k4")).status_code == 409
        here.clock.advance(1800)
        await act(client, f"/maintenance/orders/{id_}/done", "k5", note="bearing")
        (order,) = (await client.get(f"{API}/maintenance/orders")).json()["items"]
        assert order["to"] - order["from"] == 1800 * MICROS
        assert (order["kind"], order["state"], order["result"]) == ("corrective", "done", "bearing")
        assert (await act(client, "/job-orders/WO1.10/start", "k6", version=1)).status_code == 201


async def test_a_running_job_is_interrupted_before_the_work_begins(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        furnish(here)
        await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        asked = await act(client, "/maintenance/orders", "k2", work_center="L1", note="x")
        refused = await act(client, f"/maintenance/orders/{asked.json()['seq']}/begin", "k3")
        assert refused.json()["mend"] == "interrupt it first"


async def test_cycles_follow_corrected_counts_and_go_live_is_carried_over(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        furnish(here)
        await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        made = count("WO1.10", 40)
        raws = {"tag": "good", "counter_epoch": 1, "raw_from": 0, "raw_to": 40, "hour": SIX}
        raws |= {"from": SIX, "to": SIX + 1, "flags": []}
        await here.record(replace(made, body={**made.body, **raws, "calendar": None}))
        seq = here.store.reader.chain_end().seq
        body = {"note": "two were doubles", "changes": {"quantity": 38}}
        fixed = await act(client, f"/facts/{seq}/corrections", "k2", **body)
        assert fixed.status_code == 201, fixed.text
        assert here.rooms.maintenance.reader.usage("L1").cycles == 38
        await act(client, "/maintenance/plans/belt/used", "k3", cycles=50)
        items = (await client.get(f"{API}/maintenance/due")).json()["items"]
        (belt,) = [one for one in items if one["plan"] == "belt"]
        assert belt["used"] == {"cycles": 50}
        live = [tuple(row) for row in here.store.rows.query("SELECT * FROM usage")]
        await here.store.rebuild()
        assert live == [tuple(row) for row in here.store.rows.query("SELECT * FROM usage")]
        facts = here.store.reader.facts_after(0, 100)
        assert [check(one.data).body["event"] for one in facts if one.kind == "maintenance"]


async def test_what_cannot_be_is_refused_with_its_mend(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        furnish(here)
        wrong = await act(client, "/maintenance/orders", "k1", work_center="L2", plan="oil")
        assert wrong.status_code == 422
        unknown = await act(client, "/maintenance/orders", "k2", work_center="L1", plan="air")
        assert "there are: belt, oil" in unknown.json()["detail"]
        assert (await act(client, "/maintenance/orders/9/begin", "k3")).status_code == 404
        assert (await act(client, "/maintenance/orders/9/sell", "k4")).status_code == 404
        other = await act(client, "/maintenance/plans/oil/used", "k6", cycles=3)
        assert "does not come round by cycles" in other.json()["detail"]
        stop = await act(client, "/maintenance/orders", "k7", work_center="L1", stop=99)
        assert (stop.status_code, stop.json()["detail"]) == (404, "no stop 99 of L1")
        bad = await act(client, "/maintenance/plans/oil/used", "k5", hours=-1)
        assert bad.status_code == 422


async def test_two_who_ask_for_the_same_work_at_once_ask_once(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        furnish(here)
        answers = await asyncio.gather(
            *(
                act(client, "/maintenance/orders", f"k{who}", work_center="L1", plan="oil")
                for who in range(4)
            )
        )
        assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
        assert len((await client.get(f"{API}/maintenance/orders")).json()["items"]) == 1
