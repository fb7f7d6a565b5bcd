"""What the machine measures is taken when it is due: once, raw value and all, with consequences."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from edge.commands.quality import _inspection_line
from edge.domain.equipment import TagShown
from edge.domain.facts import FactKind, decode, encode
from edge.domain.vocabulary import JobState, MachineState
from edge.storage.verify import verify
from terminal_ui.decode import decode as decoded
from terminal_ui.model import Quality
from terminal_ui.texts import load_texts
from terminal_ui.widgets.quality import _parts
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site
from tests.integration.edge.test_api import API, act
from tests.integration.edge.test_inspections import due, open_holds, running
from tests.unit.execution.floor_parts import count
from tests.unit.storage.samples import state

WIDTH = {
    "id": "width",
    "kind": "measured",
    "unit": "mm",
    "decimals": 2,
    "lower": "11.90",
    "upper": "12.10",
    "chart": "individuals",
    "measures": "leaf_width",
}


def measured(when: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    when = {"every_pieces": 50, "tolerance": 20} if when is None else when
    return {"id": "CAM", "when": when, "sample": 1, "characteristics": [WIDTH]} | more


@dataclass
class Camera:
    """Shows what a test sets, as the tag `cam_w` of L1."""

    shown: TagShown = field(default_factory=lambda: TagShown(tag="cam_w", why="it is dark"))

    def __call__(self, work_center: str, tag: str) -> TagShown:
        assert (work_center, tag) == ("L1", "cam_w")
        return self.shown

    def show(self, value: str) -> None:
        self.shown = TagShown(tag="cam_w", value=value, at=SIX + MINUTE, device_at=SIX)


@asynccontextmanager
async def watched(
    folder: Path, *plans: dict[str, Any]
) -> AsyncIterator[tuple[Site, httpx.AsyncClient, Camera]]:
    async with running(folder, *plans) as (here, client):
        center = replace(here.floor.work_centers["L1"], measures={"leaf_width": "cam_w"})
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        here.machine.show("L1", MachineState.EXECUTE, 1010)
        here.rooms.quality.judging.shown = camera = Camera()
        yield here, client, camera


def results(here: Site) -> list[dict[str, Any]]:
    facts = here.store.reader.facts_after(0, 1000)
    found = [one.data for one in facts if one.kind == FactKind.QUALITY_RESULT]
    for data in found:
        check(data)
    return [{"source": decode(one).source, **decode(one).body} for one in found]


async def test_it_is_taken_when_it_is_due_and_keeps_what_the_machine_showed(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, measured()) as (here, client, camera):
        look = here.rooms.quality.taking.look
        camera.show("12.0449999")
        await here.record(count("WO1.10", 49))
        await look()
        assert results(here) == []
        await here.record(count("WO1.10", 1))
        await asyncio.gather(look(), look())  # it is taken once, whoever looks
        await look()
        [taken] = results(here)
        assert (taken["source"], taken["covers"], taken["passed"]) == ("plc", ["pieces:50"], True)
        [width] = taken["results"]
        raw = {name: width[name] for name in ("readings", "tag", "shown", "shown_at", "device_at")}
        assert raw == {
            "readings": ["12.04"],
            "tag": "cam_w",
            "shown": "12.0449999",
            "shown_at": SIX + MINUTE,
            "device_at": SIX,
        }
        assert await due(client) == []
        await here.record(count("WO1.10", 130))
        await look()
        assert [one["covers"] for one in results(here)] == [["pieces:50"], ["pieces:150"]]
        place = "work_center=L1&product=HINGE&operation=10&characteristic=width"
        chart = (await client.get(f"{API}/quality/chart?{place}")).json()
        assert [point["readings"] for point in chart["points"]] == [["12.04"], ["12.04"]]
        assert len(here.rooms.quality.reader.results("WO1.10")) == 2
    assert set(verify(tmp_path / "edge.sqlite").differing) <= {"baselines"}


async def test_out_of_limits_holds_the_job_and_stands_on_the_board(tmp_path: Path) -> None:
    plan = measured(blocks={"failed": "hold_job"})
    async with watched(tmp_path, plan) as (here, client, camera):
        camera.show("12.31")
        await here.record(count("WO1.10", 50))
        await here.rooms.quality.taking.look()
        [taken] = results(here)
        assert (taken["passed"], taken["first_pass_good"]) == (False, 0)
        [hold] = await open_holds(client)
        assert (hold["target"], hold["origin"], hold["placed_by"]) == ("WO1.10", "inspection", "")
        await here.rooms.quality.watch.look()
        here.floor.register.reload()
        assert here.floor.job("WO1.10").state == JobState.INTERRUPTED
        board = (await client.get(f"{API}/work-centers/L1/board")).json()["quality"]
        assert board["findings"] == ["width: piece 1: 12.31 is outside its limits"]
        assert [one["reason"] for one in board["holds"]] == ["inspection CAM of WO1.10 failed"]
        shown = decoded(Quality, board, "quality")
        assert list(_parts(shown, load_texts("zh"))) == [
            "冻结 工单 WO1.10：WO1.10 的检验 CAM 不合格",
            "width：第 1 件：12.31 超出界限",
        ]
        version = here.floor.job("WO1.10").version
        refused = await act(client, "/job-orders/WO1.10/resume", "r1", version=version)
        assert refused.status_code == 409
        assert f"have hold {hold['id']} released by quality" in refused.text
        free = await act(
            client, f"/quality/holds/{hold['id']}/release", "r2", actor="bert", note="cleaned"
        )
        assert free.status_code == 201, free.text


async def test_what_shows_no_good_value_stays_due_and_blocks_once_it_is_late(
    tmp_path: Path,
) -> None:
    plan = measured(blocks={"overdue": "hold_start"})
    async with watched(tmp_path, plan) as (here, client, camera):
        look = here.rooms.quality.taking.look
        await here.record(count("WO1.10", 60))
        await look()
        [waits] = (await client.get(f"{API}/quality/inspections?due=true")).json()["items"]
        assert waits["not_taken"] == "width: it is dark; say the reading"
        assert _inspection_line(waits).endswith("; not taken: width: it is dark; say the reading")
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert board["quality"]["due"][0]["not_taken"] == waits["not_taken"]
        await here.record(count("WO1.10", 30))
        blocks = {
            job["id"]: [one["code"] for one in job["blocks"]]
            for job in (await client.get(f"{API}/work-centers/L1/board")).json()["next"]
        }
        assert blocks["WO2.10"] == ["inspection"]
        camera.show("no part")
        await look()
        [waits] = (await client.get(f"{API}/quality/inspections?due=true")).json()["items"]
        assert "which is no number" in waits["not_taken"]
        camera.show("12.00")
        await look()
        assert (await due(client), len(results(here))) == ([], 1)


async def test_a_person_may_say_it_and_what_is_taken_back_is_taken_again(tmp_path: Path) -> None:
    async with watched(tmp_path, measured()) as (here, client, camera):
        look = here.rooms.quality.taking.look
        await here.record(count("WO1.10", 50))
        await look()
        seen = [{"characteristic": "width", "readings": ["12.02"]}]
        said = {"job_order_id": "WO1.10", "inspection": "CAM", "results": seen}
        by_hand = await act(client, "/quality/results", "k2", **said)
        assert by_hand.status_code == 201, by_hand.text
        camera.show("12.05")
        await look()
        assert [one["source"] for one in results(here)] == ["operator"]
        void = await act(
            client,
            f"/quality/results/{by_hand.json()['seq']}/void",
            "k3",
            actor="bert",
            note="another part",
        )
        assert void.status_code == 201, void.text
        await look()
        assert [one["source"] for one in results(here)] == ["operator", "plc"]


async def test_a_first_piece_is_measured_once_there_is_one(tmp_path: Path) -> None:
    first = {"after": ["start", "stop"], "stop_minutes": 30}
    async with watched(tmp_path, measured({"first_piece": first})) as (here, _, camera):
        look = here.rooms.quality.taking.look
        camera.show("12.00")
        await stands(here, "APT", 10)
        await look()
        assert results(here) == []  # it produces, and no piece has come out yet
        await here.record(count("WO1.10", 1))
        await look()
        await here.record(count("WO1.10", 1))
        await look()
        assert [one["covers"] for one in results(here)] == [["start"]]
        await stands(here, "ADET", 12)
        await stands(here, "APT", 50)
        await look()
        await look()
        assert len(results(here)) == 1
        await here.record(count("WO1.10", 1))
        await look()
        assert results(here)[1]["covers"][0].startswith("stop:")
        await here.record(count("WO1.10", 1))
        await look()
        assert len(results(here)) == 2


async def stands(here: Site, time_class: str, minute: int) -> None:
    """L1 is in this state from so many minutes after six, and it is a minute later."""
    at = SIX + minute * MINUTE
    await here.record(replace(state(time_class, at=at), job_order_id="WO1.10"))
    here.clock.plant = at + MINUTE


async def test_of_two_jobs_at_once_nobody_knows_whose_piece_it_is(tmp_path: Path) -> None:
    async with watched(tmp_path, measured()) as (here, client, camera):
        center = replace(here.floor.work_centers["L1"], parallel=2)
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        camera.show("12.00")
        version = here.floor.job("WO2.10").version
        assert (await act(client, "/job-orders/WO2.10/start", "k2", version=version)).is_success
        await here.record(count("WO1.10", 50))
        await here.rooms.quality.taking.look()
        assert results(here) == []
        [waits] = (await client.get(f"{API}/quality/inspections?due=true")).json()["items"]
        assert "WO2.10 is on L1 too" in waits["not_taken"]


async def test_a_work_center_that_measures_no_such_thing_says_so(tmp_path: Path) -> None:
    async with watched(tmp_path, measured()) as (here, client, camera):
        center = replace(here.floor.work_centers["L1"], measures={"torque": "t1"})
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        camera.show("12.00")
        await here.record(count("WO1.10", 50))
        await here.rooms.quality.taking.look()
        [waits] = (await client.get(f"{API}/quality/inspections?due=true")).json()["items"]
        assert "no tag of L1 measures leaf_width; plant.toml names: torque" in waits["not_taken"]


async def test_a_machine_that_is_away_is_looked_at_again(tmp_path: Path) -> None:
    async with watched(tmp_path, measured()) as (here, client, camera):
        camera.show("12.00")
        await here.record(count("WO1.10", 50))
        here.machine.away = True
        await here.rooms.quality.taking.look()
        assert results(here) == []
        here.machine.away = False
        await here.rooms.quality.taking.look()
        assert (await due(client), len(results(here))) == ([], 1)


async def test_a_failed_inspection_keeps_apart_what_was_made_since_the_one_before(
    tmp_path: Path,
) -> None:
    plan = measured(suspects="burr", blocks={"failed": "none"})
    async with watched(tmp_path, plan) as (here, client, camera):
        look = here.rooms.quality.taking.look
        camera.show("12.00")
        await here.record(count("WO1.10", 50))
        await look()
        assert (await client.get(f"{API}/quality/nonconformances")).json()["items"] == []
        camera.show("12.40")
        scrapped = {"quantity": 3, "reason": "burr"}
        assert (await act(client, "/job-orders/WO1.10/scrap", "s1", **scrapped)).is_success
        await here.record(count("WO1.10", 60))
        await look()
        [apart] = (await client.get(f"{API}/quality/nonconformances")).json()["items"]
        told = {name: apart[name] for name in ("quantity", "held", "reason", "inspection")}
        assert told == {"quantity": 60, "held": 60, "reason": "burr", "inspection": "CAM"}
        assert apart["note"] == "made since the inspection before"
        here.floor.register.reload()
        job = here.floor.job("WO1.10")
        assert (job.good, job.scrap, job.rework) == (47, 3, 60)
        assert (await client.get(f"{API}/work-centers/L1/board")).json()["quality"]["held"] == 60
        [fact] = [
            decode(one.data)
            for one in here.store.reader.facts_after(0, 1000)
            if one.kind == FactKind.NONCONFORMANCE
        ]
        check(encode(fact))
        assert (fact.source, fact.actor, fact.job_order_id) == ("plc", None, "WO1.10")
        await here.record(count("WO1.10", 40))
        await look()  # 150: it fails again, and only the 40 since are suspect
        both = (await client.get(f"{API}/quality/nonconformances")).json()["items"]
        assert [one["held"] for one in both] == [60, 40]
        use = {"actor": "bert", "note": "gauged", "decision": "use"}
        path = f"/quality/nonconformances/{apart['id']}/decisions"
        assert (await act(client, path, "d1", **use)).is_success
        here.floor.register.reload()
        assert here.floor.job("WO1.10").good == 107
    assert set(verify(tmp_path / "edge.sqlite").differing) <= {"baselines"}


async def test_what_the_next_operation_has_used_is_not_kept_apart(tmp_path: Path) -> None:
    plan = measured(suspects="burr", blocks={"failed": "none"})
    async with watched(tmp_path, plan) as (here, client, camera):
        camera.show("12.40")
        await here.record(count("WO1.10", 50))
        await here.record(replace(count("WO1.20", 45), equipment_id="L2"))
        seen = [{"characteristic": "width", "readings": ["12.40"]}]
        said = {"job_order_id": "WO1.10", "inspection": "CAM", "results": seen}
        assert (await act(client, "/quality/results", "r1", **said)).status_code == 201
        [apart] = (await client.get(f"{API}/quality/nonconformances")).json()["items"]
        assert (apart["held"], apart["opened_by"]) == (5, "ann")
        assert "45 more are used or bad already" in apart["note"]
        again = await act(client, "/quality/results", "r2", again=True, **said)
        assert again.status_code == 201
        assert len((await client.get(f"{API}/quality/nonconformances")).json()["items"]) == 1
