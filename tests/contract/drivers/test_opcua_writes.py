"""Writes and methods against a real server: typed to the node, bounded, exact, read back."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from asyncua import ua
from asyncua.ua.status_codes import StatusCodes

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.errors import Refused
from plc_drivers.opcua.driver import OpcuaDriver
from plc_drivers.reading import Quality, Value
from tests.contract.drivers.monitored import MonitoredServer

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("opcua-monitored")]


def tag(name: str, kind: str = "uint32", **given: Any) -> TagConfig:
    return TagConfig(id=name, address=f"ns=2;s={name}", type=kind, write=True, **given)


SPEED = tag("Speed", "float64", scale=Decimal("0.1"), write_min=Decimal(0), write_max=Decimal(50))
STEPS = tag("Steps", "int16", scale=Decimal("0.5"), offset=Decimal(-10))
DIGITS = tag("Digits", "bcd16")
ORDER, TARGET = tag("Order"), tag("Target")
START = tag("Start", method_of="i=85")
MUTE = tag("Mute", method_of="i=85")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[MonitoredServer]:
    made = MonitoredServer()
    await made.start()
    kinds = {"Speed": "float64", "Steps": "int16", "Digits": "uint16"}
    for name in ("Speed", "Steps", "Digits", "Order", "Target"):
        await made.add(name, 0, kinds.get(name, "uint32"))

    def start(_: ua.NodeId, order: ua.Variant) -> list[ua.Variant] | ua.StatusCode:
        if order.Value == 13:
            return ua.StatusCode(ua.UInt32(StatusCodes.BadOutOfRange))
        return [ua.Variant(order.Value + 1, ua.VariantType.UInt32)]

    await made.method("Start", start, "UInt32")
    await made.method("Mute", lambda _, order: [])
    yield made
    await made.stop()


async def write(
    server: MonitoredServer, values: Mapping[str, Value], *tags: TagConfig
) -> Mapping[str, Value]:
    config = DeviceConfig(id="d", driver="opcua", url=server.url, insecure=True, tags=tags)
    driver = OpcuaDriver(config, lambda: time.time_ns() // 1000)
    await driver.connect()
    try:
        return await driver.write(values)
    finally:
        await driver.close()


async def test_a_scaled_number_is_held_exactly_and_told_back(server: MonitoredServer) -> None:
    back = await write(server, {"Speed": Decimal("12.3"), "Steps": Decimal("7.5")}, SPEED, STEPS)
    assert back == {"Speed": Decimal("12.3"), "Steps": Decimal("7.5")}
    assert (await server.value("Speed"), await server.value("Steps")) == (123.0, 35)
    with pytest.raises(Refused, match=r"no whole step of scale 0\.5"):
        await write(server, {"Steps": Decimal("7.3")}, STEPS)
    with pytest.raises(Refused, match="above write_max = 50"):
        await write(server, {"Speed": Decimal("50.1")}, SPEED)
    assert await server.value("Steps") == 35


async def test_decimal_digits_are_written_as_the_controller_holds_them(
    server: MonitoredServer,
) -> None:
    assert await write(server, {"Digits": 1234}, DIGITS) == {"Digits": 1234}
    assert await server.value("Digits") == 0x1234
    await server.show("Digits", 0x12F4, "uint16")
    config = DeviceConfig(id="d", driver="opcua", url=server.url, insecure=True, tags=(DIGITS,))
    driver = OpcuaDriver(config, lambda: 0)
    await driver.connect()
    (reading,) = await driver.poll()
    await driver.close()
    assert (reading.value, reading.quality) == (None, Quality.BAD)


async def test_a_tag_of_another_type_than_its_node_is_refused_before_anything_is_sent(
    server: MonitoredServer,
) -> None:
    wrong = replace(ORDER, type="uint16")
    with pytest.raises(Refused, match='of type UInt32; mend: write type = "uint32"'):
        await write(server, {"Target": 5, "Order": 7}, wrong, TARGET)
    assert await server.value("Target") == 0


async def test_a_method_is_called_with_the_value_and_answers(server: MonitoredServer) -> None:
    values: dict[str, Value] = {"Order": 7, "Start": 41, "Target": 8, "Mute": 3}
    back = await write(server, values, ORDER, START, TARGET, MUTE)
    assert back == {"Order": 7, "Start": 42, "Target": 8, "Mute": 3}
    assert list(back) == list(values)
    with pytest.raises(Refused) as refused:
        await write(server, {"Start": 13}, START)
    assert refused.value.reasons == {"Start": "the method refuses: BadOutOfRange"}


async def test_a_method_is_never_read(server: MonitoredServer) -> None:
    config = DeviceConfig(
        id="d", driver="opcua", url=server.url, insecure=True, tags=(ORDER, START)
    )
    driver = OpcuaDriver(config, lambda: 0)
    await driver.connect()
    assert [one.tag for one in await driver.poll()] == ["Order"]
    assert driver.polled == {"Order"}
    await driver.close()


async def test_writes_are_split_to_the_limit_of_the_server(server: MonitoredServer) -> None:
    await server.limit(write=1, read=1)
    back = await write(server, {"Order": 1, "Target": 2}, ORDER, TARGET)
    assert back == {"Order": 1, "Target": 2}
    await server.limit()
