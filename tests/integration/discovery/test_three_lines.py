"""`taktline discover` on the three simulated lines: each counter and state, unaided."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from edge.config import load
from edge.domain.clock import SystemClock
from plc_drivers.driver import Driver
from plc_drivers.errors import DriverError
from plc_drivers.registry import create
from tests.integration.simulators.processes import EXAMPLE, free_ports, machines

PLANT = Path("examples/hardware_plant/plant.toml")
SPEED = 240
WATCH_S = 16
ORDERS = {"L1": (1010, 2010, 3010), "L2": (1020, 2020, 5010), "L3": (1030, 2030, 3030)}
SETPOINTS = ("order_setpoint", "recipe_setpoint", "target_setpoint", "limit_setpoint", "command")
WANTED = ("good", "reject", "state", "heartbeat")


@dataclass
class Planner:
    """Gives a machine its next order whenever it waits for one, as a floor would."""

    line: str
    driver: Driver
    given: int = 0

    async def run(self) -> None:
        await self.driver.connect()
        while True:
            with suppress(DriverError):
                shown = {one.tag: one.value for one in await self.driver.poll()}
                if shown["state"] in (4, 17):
                    await self._load()
            await asyncio.sleep(0.05)

    async def _load(self) -> None:
        recipe = ORDERS[self.line][self.given % 3]
        self.given += 1
        values = (1_000_000 + self.given * 1000 + 10, recipe, 700, 0, 1)
        await self.driver.write(dict(zip(SETPOINTS, values, strict=True)))


@asynccontextmanager
async def running(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """The plant at work; gives the address of each line."""
    scenario = free_ports(EXAMPLE, tmp_path)
    text = scenario.read_text().replace('crew = "day_shift"\n', "")
    scenario.write_text(text)
    clock = f"2026-06-08T06:00+02:00,{SPEED},{monotonic()}"
    with machines(scenario, "--plant-clock", clock) as child:
        ready = child.answer()["machines"]
        urls = {line: ready[line]["url"] for line in ORDERS}
        devices = {one.id: one.connection for one in load(PLANT).devices}
        names = {"L1": "press1", "L2": "lathe1", "L3": "pack1"}
        planners = [
            Planner(
                line,
                create(replace(devices[names[line]], url=urls[line]), SystemClock().now),
            )
            for line in ORDERS
        ]
        tasks = [asyncio.create_task(planner.run()) for planner in planners]
        try:
            yield urls
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(*(planner.driver.close() for planner in planners))


async def discovered(*arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "taktline", "discover", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def addresses(line: str) -> dict[str, dict[str, Any]]:
    """The truth: where the example has what."""
    names = {"L1": "press1", "L2": "lathe1", "L3": "pack1"}
    device = next(one for one in load(PLANT).devices if one.id == names[line])
    return {
        tag.role: {"address": tag.address, "type": tag.type, "order": tag.order}
        for tag in device.connection.tags
        if tag.role in WANTED
    }


@pytest.mark.timeout(180)
async def test_every_counter_and_state_of_the_three_lines_is_found(tmp_path: Path) -> None:
    watch = ("--watch", str(WATCH_S), "--every", "60", "--json")
    async with running(tmp_path) as urls:
        runs = {
            line: (
                *(("opcua", url) if url.startswith("opc") else ("modbus", url, "--last", "120")),
                *watch,
            )
            for line, url in urls.items()
        }
        done = await asyncio.gather(*(discovered(*arguments) for arguments in runs.values()))
    for line, (code, out, err) in zip(runs, done, strict=True):
        assert code == 0, f"{line}: {err}"
        tags = json.loads(out)["tags"]
        found = {
            one["role"]: {key: one[key] for key in ("address", "type", "order")}
            for one in tags
            if one["role"] in WANTED
        }
        assert found == addresses(line), (line, tags)
