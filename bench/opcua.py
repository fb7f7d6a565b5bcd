"""CPU of one snapshot through our OPC UA driver, beside a bare asyncua read of the same nodes.

Both read all nodes in one request of one session each. The bare side gets Python values;
ours judges each status, refuses values of another type, makes floats exact decimals and
keeps both times beside each value.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any

from asyncua.client.client import Client

from bench.children import child
from bench.measuring import CLOCK, interleaved, steady
from bench.ratio import Ratio
from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.registry import LIBRARY_LOGGERS, create

# Nodes of a snapshot: a machine of the demo, and a large one; reads of each in a round.
SNAPSHOTS = {14: 100, 100: 25}
ROUNDS = 9


def tags(count: int) -> tuple[TagConfig, ...]:
    """As the server has them: every fourth a measured value, the others counters."""
    return tuple(
        TagConfig(
            id=f"T{index}",
            address=f"ns=2;s=T{index}",
            type="float64" if index % 4 == 3 else "uint32",
        )
        for index in range(count)
    )


class Sides:
    """Two sessions with one server: ours, and a bare one."""

    def __init__(self, port: int, count: int) -> None:
        url = f"opc.tcp://127.0.0.1:{port}"
        device = DeviceConfig(id="device", driver="opcua", url=url, insecure=True, tags=tags(count))
        self.reads = SNAPSHOTS[count]
        self.driver = create(device, CLOCK.now)
        self.client = Client(url)
        self.nodes = [self.client.get_node(tag.address) for tag in device.tags]

    async def connect(self) -> None:
        """Connect both, and see that both read all that there is."""
        await self.driver.connect()
        await self.client.connect()
        readings = await self.driver.poll()
        values = await self.client.read_values(self.nodes)
        assert all(reading.quality == "good" for reading in readings), readings
        assert [float(reading.value or 0) for reading in readings] == [float(one) for one in values]

    async def close(self) -> None:
        await self.client.disconnect()
        await self.driver.close()

    async def ours(self) -> None:
        for _ in range(self.reads):
            await self.driver.poll()

    async def bare(self) -> None:
        for _ in range(self.reads):
            await self.client.read_values(self.nodes)


async def opened(port: int, count: int) -> Sides:
    """Both sides, connected."""
    sides = Sides(port, count)
    await sides.connect()
    return sides


def run() -> Iterable[Ratio]:
    for name in LIBRARY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with child("opcua", str(max(SNAPSHOTS))) as server, asyncio.Runner() as runner:
        for count, reads in SNAPSHOTS.items():
            sides = runner.run(opened(server.port, count))
            works = {"ours": sides.ours, "bare": sides.bare}
            cost = interleaved(
                {name: steady(partial(_all, runner, work)) for name, work in works.items()}, ROUNDS
            )
            runner.run(sides.close())
            yield Ratio(
                name=f"OPC UA, CPU of a snapshot of {count} nodes in one request",
                ours=cost["ours"].cpu / reads * 1e6,
                bare=cost["bare"].cpu / reads * 1e6,
                unit="us",
                target=1.3,
                at_most=True,
            )


def _all(runner: asyncio.Runner, side: Callable[[], Coroutine[Any, Any, None]]) -> None:
    runner.run(side())
