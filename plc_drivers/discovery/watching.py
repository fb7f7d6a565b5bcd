"""Watches tags of one device for a while: every look at all of them, with its time."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

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


async def watch(
    driver: Driver,
    *,
    now: Callable[[], int],
    seconds: float,
    pause_s: float,
    progress: Callable[[float], None] = lambda _: None,
) -> Record:
    """Poll every `pause_s` for `seconds`. Raises Unreachable; the driver is connected."""
    record = Record()
    begin = now()
    while (gone := (now() - begin) / MICROS) <= seconds:
        readings = await driver.poll()
        record.times.append(max(reading.edge_time for reading in readings))
        for reading in readings:
            good = reading.quality is Quality.GOOD
            record.values.setdefault(reading.tag, []).append(reading.value if good else None)
        progress(min(gone / seconds, 1.0) if seconds else 1.0)
        await asyncio.sleep(pause_s)
    return record


def readable(record: Record) -> Mapping[str, list[Value]]:
    """The tags that showed a good value at least once."""
    return {
        tag: values
        for tag, values in record.values.items()
        if any(value is not None for value in values)
    }
