"""A running edge takes over a changed plant.toml, to the piece, or refuses it as a whole."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.storage import fact_rows
from tests.integration.collection.devices import ModbusDevice
from tests.journeys.processes import ROOT, Api, Process, api, taktline, until
from tests.journeys.reloadable import Machine, PlantFile
from tests.ports import free_port

pytestmark = pytest.mark.xdist_group("edge_process")
PIECE_S = 0.004


DOOMED = Path(__file__).parent / "edge_that_dies_reloading.py"


@dataclass
class Shop:
    """Machines that make pieces all the time, and the file that names them."""

    folder: Path
    plant: PlantFile
    servers: dict[str, ModbusDevice]
    making: set[tuple[str, str]] = field(default_factory=set)

    @property
    def truth(self) -> int:
        """Good pieces that were made; every counter began at 0."""
        return sum(one.values["good"] for one in self.servers.values())

    async def make(self) -> None:
        while True:
            await asyncio.sleep(PIECE_S)
            for device, tag in self.making:
                self.servers[device].values[tag] += 1

    async def reload(self, edge: Api, **changed: Any) -> dict[str, Any]:
        self.plant.write(**changed)
        answer = await post(edge)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done


async def post(edge: Api) -> Any:
    post.count = getattr(post, "count", 0) + 1  # type: ignore[attr-defined]
    key = {"Idempotency-Key": f"reload {post.count}"}  # type: ignore[attr-defined]
    path = "/api/v1/configuration/reload"
    return await edge.client.post(path, json={"actor": "ann"}, headers=key, timeout=30)


@asynccontextmanager
async def shop(folder: Path) -> AsyncIterator[Shop]:
    servers = {id_: ModbusDevice() for id_ in ("a", "b")}
    for server in servers.values():
        await server.start()
    plant = PlantFile(folder / "plant.toml", free_port(), {"a": Machine(servers["a"])})
    plant.write()
    here = Shop(folder, plant, servers)
    task = asyncio.create_task(here.make())
    try:
        yield here
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        for server in servers.values():
            await server.stop()


def running(here: Shop) -> Any:
    return taktline(here.folder / "log", "edge", "--config", "plant.toml")


async def read(edge: Api, *devices: str) -> bool:
    """Whether each device was read completely."""
    by_id = {one["id"]: one for one in (await edge.status())["devices"]}
    return all(by_id[id_]["read_at"] is not None for id_ in devices)


async def all_counted(edge: Api, here: Shop) -> bool:
    return await edge.pieces() == here.truth


async def figures(edge: Api) -> dict[str, float]:
    text = (await edge.client.get("/metrics")).text
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def facts(here: Shop, kind: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(here.folder / "edge.sqlite")) as store:
        every = [json.loads(row.data) for row in fact_rows.every(store)]
    return [fact for fact in every if fact["kind"] == kind]


def cli(here: Shop, *options: str) -> "subprocess.CompletedProcess[str]":
    url = f"http://127.0.0.1:{here.plant.port}"
    command = [sys.executable, "-m", "taktline", "reload", "--edge", url, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def watch(here: Shop) -> dict[str, Any]:
    """The first device, as `taktline watch` sees it through the running edge."""
    url = f"http://127.0.0.1:{here.plant.port}"
    command = [sys.executable, "-m", "taktline", "watch", "--edge", url, "--once", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    device: dict[str, Any] = json.loads(done.stdout)["items"][0]
    return device


async def test_ten_changes_while_machines_count_lose_no_piece(tmp_path: Path) -> None:
    async with shop(tmp_path) as here:
        with running(here) as process:
            async with api(here.plant.port) as edge:
                await until(lambda: read(edge, "a"))
                here.making.add(("a", "good"))
                await _change_ten_times(here, edge, process)
                here.making.clear()
                await until(lambda: all_counted(edge, here))
            assert process.end() == 0
        assert "Traceback" not in (tmp_path / "log").read_text()
        assert not facts(here, "quarantine")
        applied = facts(here, "configuration_applied")
        assert len(applied) == 1 + 8
        assert applied[3]["body"]["changes"] == {"device": {"changed": ["a"]}}
        assert applied[3]["actor"] == "ann"
        verify = [sys.executable, "-m", "taktline", "verify", str(tmp_path / "edge.sqlite")]
        assert subprocess.run(verify, capture_output=True, check=False).returncode == 0


async def _change_ten_times(here: Shop, edge: Api, process: Process) -> None:
    machine = here.plant.machines["a"]
    machine.poll_ms = 40
    done = await here.reload(edge)
    assert done["changes"] == {"device": {"changed": ["a"]}}

    machine.tags.append("reject")
    done = await here.reload(edge)
    assert done["changes"]["tag"] == {"added": ["a.reject"]}
    await until(lambda: counted_baseline(here, "reject"))
    here.making.add(("a", "reject"))

    connects = (await figures(edge))['taktline_device_connects_total{device="a"}']
    machine.faults.append(101)
    await here.reload(edge)

    here.plant.write(tail="[nonsense]\nspeed = 3")  # refused, and said by the command
    refused = await asyncio.to_thread(cli, here)
    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert "nonsense" in refused.stderr

    here.plant.write(tail="", edge_id="e2")
    answer = await post(edge)
    assert answer.status_code == 422
    assert [one["place"] for one in answer.json()["errors"]] == ["edge.id"]

    closed = 'always = true\nclosed = ["2026-12-24"]'
    here.plant.write(edge_id="e1", calendar=closed)
    process.popen.send_signal(signal.SIGHUP)
    await until(lambda: applied_by(here, "SIGHUP"))

    here.plant.machines["b"] = Machine(here.servers["b"])
    done = await here.reload(edge)
    assert done["changes"]["work_center"] == {"added": ["B"]}
    await until(lambda: read(edge, "b"))
    here.making.add(("b", "good"))
    now = await figures(edge)
    # neither a fault's text nor a calendar nor another device opens a's connection anew
    assert now['taktline_device_connects_total{device="a"}'] == connects

    machine.rate = 3000
    await here.reload(edge)

    away = here.plant.machines.pop("b")
    await here.reload(edge)
    assert [one["id"] for one in await edge.get("/work-centers")] == ["A"]

    here.plant.write(machines={"a": machine, "b": away})
    done_by_command = await asyncio.to_thread(cli, here, "--json", "--actor", "bob")
    assert done_by_command.returncode == 0, done_by_command.stderr
    assert json.loads(done_by_command.stdout)["changes"]["device"] == {"added": ["b"]}
    await until(lambda: read(edge, "b"))


async def counted_baseline(here: Shop, tag: str) -> bool:
    return any(one["body"]["tag"] == tag for one in facts(here, "counter_baseline"))


async def applied_by(here: Shop, actor: str) -> bool:
    return any(one["actor"] == actor for one in facts(here, "configuration_applied"))


@pytest.mark.parametrize(
    "moment", ["before", "close", pytest.param("after", marks=pytest.mark.longer)]
)
async def test_a_kill_in_the_middle_of_a_reload_loses_no_piece(tmp_path: Path, moment: str) -> None:
    async with shop(tmp_path) as here:
        doomed = [sys.executable, str(DOOMED), moment, "--config", "plant.toml"]
        with (tmp_path / "log").open("ab") as log:
            env = {**os.environ, "PYTHONPATH": str(ROOT)}
            popen = subprocess.Popen(doomed, cwd=tmp_path, stdout=log, stderr=log, env=env)
        try:
            async with api(here.plant.port) as edge:
                await until(lambda: read(edge, "a"))
                here.making.add(("a", "good"))
                machine = here.plant.machines["a"]
                machine.poll_ms, machine.rate = 20, 2500
                with pytest.raises(httpx.HTTPError):
                    await here.reload(edge)
            assert await asyncio.to_thread(popen.wait, 30) == -signal.SIGKILL
        finally:
            if popen.poll() is None:
                popen.kill()
        with running(here) as process:
            async with api(here.plant.port) as edge:
                await until(lambda: read(edge, "a"))
                here.making.clear()
                await until(lambda: all_counted(edge, here))
            assert process.end() == 0
        applied = facts(here, "configuration_applied")
        assert len(applied) == (2 if moment == "before" else 3)
        assert not facts(here, "quarantine")


async def test_a_calendar_that_changes_moves_no_piece_that_was_counted(tmp_path: Path) -> None:
    """What is made after the change is of the new calendar, what was made before of the old."""
    async with shop(tmp_path) as here, until_ended(here) as edge:
        await until(lambda: read(edge, "a"))
        await here.servers["a"].show(good=100)
        await until(lambda: counted(edge, 100))
        shift = '[[calendar.shift]]\nname = "whole"\ndays = ["mon", "tue", "wed", "thu", "fri", '
        shift += '"sat", "sun"]\nstart = "00:00"\nend = "00:00"'
        done = await here.reload(edge, calendar=shift)
        assert done["changes"] == {"calendar": {"changed": ["always"]}}
        await here.servers["a"].show(good=150)
        await until(lambda: counted(edge, 150))
        watched = await asyncio.to_thread(watch, here)
        assert {tag["id"]: tag["value"] for tag in watched["tags"]}["good"] == "150"
        assert watched["figures"]["polls"] > 0
        by_shift: dict[str, int] = {}
        for one in facts(here, "production_count"):
            name = one["body"]["calendar"]["shift"]
            by_shift[name] = by_shift.get(name, 0) + one["body"]["quantity"]
        assert by_shift == {"day": 100, "whole": 50}
        last = facts(here, "equipment_state")[-1]["body"]
        assert (last["state"], last["calendar"]["shift"]) == (6, "whole")


@asynccontextmanager
async def until_ended(here: Shop) -> AsyncIterator[Api]:
    with running(here) as process:
        async with api(here.plant.port) as edge:
            yield edge
        assert process.end() == 0


async def counted(edge: Api, pieces: int) -> bool:
    return await edge.pieces() == pieces
