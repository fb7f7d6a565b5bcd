"""Watches tags of one device for a while: every look at all of them, with its time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from plc_drivers.discovery.found import Plan, Progress
from plc_drivers.driver import Driver
from plc_drivers.reading import Quality, Value

MICROS = 1_000_000


@dataclass
class Record:
    """What was seen: `times` (us), and values by tag, one for each time; None where not good."""

    times: list[int] = field(default_factory=list)
    values: dict[str, list[Value]] = field(default_factory=dict)

    def whole(self, tag: str) -> list[int | None]:
        """The values of a tag that are whole numbers; a bit is 0 or 1."""
        return [int(one) if isinstance(one, int) else None for one in self.values[tag]]


async def watch(driver: Driver, plan: Plan, now: Callable[[], int], progress: Progress) -> Record:
    """Connect, read every tag again and again as `plan` says, and close. Raises DriverError."""
    record = Record()
    await driver.connect()
    try:
        begin = now()
        while (gone := (now() - begin) / MICROS) <= plan.watch_s:
            readings = await driver.poll()
            record.times.append(max(reading.edge_time for reading in readings))
            for reading in readings:
                good = reading.quality is Quality.GOOD
                values = record.values.setdefault(reading.tag, [])
                values.append(reading.value if good else None)
            progress("watching", gone / plan.watch_s)
            await asyncio.sleep(plan.pause_s)
    finally:
        await driver.close()
    return record
