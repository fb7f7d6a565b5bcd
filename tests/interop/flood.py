"""Notifications as fast as they are asked for, each a number, so that a lost one is seen."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from plc_drivers.configuration import DeviceConfig, GroupConfig, TagConfig
from plc_drivers.driver import Driver, Subscriber
from plc_drivers.reading import Reading
from tests.interop.node_opcua import NodeOpcua

GROUP = GroupConfig(id="flood", mode="subscribe", sampling_ms=0, publishing_ms=100, queue=100)
PATIENCE_S = 30.0


def flooded(server: NodeOpcua, sessions: int = 0) -> DeviceConfig:
    """A device whose tags are all variables of the server's load."""
    space = server.told["namespace"]
    return DeviceConfig(
        id="flood",
        driver="opcua",
        url=server.url,
        insecure=True,
        groups=(GROUP,),
        sessions=sessions,
        tags=tuple(
            TagConfig(id=f"V{at}", address=f"ns={space};s=V{at}", type="uint32", group=GROUP.id)
            for at in range(server.variables)
        ),
    )


@dataclass
class Seen:
    """What arrived: `lost` by the numbers, the most that came at once, the longest way (us)."""

    last: dict[str, int] = field(default_factory=dict)
    came: int = 0
    lost: int = 0
    at_once: int = 0
    late_us: int = 0
    missed: list[str] = field(default_factory=list)

    def take(self, readings: tuple[Reading, ...]) -> None:
        last = self.last
        self.at_once = max(self.at_once, len(readings))
        for one in readings:
            value = one.value
            assert isinstance(value, int), one
            before = last.get(one.tag)
            if before is not None:
                self.came += 1
                self.lost += value - before - 1
            last[one.tag] = value
        told, came = readings[-1].source_time, readings[-1].edge_time
        self.late_us = max(self.late_us, came - told) if told is not None else self.late_us


async def begun(driver: Driver, seen: Seen, variables: int) -> None:
    """Connect, and take the first value of each variable."""
    assert isinstance(driver, Subscriber)
    await driver.connect()
    async with asyncio.timeout(PATIENCE_S):
        while len(seen.last) < variables:
            await taken(driver, seen)
    assert not driver.polled & seen.last.keys()
    seen.at_once = seen.late_us = 0


async def taken(driver: Subscriber, seen: Seen) -> None:
    """Whatever waits, in one go."""
    changes = await driver.changes()
    if changes.missed:
        seen.missed.append(changes.missed)
    if changes.readings:
        seen.take(changes.readings)


async def flood(
    server: NodeOpcua, driver: Subscriber, seen: Seen, *, rate: int, seconds: int
) -> Mapping[str, int]:
    """Take all that comes while the server changes `rate` values a second; what it says it did."""
    due = seen.came + rate * seconds
    await server.ask("load", rate=rate, seconds=seconds)
    async with asyncio.timeout(seconds + PATIENCE_S):
        while seen.came + seen.lost < due:
            await taken(driver, seen)
    return await server.ask("loaded")
