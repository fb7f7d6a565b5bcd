"""What every driver keeps to, over real servers."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from plc_drivers.configuration import DeviceConfig
from plc_drivers.driver import Driver
from plc_drivers.errors import ConfigInvalid, Refused, Unreachable
from plc_drivers.reading import Quality, Reading, Value
from plc_drivers.registry import DRIVERS, create
from tests.contract.drivers.processes import (
    FACES,
    DeviceProcess,
    blackhole,
    nothing_listens,
    running,
    tasks,
)
from tests.contract.drivers.table import PAIR, ROWS, STEADY, device

PROTOCOLS = [
    pytest.param(name, marks=pytest.mark.xdist_group(f"{name}-device")) for name in sorted(FACES)
]
LIMIT_MS = 300
PATIENT_MS = 2000  # where the device does answer, on a machine that is busy
GRACE_S = 2.0  # for a busy machine too; without a limit it would be minutes, or for ever


@pytest.fixture(scope="module", params=PROTOCOLS)
def live(request: pytest.FixtureRequest) -> Iterator[DeviceProcess]:
    with running(request.param) as process:
        yield process


@asynccontextmanager
async def connected(config: DeviceConfig) -> AsyncIterator[Driver]:
    driver = create(config, itertools.count(1).__next__)
    await driver.connect()
    try:
        yield driver
    finally:
        await driver.close()


def test_every_driver_is_held_to_the_contract() -> None:
    assert {face.driver for face in FACES.values()} == set(DRIVERS)


def rescaled(config: DeviceConfig, **changes: dict[str, Any]) -> DeviceConfig:
    """The device with some of its tags changed."""
    tags = tuple(replace(tag, **changes.get(tag.id, {})) for tag in config.tags)
    return replace(config, tags=tags)


def by_tag(readings: tuple[Reading, ...]) -> dict[str, Reading]:
    return {reading.tag: reading for reading in readings}


async def test_every_tag_is_read_in_order_with_value_type_and_quality(live: DeviceProcess) -> None:
    async with connected(device(live.protocol, live.url)) as driver:
        readings = await driver.poll()
    assert [reading.tag for reading in readings] == [row.name for row in ROWS]
    found = by_tag(readings)
    for row in STEADY:
        reading = found[row.name]
        assert (reading.value, reading.quality, reading.detail) == (row.value, Quality.GOOD, "")
        assert type(reading.value) is type(row.value)


async def test_a_missing_place_is_a_bad_reading_and_spoils_no_other(live: DeviceProcess) -> None:
    async with connected(device(live.protocol, live.url)) as driver:
        for _ in range(2):
            found = by_tag(await driver.poll())
            missing = found.pop("Missing")
            assert (missing.value, missing.quality) == (None, Quality.BAD)
            assert missing.detail
            assert {reading.quality for reading in found.values()} == {Quality.GOOD}


async def test_tags_that_belong_together_are_one_snapshot(live: DeviceProcess) -> None:
    async with connected(device(live.protocol, live.url, 4000, *PAIR)) as driver:
        seen = set()
        for _ in range(100):
            first, second = await driver.poll()
            assert first.value == second.value
            assert first.edge_time == second.edge_time
            seen.add(first.value)
    assert len(seen) > 1, "the device must move for this to prove anything"


async def test_what_is_written_is_read_back_and_seen_by_the_next_poll(live: DeviceProcess) -> None:
    values: dict[str, Value] = {"Setpoint": 0xDEADBEEF, "Target": Decimal("0.3"), "Command": 2}
    async with connected(device(live.protocol, live.url)) as driver:
        back = await driver.write(values)
        assert list(back.items()) == list(values.items())
        found = by_tag(await driver.poll())
        assert {name: found[name].value for name in values} == values
        assert await driver.write({}) == {}


async def test_a_write_that_is_not_allowed_sends_nothing_and_names_each_tag(
    live: DeviceProcess,
) -> None:
    async with connected(device(live.protocol, live.url)) as driver:
        await driver.write({"Setpoint": 7})
        with pytest.raises(Refused) as refused:
            await driver.write(
                {"Setpoint": 8, "Command": True, "State": 1, "Nowhere": 1, "Target": "fast"}
            )
        assert set(refused.value.reasons) == {"Command", "State", "Nowhere", "Target"}
        with pytest.raises(Refused, match="outside 0 to 65535"):
            await driver.write({"Command": 65_536})
        assert by_tag(await driver.poll())["Setpoint"].value == 7


async def test_some_tags_are_read_alone_in_the_order_of_the_configuration(
    live: DeviceProcess,
) -> None:
    async with connected(device(live.protocol, live.url)) as driver:
        readings = await driver.poll({"Good", "State", "Nowhere"})
        assert [(one.tag, one.value) for one in readings] == [("State", 6), ("Good", 65_530)]
        assert await driver.poll(()) == ()


async def test_a_scale_is_exact_when_read_and_when_written(live: DeviceProcess) -> None:
    tenth = {"scale": Decimal("0.1"), "offset": Decimal(-40)}
    config = rescaled(
        device(live.protocol, live.url, 4000, "Offset", "Setpoint"), Offset=tenth, Setpoint=tenth
    )
    async with connected(config) as driver:
        assert await driver.write({"Setpoint": Decimal("2.5")}) == {"Setpoint": Decimal("2.5")}
        found = by_tag(await driver.poll())
        assert found["Offset"].value == Decimal("-40.5")
        assert found["Setpoint"].value == Decimal("2.5")
        with pytest.raises(Refused, match="no whole step"):
            await driver.write({"Setpoint": Decimal("2.55")})
    async with connected(device(live.protocol, live.url, 4000, "Setpoint")) as driver:
        assert (await driver.poll())[0].value == 425


async def test_a_write_beyond_its_limits_is_refused(live: DeviceProcess) -> None:
    bounds = {"write_min": Decimal(10), "write_max": Decimal(20)}
    config = rescaled(device(live.protocol, live.url, 4000, "Command"), Command=bounds)
    async with connected(config) as driver:
        assert await driver.write({"Command": 20}) == {"Command": 20}
        for value, words in ((9, "below write_min = 10"), (21, "above write_max = 20")):
            with pytest.raises(Refused, match=words):
                await driver.write({"Command": value})
        assert (await driver.poll())[0].value == 20


async def test_decimal_digits_are_told_as_the_number_that_they_spell(live: DeviceProcess) -> None:
    whole = device(live.protocol, live.url, 4000, "Alarms", "Command")
    config = rescaled(whole, Alarms={"type": "bcd16"}, Command={"type": "bcd16"})
    async with connected(config) as driver:
        assert by_tag(await driver.poll())["Alarms"].value == 5
        assert await driver.write({"Command": 1234}) == {"Command": 1234}
    async with connected(device(live.protocol, live.url, 4000, "Command")) as driver:
        assert (await driver.poll())[0].value == 0x1234


async def test_a_write_that_the_device_refuses_names_the_tag(live: DeviceProcess) -> None:
    async with connected(device(live.protocol, live.url)) as driver:
        with pytest.raises(Refused) as refused:
            await driver.write({"Fixed": 9})
        assert list(refused.value.reasons) == ["Fixed"]
        assert by_tag(await driver.poll())["Fixed"].value == 3


async def test_a_closed_driver_is_unreachable_and_leaves_nothing_behind(
    live: DeviceProcess,
) -> None:
    before = tasks()
    driver = create(device(live.protocol, live.url), lambda: 0)
    with pytest.raises(Unreachable, match="not connected"):
        await driver.poll()
    await driver.connect()
    await driver.poll()
    await driver.close()
    await driver.close()
    with pytest.raises(Unreachable, match="not connected"):
        await driver.write({"Setpoint": 1})
    assert tasks() == before


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_device_that_freezes_or_dies_is_told_in_time_and_read_again(protocol: str) -> None:
    with running(protocol) as process:
        config = device(protocol, process.url, PATIENT_MS)
        driver = create(config, lambda: 0)
        await driver.connect()
        process.freeze()
        await _unreachable_in_time(driver.poll(), PATIENT_MS)
        process.thaw()
        async with connected(config) as second:
            assert by_tag(await second.poll())["Good"].value == 65_530
            process.kill()
            await _unreachable_in_time(second.poll(), PATIENT_MS)
        await _unreachable_in_time(create(config, lambda: 0).connect(), PATIENT_MS)
        process.start()
        async with connected(config) as third:
            assert by_tag(await third.poll())["Good"].value == 65_530


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_port_that_never_answers_is_told_in_time(protocol: str) -> None:
    before = tasks()
    with blackhole(protocol) as url:
        await _unreachable_in_time(_connect_and_poll(protocol, url))
    await asyncio.sleep(0)
    assert tasks() == before


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_port_where_nothing_listens_is_told_in_time(protocol: str) -> None:
    with nothing_listens(protocol) as url:
        await _unreachable_in_time(_connect_and_poll(protocol, url))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_bad_configuration_is_refused_at_once_with_every_problem(protocol: str) -> None:
    config = device(protocol, "http://127.0.0.1", 1000, "State", "Good")
    with pytest.raises(ConfigInvalid) as invalid:
        create(config, lambda: 0)
    (problem,) = invalid.value.problems
    assert problem.key == "url"
    assert problem.mend


async def _connect_and_poll(protocol: str, url: str) -> None:
    driver = create(device(protocol, url, LIMIT_MS), lambda: 0)
    await driver.connect()
    await driver.poll()


async def _unreachable_in_time(answer: Awaitable[object], limit_ms: int = LIMIT_MS) -> None:
    started = time.monotonic()
    with pytest.raises(Unreachable):
        await answer
    assert time.monotonic() - started < limit_ms / 1000 + GRACE_S
