"""The edge is killed while people report pieces; each asks again, and is recorded once."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from tests.integration.edge.floor_on_store import site
from tests.journeys.plant_head import head
from tests.journeys.processes import Process, api, taktline
from tests.ports import free_port

pytestmark = pytest.mark.xdist_group("edge_process")

LINE = """[[work_center]]
id = "L1"
name = "Line 1"
line = "L1"
counting = "manual"
calendar = "always"
"""
LIVES = 4


async def act(client: httpx.AsyncClient, path: str, key: str, **body: Any) -> httpx.Response | None:
    """The answer; None if it was lost."""
    try:
        return await client.post(
            f"/api/v1{path}", json={"actor": "ann", **body}, headers={"Idempotency-Key": key}
        )
    except httpx.TransportError:
        return None


async def killed_after(process: Process, seconds: float) -> None:
    await asyncio.sleep(seconds)  # the random moment at which power goes
    await asyncio.to_thread(process.kill)


@pytest.mark.longer
async def test_reports_are_recorded_once_however_often_the_edge_is_killed(
    tmp_path: Path,
) -> None:
    async with site(tmp_path):
        pass
    port, draws = free_port(), Random(7)
    (tmp_path / "plant.toml").write_text(head(port) + LINE)
    command = ("edge", "--config", str(tmp_path / "plant.toml"))
    asked: dict[str, tuple[str, dict[str, Any]]] = {}
    first: dict[str, int] = {}
    for life in range(LIVES + 1):
        with taktline(tmp_path / "log", *command) as process:
            async with api(port) as edge:
                if life == 0:
                    begun = await act(edge.client, "/job-orders/WO1.10/start", "s", version=1)
                    assert begun is not None
                    assert begun.status_code == 201, begun.text
                hour = (await edge.status())["plant_now"]
                for key, (path, body) in asked.items():  # whoever got no answer, and all others
                    again = await act(edge.client, path, key, **body)
                    assert again is not None
                    assert again.status_code == 201, again.text
                    assert first.setdefault(key, again.json()["seq"]) == again.json()["seq"]
                if life == LIVES:
                    assert await edge.pieces() == len(asked) == len(set(first.values()))
                    assert process.end() == 0
                    break
                dying = asyncio.create_task(killed_after(process, draws.uniform(0.02, 0.3)))
                number = 0
                while process.popen.poll() is None and number < 500:
                    key, number = f"{life}/{number}", number + 1
                    path = "/job-orders/WO1.10/quantities"
                    body = {"hour": hour, "good": 1, "scrap": 0, "confirm": True}
                    asked[key] = (path, body)
                    answer = await act(edge.client, path, key, **body)
                    if answer is None:
                        break
                    assert answer.status_code == 201, answer.text
                    first[key] = answer.json()["seq"]
                await dying
    verify = [sys.executable, "-m", "taktline", "verify", str(tmp_path / "edge.sqlite"), "--json"]
    found = json.loads(subprocess.run(verify, capture_output=True, check=True).stdout)
    assert (found["broken"], found["differing"]) == (None, [])
