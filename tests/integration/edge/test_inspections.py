"""Inspections: due by what is counted, recorded once, and with the consequences of their plan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.domain.equipment import TagShown
from edge.domain.facts import decode
from edge.domain.quality.gauges import Gauge
from edge.domain.recording import Document
from edge.domain.vocabulary import JobState, MachineState
from edge.storage.verify import verify
from tests.chinese import in_chinese
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.unit.execution.floor_parts import count, definition, order, schedule

WIDTH = {
    "id": "width",
    "kind": "measured",
    "unit": "mm",
    "decimals": 2,
    "lower": "11.90",
    "nominal": "12.00",
    "upper": "12.10",
    "chart": "xbar_r",
    "limits": {"center": "12.00", "spread": "0.04"},
}
BURR = {"id": "burr", "en": "Burr", "kind": "attribute"}


def plan(id_: str = "DIM", **more: Any) -> dict[str, Any]:
    when = {"every_pieces": 50}
    return {"id": id_, "when": when, "sample": 3, "characteristics": [WIDTH, BURR]} | more


def inspected(*plans: dict[str, Any]) -> Document:
    document = definition()
    document.content["operations"][0]["inspections"] = list(plans)
    return document


@asynccontextmanager
async def running(
    folder: Path, *plans: dict[str, Any], automatic: bool = False
) -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    documents = (inspected(*plans), schedule(1, order("WO1", quantity=400), order("WO2", 2)))
    async with (
        site(folder, documents=documents, automatic=automatic) as here,
        api(here) as client,
    ):
        started = await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        assert started.status_code == 201, started.text
        yield here, client


def result(
    width: tuple[str, ...] = ("12.00", "12.02", "11.98"), burr: str = "ok ok ok", **more: Any
) -> dict[str, Any]:
    seen = [
        {"characteristic": "width", "readings": list(width)},
        {"characteristic": "burr", "readings": burr.split()},
    ]
    return {"job_order_id": "WO1.10", "inspection": "DIM", "results": seen} | more


async def due(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    items = (await client.get(f"{API}/quality/inspections?due=true")).json()["items"]
    return [item["due"] for item in items]


async def open_holds(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"{API}/quality/holds?open=true")).json()[
        "items"
    ]
    return items


async def test_an_inspection_comes_due_by_counts_and_is_done(tmp_path: Path) -> None:
    plans = (inspected(plan()), schedule(1, order("WO1", quantity=400), order("WO2", 2)))
    async with running(tmp_path, plan()) as (here, client):
        await here.record(count("WO1.10", 49))
        assert await due(client) == []
        await here.record(count("WO1.10", 63))
        (late,) = await due(client)
        assert late == {
            "points": ["pieces:100"],
            "late": 62,
            "unit": "pieces",
            "overdue": True,
            "missed": 1,
        }
        done = await act(client, "/quality/results", "r1", **result(sample="S1"))
        assert done.status_code == 201, done.text
        assert (done.json()["passed"], done.json()["covers"]) == (True, ["pieces:100"])
        again = await act(client, "/quality/results", "r1", **result(sample="S1"))
        assert again.json() == done.json()
        assert await due(client) == []
        for fact in here.store.reader.facts_after(done.json()["seq"] - 1, 5):
            check(fact.data)
        room = here.rooms.quality
        assert room is not None
        (hour,) = room.reader.inspection_hours("L1", 0, here.clock.now())
        assert (hour.inspected, hour.first_pass_good) == (3, 3)
    async with site(tmp_path, documents=plans) as here, api(here) as client:  # it starts again
        await here.record(count("WO1.10", 38))
        assert [one["points"] for one in await due(client)] == [["pieces:150"]]
    assert verify(tmp_path / "edge.sqlite").whole


async def test_first_pass_counts_each_bad_piece_once_and_no_second_look(tmp_path: Path) -> None:
    async with running(tmp_path, plan(blocks={"failed": "warn"})) as (here, client):
        await here.record(count("WO1.10", 50))
        bad = result(("12.00", "12.31", "11.80"), "ok nok ok")
        failed = (await act(client, "/quality/results", "r1", **bad)).json()
        assert failed["passed"] is False
        assert failed["findings"][:2] == [
            "width: piece 2: 12.31 is outside its limits",
            "width: piece 3: 11.80 is outside its limits",
        ]
        assert "burr: piece 2 is not ok" in failed["findings"]
        await act(client, "/quality/results", "r2", **result(again=True))
        room = here.rooms.quality
        assert room is not None
        (hour,) = room.reader.inspection_hours("L1", 0, here.clock.now())
        assert (hour.inspected, hour.first_pass_good) == (3, 1)
        assert await open_holds(client) == []


async def test_a_failed_first_piece_holds_the_job_and_its_machine(tmp_path: Path) -> None:
    first = plan(
        when={"first_piece": {"after": ["start"]}, "tolerance": 5}, blocks={"failed": "hold_job"}
    )
    async with running(tmp_path, first, automatic=True) as (here, client):
        here.machine.show("L1", MachineState.EXECUTE, 1010)
        await here.record(count("WO1.10", 1))
        assert [one["points"] for one in await due(client)] == [["start"]]
        await act(client, "/quality/results", "r1", **result(("12.20", "12.00", "12.00")))
        (hold,) = await open_holds(client)
        assert (hold["scope"], hold["target"]) == ("job_order", "WO1.10")
        assert (hold["origin"], hold["placed_by"]) == ("inspection", "ann")
        room = here.rooms.quality
        assert room is not None
        await room.watch.look()
        job = here.floor.job("WO1.10")
        assert job.state == JobState.INTERRUPTED
        resume = {"version": job.version}
        blocked = await act(client, "/job-orders/WO1.10/resume", "k2", **resume)
        assert blocked.json()["errors"][0]["code"] == "hold"
        release = {"actor": "bert", "note": "tool set anew"}
        await act(client, f"/quality/holds/{hold['id']}/release", "h1", **release)
        assert (await act(client, "/job-orders/WO1.10/resume", "k3", **resume)).status_code == 201


@pytest.mark.parametrize("how", ["none", "warn", "hold_start", "hold_job"])
async def test_what_an_overdue_inspection_forbids(tmp_path: Path, how: str) -> None:
    async with running(tmp_path, plan(blocks={"overdue": how})) as (here, client):
        await here.record(count("WO1.10", 51))
        room = here.rooms.quality
        assert room is not None
        await room.watch.look()
        job = here.floor.job("WO1.10")
        assert job.state == (JobState.INTERRUPTED if how == "hold_job" else JobState.RUNNING)
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        blocks = [(one["code"], one["only_warns"]) for one in board["next"][0]["blocks"]]
        told = {"warn": [("inspection", True)], "hold_start": [("inspection", False)]}
        assert blocks == told.get(how, [])
        if how == "hold_job":
            resume = {"version": job.version}
            blocked = await act(client, "/job-orders/WO1.10/resume", "k2", **resume)
            assert blocked.json()["errors"][0]["code"] == "inspection"
            await act(client, "/quality/results", "r1", **result())
            done = await act(client, "/job-orders/WO1.10/resume", "k3", **resume)
            assert done.status_code == 201, done.text


async def test_the_last_piece_holds_the_next_start(tmp_path: Path) -> None:
    last = plan(when={"last_piece": True}, blocks={"overdue": "hold_start"})
    async with running(tmp_path, last) as (here, client):
        await here.record(count("WO1.10", 400))
        here.machine.show("L1", MachineState.COMPLETE, 1010)
        version = here.floor.job("WO1.10").version
        await act(client, "/job-orders/WO1.10/complete", "k2", version=version)
        here.clock.plant += 2 * MINUTE
        start = {"version": here.floor.job("WO2.10").version}
        blocked = await act(client, "/job-orders/WO2.10/start", "k3", **start)
        assert blocked.status_code == 409
        assert "WO1.10 is due, 12 minutes late" in blocked.json()["detail"]
        await act(client, "/quality/results", "r1", **result())
        done = await act(client, "/job-orders/WO2.10/start", "k4", **start)
        assert done.status_code == 201, done.text


async def test_a_broken_rule_is_a_finding_and_holds_by_plan(tmp_path: Path) -> None:
    async with running(tmp_path, plan(blocks={"rule": "hold_start"})) as (_, client):
        inside = result(("12.02", "12.04", "12.03"))  # mean 12.03: below 12 + 1.023 x 0.04
        assert (await act(client, "/quality/results", "r1", **inside)).json()["findings"] == []
        beyond = result(("12.05", "12.06", "12.05"))  # mean 12.0533: beyond 12.04092
        found = (await act(client, "/quality/results", "r2", **beyond)).json()
        assert found["passed"] is True
        assert found["findings"] == ["width: rule 1: one point beyond 3 sigma"]
        assert in_chinese(*found["findings_coded"]) == ["width：规则 1：一点超出3σ"]
        (hold,) = await open_holds(client)
        assert (hold["scope"], hold["origin"]) == ("work_center", "rule")
        why = "DIM of WO1.10: width: rule 1: one point beyond 3 sigma"
        assert hold["reason"] == f"inspection {why}"
        chinese = ["WO1.10 的检验 DIM：width：规则 1：一点超出3σ"]
        assert in_chinese(hold["reason_coded"]) == chinese
        (waits, *_) = (await client.get(f"{API}/work-centers/L1/board")).json()["next"]
        assert chinese[0] in in_chinese(*waits["blocks"])[0]
        query = "work_center=L1&product=HINGE&operation=10&characteristic=width"
        chart = (await client.get(f"{API}/quality/chart?{query}")).json()
        assert [point["rules"] for point in chart["points"]] == [[], [1]]
        assert (chart["source"], chart["limits"]["upper"]) == ("fixed", "12.0409")
        assert chart["cpk"] is None
        assert "needs 50" in chart["why_no_capability"]
        wide = result(("11.95", "12.06", "12.00"))  # a range of 0.11: beyond 2.575 x 0.04
        third = (await act(client, "/quality/results", "r3", **wide)).json()
        assert "width: range beyond its limit" in third["findings"]


async def test_limits_are_frozen_from_a_baseline_and_then_judge(tmp_path: Path) -> None:
    free = {**WIDTH, "limits": None}
    async with running(tmp_path, plan(characteristics=[free, BURR])) as (here, client):
        said = {"work_center": "L1", "product": "HINGE", "operation": 10}
        said |= {"characteristic": "width", "note": "settled"}
        for at in range(19):
            low = "11.99" if at % 2 else "11.98"
            readings = result((low, "12.00", "12.02"))
            assert (await act(client, "/quality/results", f"r{at}", **readings)).json()["passed"]
        few = await act(client, "/quality/chart/limits", "f1", **said)
        assert few.status_code == 422
        assert "limits need 20" in few.json()["detail"]
        await act(client, "/quality/results", "r19", **result())
        done = await act(client, "/quality/chart/limits", "f2", **said)
        assert done.status_code == 201, done.text
        (fact,) = here.store.reader.facts_after(done.json()["seq"] - 1, 5)
        check(fact.data)
        far = await act(client, "/quality/results", "r20", **result(("12.09", "12.08", "12.07")))
        assert "width: rule 1: one point beyond 3 sigma" in far.json()["findings"]
        query = "work_center=L1&product=HINGE&operation=10&characteristic=width"
        chart = (await client.get(f"{API}/quality/chart?{query}")).json()
        assert chart["source"] == "frozen"
        assert chart["frozen"]["subgroups"] == 20
        assert chart["cp"] is not None
    assert verify(tmp_path / "edge.sqlite").whole


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (result(("12.00", "12.02")), "2 readings; the sample has 3"),
        (result(("12.00", "12.02", "12.001")), "more than 2 decimals"),
        (result(("12.00", "12.02", "1e3")), "is no decimal"),
        (result(burr="ok fine ok"), "is neither ok nor nok"),
        ({**result(), "results": result()["results"][:1]}, "burr (Burr) is missing"),
        ({**result(), "results": result()["results"] * 2}, "each characteristic once"),
        ({**result(), "inspection": "DIMS"}, "there are: DIM"),
        ({**result(), "job_order_id": "WO2.10"}, "was not started"),
    ],
)
async def test_a_result_that_is_none_is_refused_with_what_is_missing(
    tmp_path: Path, said: dict[str, Any], why: str
) -> None:
    async with running(tmp_path, plan()) as (here, client):
        before = here.store.reader.chain_end()
        answer = await act(client, "/quality/results", "r1", **said)
        assert answer.status_code in {404, 409, 422}
        assert why in answer.json()["detail"]
        assert here.store.reader.chain_end() == before


async def test_a_machine_shows_a_characteristic_by_its_tag(tmp_path: Path) -> None:
    tagged = {**WIDTH, "chart": "individuals", "tag": "w1", "limits": None}
    by_tag = plan(sample=1, characteristics=[tagged, BURR])
    async with running(tmp_path, by_tag) as (here, client):
        room = here.rooms.quality
        assert room is not None
        said = result(burr="ok")
        said["results"] = said["results"][1:]
        silent = await act(client, "/quality/results", "r1", **said)
        assert silent.json()["detail"] == "width: L1 is not read"
        assert silent.json()["mend"] == "say the reading"
        room.judging.shown = lambda _, tag: TagShown(tag=tag, value="12.0751", at=SIX)
        done = await act(client, "/quality/results", "r2", **said)
        assert done.status_code == 201, done.text
        (fact,) = here.store.reader.facts_after(done.json()["seq"] - 1, 5)
        (width, _) = decode(fact.data).body["results"]
        assert (width["tag"], width["shown"], width["readings"]) == ("w1", "12.0751", ["12.08"])
        check(fact.data)


async def test_a_gauge_on_hold_may_not_be_used(tmp_path: Path) -> None:
    gauged = plan(characteristics=[{**WIDTH, "gauge": "CAL-1"}, BURR])
    async with running(tmp_path, gauged) as (_, client):
        await act(client, "/quality/holds", "h1", scope="gauge", target="CAL-1", reason="dropped")
        refused = await act(client, "/quality/results", "r1", **result())
        assert refused.status_code == 409
        assert "gauge CAL-1 is on hold: dropped" in refused.json()["detail"]


async def test_a_gauge_whose_calibration_has_ended_blocks_starts_and_results(
    tmp_path: Path,
) -> None:
    gauged = plan(characteristics=[{**WIDTH, "gauge": "CAL-1"}, BURR])
    async with running(tmp_path, gauged) as (here, client):
        room = here.rooms.quality
        room.follow([Gauge(id="CAL-1", en="Caliper", zh="", calibrated_until=date(2026, 6, 8))])
        good = await act(client, "/quality/results", "r1", **result())
        assert good.status_code == 201, good.text  # its last day
        here.clock.plant += 24 * 60 * MINUTE
        refused = await act(client, "/quality/results", "r2", **result())
        assert refused.status_code == 409
        assert "calibration of gauge CAL-1 (Caliper) ended 2026-06-08" in refused.json()["detail"]
        waiting = here.floor.job("WO2.10")
        assert [one.said.code for one in here.floor.gates.blocks(waiting)] == ["gauge.expired"]
        room.follow([Gauge(id="CAL-2", en="Caliper", zh="")])
        assert [one.said.code for one in here.floor.gates.blocks(waiting)] == ["gauge.unknown"]


async def test_a_machine_run_tells_cm_and_cmk_and_is_no_point_of_a_chart(tmp_path: Path) -> None:
    async with running(tmp_path, plan(characteristics=[{**WIDTH, "upper": "12.05"}, BURR])) as (
        here,
        client,
    ):
        said = {"work_center": "L1", "product": "HINGE", "operation": 10, "characteristic": "width"}
        readings = ["11.99", "12.01"] * 25
        done = await act(client, "/quality/machine-runs", "m1", **said, readings=readings)
        assert done.status_code == 201, done.text
        await act(client, "/quality/machine-runs", "m2", **said, readings=readings[:49])
        (fact, _) = here.store.reader.facts_after(done.json()["seq"] - 1, 5)
        check(fact.data)
        few, run = (await client.get(f"{API}/quality/machine-runs?work_center=L1")).json()["items"]
        # s = 0.01 x sqrt(50 / 49) = 0.0101015; Cm = 0.15 / 6 s; Cmk = (12.05 - 12) / 3 s
        assert (run["mean"], run["deviation"]) == ("12.000000", "0.010102")
        assert (run["cm"], run["cmk"]) == ("2.474874", "1.649916")
        assert (few["cm"], few["why_no_capability"]) == (None, "49 readings; capability needs 50")
        query = "work_center=L1&product=HINGE&operation=10&characteristic=width"
        assert (await client.get(f"{API}/quality/chart?{query}")).status_code == 404
        odd = await act(client, "/quality/machine-runs", "m3", **{**said, "characteristic": "burr"})
        assert odd.status_code == 422


async def test_a_result_that_was_recorded_wrongly_is_taken_back(tmp_path: Path) -> None:
    async with running(tmp_path, plan()) as (here, client):
        await here.record(count("WO1.10", 50))
        wrong = result(("120.0", "12.02", "11.98"), "ok nok ok")
        seq = (await act(client, "/quality/results", "r1", **wrong)).json()["seq"]
        assert await due(client) == []
        said = {"actor": "bert", "note": "a slip of the finger"}
        done = await act(client, f"/quality/results/{seq}/void", "v1", **said)
        assert done.status_code == 201, done.text
        again = await act(client, f"/quality/results/{seq}/void", "v1", **said)
        assert again.json() == done.json()
        assert (await act(client, f"/quality/results/{seq}/void", "v2", **said)).status_code == 409
        assert (await act(client, "/quality/results/1/void", "v3", **said)).status_code == 404
        assert [one["points"] for one in await due(client)] == [["pieces:50"]]
        (hour,) = here.rooms.quality.reader.inspection_hours("L1", 0, here.clock.now())
        assert (hour.inspected, hour.first_pass_good) == (0, 0)
        query = "work_center=L1&product=HINGE&operation=10&characteristic=width"
        assert (await client.get(f"{API}/quality/chart?{query}")).status_code == 404
        await act(client, "/quality/results", "r2", **result())
        chart = (await client.get(f"{API}/quality/chart?{query}")).json()
        assert len(chart["points"]) == 1
        (fact,) = here.store.reader.facts_after(done.json()["seq"] - 1, 1)
        check(fact.data)
        shown = (await client.get(f"{API}/quality/results?job_order=WO1.10")).json()["items"]
        assert [one["voided_by"] for one in shown] == ["bert", None]
    assert set(verify(tmp_path / "edge.sqlite").differing) <= {"baselines"}
