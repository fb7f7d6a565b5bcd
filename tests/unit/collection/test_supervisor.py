"""The schedule of polls, over a device that is slow now and then."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import pytest

from edge.collection import supervisor
from edge.collection.settings import DeviceSettings
from edge.collection.supervisor import DeviceSupervisor
from edge.domain.clock import SystemClock
from plc_drivers.configuration import DeviceConfig
from plc_drivers.reading import Reading, Value

INTERVAL_S = 0.02
ENOUGH = 30


@dataclass
class SlowDriver:
    """Answers at once but for each tenth poll, which takes ten times as long as it should."""

    polled: list[float] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(self) -> None:
        pass

    async def poll(self, tags: Collection[str] | None = None) -> tuple[Reading, ...]:
        self.polled.append(SystemClock().monotonic())
        if len(self.polled) >= ENOUGH:
            self.done.set()
        if len(self.polled) % 10 == 0:
            await asyncio.sleep(10 * INTERVAL_S)
        return ()

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return values

    async def close(self) -> None:
        pass


async def test_a_poll_that_is_late_is_left_out_and_not_made_up_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driver = SlowDriver()

    def create(_: DeviceConfig, __: Callable[[], int]) -> SlowDriver:
        return driver

    monkeypatch.setattr(supervisor, "create", create)
    config = DeviceConfig(id="d", driver="modbus", url="", poll_ms=round(INTERVAL_S * 1000))
    one = DeviceSupervisor(DeviceSettings(config=config), (), SystemClock(), lambda _: None)
    one.start()
    async with asyncio.timeout(20):
        await driver.done.wait()
    await one.stop()
    due = (SystemClock().monotonic() - driver.polled[0]) / INTERVAL_S + 2
    assert one.health.missed_polls >= 2 * 9
    assert one.health.polls + one.health.missed_polls <= due
