"""The edge's own heartbeat: a number that a machine sees rising while its pieces are recorded.

It stands as soon as the last snapshots were not recorded, whatever the reason, so that a
controller may stop its line rather than make pieces that nobody keeps.
"""

import asyncio
from collections.abc import Callable

import structlog

from edge.collection.health import DeviceHealth
from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.data_types import DATA_TYPES
from plc_drivers.driver import Driver
from plc_drivers.errors import DriverError
from plc_drivers.reading import Value

BEAT_S = 1.0
LARGEST = 65_535
log = structlog.get_logger(__name__)


def following(tag: TagConfig, shown: Value) -> int:
    """The number after the one that the tag shows; after its type's largest comes 0 again."""
    last = min(DATA_TYPES[tag.type].high, LARGEST)
    known = isinstance(shown, int) and 0 <= shown < last
    return int(shown or 0) + 1 if known else 0


def beat_tag(config: DeviceConfig) -> TagConfig | None:
    """The tag that takes our heartbeat, if the device has one."""
    return next((tag for tag in config.tags if tag.role == "heartbeat_out" and tag.write), None)


async def beat(
    driver: Driver,
    lock: asyncio.Lock,
    tag: TagConfig,
    shown: Callable[[], Value],
    recording: Callable[[], bool],
    health: DeviceHealth,
) -> None:
    """Write the number after what is `shown` each second while `recording`, in turn with all else.

    A beat that fails is a figure and, once, a line in the log: the polls notice a dead wire.
    """
    number, failing = -1, False
    while True:
        await asyncio.sleep(BEAT_S)
        try:
            async with lock:
                if not recording():
                    continue
                number = following(tag, shown() if number < 0 else number)
                await driver.write({tag.id: number})
        except DriverError as error:
            health.beat_failures += 1
            if not failing:
                log.warning("heartbeat_not_written", tag=tag.id, why=str(error))
            failing = True
            continue
        health.beats += 1
        failing = False
