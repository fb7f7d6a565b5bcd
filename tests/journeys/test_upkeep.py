"""Old facts are archived and tables made anew, by a command alone or by the running edge."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edge.domain.clock import ManualClock
from edge.domain.recording import Recording
from edge.storage.packing import BLOCK
from edge.storage.store import Store
from tests.integration.collection.devices import ModbusDevice
from tests.journeys.processes import api, taktline, until
from tests.journeys.test_edge_process import connected, plant
from tests.ports import free_port
from tests.unit.storage.samples import count

pytestmark = pytest.mark.xdist_group("edge_process")

LONG_AGO = 1_600_000_000_000_000
FACTS = 4 * BLOCK + 50


def fill(path: Path) -> None:
    drafts = tuple(count(n, 1, at=LONG_AGO + n, job=None) for n in range(FACTS))
    with Store.open(path, "e1", ManualClock(plant=LONG_AGO)) as store:
        asyncio.run(store.record(Recording(drafts=drafts)))
        asyncio.run(store.rebuild())


def run(folder: Path, *arguments: str) -> tuple[int, Any]:
    command = [sys.executable, "-m", "taktline", *arguments, "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def command(folder: Path, name: str, *options: str) -> tuple[int, Any]:
    return run(folder, name, "--config", str(folder / "plant.toml"), *options)


async def test_a_store_that_nobody_holds_is_kept_up_by_the_command(tmp_path: Path) -> None:
    plant(tmp_path, ModbusDevice(), free_port())
    await asyncio.to_thread(fill, tmp_path / "edge.sqlite")
    code, done = command(tmp_path, "archive", "--keep-days", "36500")
    assert (code, done["facts"]) == (0, 0)
    code, done = command(tmp_path, "archive")
    assert (code, done["facts"], done["files"]) == (0, 4 * BLOCK, 1)
    assert command(tmp_path, "rebuild") == (0, {"facts": FACTS})
    code, verified = run(tmp_path, "verify", str(tmp_path / "edge.sqlite"))
    assert (code, verified["facts"]) == (0, FACTS)


async def test_a_running_edge_archives_while_it_counts(tmp_path: Path) -> None:
    """What was archived is shown, corrected, streamed and verified as before."""
    device, port = ModbusDevice(), free_port()
    file = plant(tmp_path, device, port)
    await asyncio.to_thread(fill, tmp_path / "edge.sqlite")
    await device.start()
    await device.show(good=100, reject=0)
    with taktline(tmp_path / "log", "edge", "--config", str(file)) as process:
        async with api(port) as edge:
            await until(lambda: connected(edge))
            before = await edge.get("/facts/7")
            code, done = await asyncio.to_thread(command, tmp_path, "archive")
            assert (code, done["facts"]) == (0, 4 * BLOCK)
            assert (await edge.get("/upkeep"))["state"] == "done"
            await device.show(good=105)
            assert await edge.get("/facts/7") == before
            body = {"actor": "anna", "note": "n", "changes": {"quantity": 3}}
            answer = await edge.client.post(
                "/api/v1/facts/7/corrections",
                json=body,
                headers={"Idempotency-Key": "k"},
                timeout=60,
            )
            assert answer.status_code == 201, answer.text
            assert (await edge.get("/facts/7"))["now"]["quantity"] == 3
            assert await first_events(edge.client, "1.5", 3) == ["1.6", "1.7", "1.8"]
            code, done = await asyncio.to_thread(command, tmp_path, "rebuild")
            assert code == 0
            assert done["facts"] > FACTS
            nothing = await edge.client.post(
                "/api/v1/upkeep/sweep", json={"actor": "a"}, headers={"Idempotency-Key": "s"}
            )
            assert nothing.status_code == 422
        assert process.end() == 0
    await device.stop()
    code, verified = run(tmp_path, "verify", str(tmp_path / "edge.sqlite"))
    assert code == 0, verified


async def first_events(client: Any, after: str, many: int) -> list[str]:
    """Ids of the first events behind one."""
    ids: list[str] = []
    said = {"Last-Event-ID": after}
    async with client.stream("GET", "/api/v1/events", headers=said, timeout=60) as events:
        async for line in events.aiter_lines():
            if line.startswith("id: "):
                ids.append(line.removeprefix("id: "))
            if len(ids) == many:
                break
    return ids
