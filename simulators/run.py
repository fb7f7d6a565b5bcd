"""Runs machines until they are told to stop."""

import asyncio
from collections.abc import Callable
from typing import Any

from simulators.blueprint import Scenario
from simulators.clock import Clock
from simulators.control import obey
from simulators.floor import Floor
from simulators.truth import Truth


async def run_machines(
    scenario: Scenario,
    clock: Clock,
    truth: Truth,
    *,
    announce: Callable[[dict[str, Any]], None],
    controlled: bool,
) -> None:
    """Serve all machines; returns when a controlled run is told to quit.

    `announce` is called once, with the actual addresses, when every port is open. Raises
    PortTaken and TruthLost.
    """
    floor = Floor(scenario, clock, truth)
    async with floor.open():
        announce(floor.ready())
        moving = asyncio.create_task(floor.run())
        tasks = {moving, asyncio.create_task(obey(floor))} if controlled else {moving}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
