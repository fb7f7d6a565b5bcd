"""What Modbus alone has: blocks, exceptions, gateways, replies that do not fit."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from pymodbus.constants import ExcCodes
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.errors import Refused, Unreachable
from plc_drivers.modbus.driver import ModbusDriver
from plc_drivers.reading import Quality


class Wire:
    """A server on a free port that notes each request as (function, address, count)."""

    def __init__(self, answer: ExcCodes | None = None) -> None:
        self.requests: list[tuple[int, int, int]] = []
        self._answer = answer

    @asynccontextmanager
    async def serving(self, *registers: tuple[int, int]) -> AsyncIterator[str]:
        blocks = [SimData(at, values=[at] * n, datatype=DataType.REGISTERS) for at, n in registers]
        device = SimDevice(id=1, simdata=blocks, action=self._refuse)
        none = SimDevice(id=0, simdata=[blocks[0]], action=self._no_such_unit)
        server = ModbusTcpServer([device, none], address=("127.0.0.1", 0), trace_pdu=self._note)
        await server.serve_forever(background=True)
        try:
            port = cast("Any", server.transport).sockets[0].getsockname()[1]
            yield f"modbus.tcp://127.0.0.1:{port}"
        finally:
            await server.shutdown()  # type: ignore[no-untyped-call]
            await asyncio.sleep(0)

    def _note(self, sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        if not sending:
            self.requests.append((pdu.function_code, pdu.address, pdu.count))
        return pdu

    async def _refuse(self, *_: object) -> ExcCodes | None:
        return self._answer

    async def _no_such_unit(self, *_: object) -> ExcCodes | None:
        return ExcCodes.GATEWAY_NO_RESPONSE


def tags(*addresses: str, **options: Any) -> tuple[TagConfig, ...]:
    return tuple(TagConfig(id=each, address=each, type="uint16", **options) for each in addresses)


@asynccontextmanager
async def connected(url: str, **options: Any) -> AsyncIterator[ModbusDriver]:
    config = DeviceConfig(id="device", driver="modbus", url=url, timeout_ms=1000, **options)
    driver = ModbusDriver(config, itertools.count(1).__next__)
    await driver.connect()
    try:
        yield driver
    finally:
        await driver.close()


async def test_a_gap_that_the_device_lacks_is_cut_out_once_and_for_all() -> None:
    wire = Wire()
    chosen = tags("holding:0", "holding:10", "holding:100", "holding:107")
    async with wire.serving((0, 11), (100, 8)) as url, connected(url, tags=chosen) as driver:
        first = await driver.poll()
        assert wire.requests == [(3, 0, 108), (3, 0, 11), (3, 100, 8)]
        wire.requests.clear()
        assert [reading.value for reading in await driver.poll()] == [0, 0, 100, 100]
        assert wire.requests == [(3, 0, 11), (3, 100, 8)]
    assert [reading.edge_time for reading in first] == [1, 1, 2, 2]


async def test_registers_of_a_gap_are_read_with_their_neighbours_if_the_device_has_them() -> None:
    wire = Wire()
    chosen = tags("holding:0", "holding:124", "holding:125")
    async with wire.serving((0, 200)) as url, connected(url, tags=chosen) as driver:
        await driver.poll()
    assert wire.requests == [(3, 0, 125), (3, 125, 1)]


@pytest.mark.parametrize(
    ("code", "word", "tries"),
    [
        (ExcCodes.DEVICE_FAILURE, "failed", 1),
        (ExcCodes.MEMORY_PARITY_ERROR, "parity", 1),
        (ExcCodes.DEVICE_BUSY, "busy", 4),
    ],
)
async def test_exceptions_are_bad_readings_in_words_and_a_busy_device_is_asked_again(
    code: ExcCodes, word: str, tries: int
) -> None:
    wire = Wire(code)
    chosen = tags("holding:0", "holding:1", write=True)
    async with wire.serving((0, 2)) as url, connected(url, tags=chosen) as driver:
        readings = await driver.poll()
        assert {reading.quality for reading in readings} == {Quality.BAD}
        assert all(word in reading.detail for reading in readings)
        with pytest.raises(Refused, match=word):
            await driver.write({"holding:0": 1})
    assert [function for function, _, _ in wire.requests] == [3] * tries + [6] * tries


async def test_a_unit_behind_a_gateway_that_does_not_answer_is_unreachable() -> None:
    async with (
        Wire().serving((0, 2)) as url,
        connected(url, tags=tags("holding:0"), unit=9) as gone,
    ):
        with pytest.raises(Unreachable, match=r"unit 9.*gateway"):
            await gone.poll()


async def test_wide_values_are_written_by_one_request_each() -> None:
    wire = Wire()
    wide = TagConfig(id="wide", address="holding:4", type="uint64", write=True, order="DCBA")
    async with wire.serving((0, 8)) as url, connected(url, tags=(wide,)) as driver:
        assert await driver.write({"wide": 2**63 + 5}) == {"wide": 2**63 + 5}
    assert [function for function, _, _ in wire.requests] == [16, 3]


class Short:
    """A broken device: it answers each request with one register, whatever was asked."""

    def __init__(self) -> None:
        self.hung_up = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.read(12):
            writer.write(request[:4] + bytes([0, 5, 1, 3, 2, 0, 7]))
        writer.close()
        await writer.wait_closed()
        self.hung_up.set()


async def test_a_reply_of_another_length_is_not_taken_for_an_answer() -> None:
    device = Short()
    server = await asyncio.start_server(device.answer, "127.0.0.1", 0)
    url = f"modbus.tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with connected(url, tags=tags("holding:0", "holding:1")) as driver:
        with pytest.raises(Unreachable, match="4 bytes came where 6 were due"):
            await driver.poll()
    await device.hung_up.wait()
    server.close()
    await server.wait_closed()
