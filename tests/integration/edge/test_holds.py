"""A hold blocks people and the dispatcher, stops what runs, and is released by somebody else."""

from pathlib import Path

import pytest

from edge.domain.vocabulary import JobState, MachineState
from edge.execution.dispatch.dispatching import Dispatcher
from edge.execution.dispatch.replanning import Replanner
from edge.execution.errors import NotAllowed
from edge.execution.floor import HOLD
from edge.execution.quality.room import Quality
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_replanning import PlannerHere

SCOPES = [
    ("job_order", "WO1.10"),
    ("job_order", "WO1"),
    ("product", "HINGE"),
    ("product", "HINGE/A"),
    ("work_center", "L1"),
    ("lot", "C7"),
    ("gauge", "CAL-1"),
]


def quality(here: Site) -> Quality:
    room = here.rooms.quality
    assert room is not None
    room.holds.lots_of = lambda job: ["C7"] if job.id == "WO1.10" else []
    room.holds.gauges_of = lambda job: ["CAL-1"] if job.id == "WO1.10" else []
    return room


@pytest.mark.parametrize(("scope", "target"), SCOPES)
async def test_a_hold_blocks_a_start_until_somebody_else_releases_it(
    tmp_path: Path, scope: str, target: str
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        quality(here)
        said = {"scope": scope, "target": target, "reason": "wrong hardness"}
        placed = await act(client, "/quality/holds", "h1", **said)
        assert placed.status_code == 201, placed.text
        id_ = placed.json()["seq"]
        refused = await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        assert refused.status_code == 409
        (error,) = refused.json()["errors"]
        assert error["code"] == "hold"
        assert target in error["detail"]
        assert "wrong hardness" in error["detail"]
        shown = (await client.get(f"{API}/work-centers/L1/board")).json()["next"][0]
        assert shown["blocks"][0]["code"] == "hold"
        own = await act(client, f"/quality/holds/{id_}/release", "r1", note="fine")
        assert own.status_code == 409
        release = {"actor": "bert", "note": "measured again"}
        done = await act(client, f"/quality/holds/{id_}/release", "r2", **release)
        assert done.status_code == 201, done.text
        again = await act(client, f"/quality/holds/{id_}/release", "r3", **release)
        assert again.status_code == 409
        assert (await act(client, "/job-orders/WO1.10/start", "k2", version=1)).status_code == 201
        for fact in here.store.reader.facts_after(id_ - 1, 100):
            check(fact.data)
    assert verify(tmp_path / "edge.sqlite").whole


async def test_the_dispatcher_lets_the_next_order_pass_one_that_is_held(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here, api(here) as client:
        replanner = Replanner(here.floor, PlannerHere())
        await replanner.replan(documents=True)
        assert replanner.next_jobs("L1")[0].id == "WO1.10"
        hold = {"scope": "job_order", "target": "WO1", "reason": "look"}
        id_ = (await act(client, "/quality/holds", "h1", **hold)).json()["seq"]
        dispatcher = Dispatcher("L1", here.floor, replanner.next_job)
        await dispatcher.look()
        job = here.floor.register.running_job("L1")
        assert job is not None
        assert job.id == "WO2.10"
        release = {"actor": "bert", "note": "fine"}
        await act(client, f"/quality/holds/{id_}/release", "r1", **release)
        allowed = replanner.next_job("L1")
        assert allowed is not None
        assert allowed.id == "WO1.10"


async def test_an_interrupting_hold_stops_the_job_that_runs_and_its_machine(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here, api(here) as client:
        room = quality(here)
        await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        here.machine.show("L1", MachineState.EXECUTE, 1010)
        hold = {"scope": "lot", "target": "C7", "reason": "cracks", "interrupts": True}
        id_ = (await act(client, "/quality/holds", "h1", **hold)).json()["seq"]
        here.machine.away = True
        await room.watch.look()  # nobody answers: it is done as soon as somebody does
        here.machine.away = False
        here.machine.written.clear()
        await room.watch.look()
        job = here.floor.job("WO1.10")
        assert job.state == JobState.INTERRUPTED
        assert ("L1", {"command": HOLD}) in here.machine.written
        await room.watch.look()
        assert here.floor.job("WO1.10").version == job.version
        blocked = await act(client, "/job-orders/WO1.10/resume", "k2", version=job.version)
        assert blocked.status_code == 409
        release = {"actor": "bert", "note": "no cracks"}
        await act(client, f"/quality/holds/{id_}/release", "r1", **release)
        resumed = await act(client, "/job-orders/WO1.10/resume", "k3", version=job.version)
        assert resumed.status_code == 201


async def test_a_hold_is_there_after_a_restart(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        said = {"scope": "work_center", "target": "L1", "reason": "oil", "interrupts": True}
        await act(client, "/quality/holds", "h1", **said)
    async with site(tmp_path) as here:
        with pytest.raises(NotAllowed):
            here.floor.gates.check(here.floor.job("WO1.10"), "start", "ann")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"scope": "job_order", "target": "WO9"}, 404),
        ({"scope": "product", "target": "HINGE/Z"}, 404),
        ({"scope": "work_center", "target": "L9"}, 404),
        ({"scope": "moon", "target": "L1"}, 422),
        ({"scope": "lot", "target": ""}, 422),
        ({"scope": "lot", "target": "C7", "reason": " "}, 422),
    ],
)
async def test_what_cannot_be_held_is_refused(
    tmp_path: Path, said: dict[str, str], status: int
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        answer = await act(client, "/quality/holds", "h1", **{"reason": "r", **said})
        assert answer.status_code == status, answer.text


async def test_a_hold_that_was_placed_before_a_kill_stops_the_job_after_it(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        hold = {"scope": "job_order", "target": "WO1", "reason": "cracks", "interrupts": True}
        await act(client, "/quality/holds", "h1", **hold)  # and the edge dies before it looks
    async with site(tmp_path, automatic=True) as here:
        here.machine.show("L1", MachineState.EXECUTE, 1010)
        await quality(here).watch.look()
        assert here.floor.job("WO1.10").state == JobState.INTERRUPTED
        assert ("L1", {"command": HOLD}) in here.machine.written
