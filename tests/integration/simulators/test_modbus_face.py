"""The Modbus face, with a bare pymodbus client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.constants import ExcCodes

from tests.integration.simulators.processes import Child

Plant = tuple[Child, dict[str, Any]]
STATE, HEARTBEAT, RECIPE, ORDER, GOOD, REJECT = 0, 3, 5, 6, 8, 10
SETPOINTS, COMMAND = 100, 107
UNIT = 3

pytestmark = pytest.mark.xdist_group("simulated_plant")


@pytest.fixture
async def client(plant: Plant) -> AsyncIterator[AsyncModbusTcpClient]:
    connected = AsyncModbusTcpClient("127.0.0.1", port=plant[1]["MB"]["port"], retries=0)
    assert await connected.connect()
    yield connected
    connected.close()


async def snapshot(client: AsyncModbusTcpClient) -> list[int]:
    answer = await client.read_holding_registers(0, count=11, device_id=UNIT)
    assert not answer.isError()
    return list(answer.registers)


def number(registers: list[int], at: int) -> int:
    """A 32-bit value, low word first."""
    return registers[at] | registers[at + 1] << 16


def low_first(value: int) -> list[int]:
    return [value & 0xFFFF, value >> 16]


async def load(client: AsyncModbusTcpClient, order: int, target: int, limit: int = 0) -> None:
    words = [*low_first(order), 10, *low_first(target), *low_first(limit)]
    assert not (await client.write_registers(SETPOINTS, words, device_id=UNIT)).isError()
    assert not (await client.write_register(COMMAND, 1, device_id=UNIT)).isError()


async def complete(client: AsyncModbusTcpClient) -> list[int]:
    async with asyncio.timeout(20):
        while (seen := await snapshot(client))[STATE] != 17:
            await asyncio.sleep(0.01)
    return seen


async def test_a_load_is_taken_over_and_stops_at_the_limit(client: AsyncModbusTcpClient) -> None:
    before = await snapshot(client)
    await load(client, 1_001_010, 0, limit=50)
    after = await complete(client)
    moved = (number(after, GOOD) - number(before, GOOD)) % 2**32
    scrap = (after[REJECT] - before[REJECT]) % 2**16
    assert moved + scrap == 50
    assert (number(after, ORDER), after[RECIPE]) == (1_001_010, 10)
    command = await client.read_holding_registers(COMMAND, count=1, device_id=UNIT)
    assert command.registers == [0]


async def test_the_counter_wraps_at_32_bits(client: AsyncModbusTcpClient) -> None:
    before = number(await snapshot(client), GOOD)
    await load(client, 2, 45)
    after = number(await complete(client), GOOD)
    assert (after - before) % 2**32 == 45
    assert after < 2**16, "it began 20 pieces before the wrap"


async def test_big_endian_words(plant: Plant) -> None:
    client = AsyncModbusTcpClient("127.0.0.1", port=plant[1]["BIG"]["port"], retries=0)
    assert await client.connect()
    assert (await snapshot(client))[GOOD : GOOD + 2] == [65_535, 65_516]
    client.close()


async def test_setpoints_written_word_by_word(client: AsyncModbusTcpClient) -> None:
    for address, word in [(100, 0x0001), (101, 0x0002), (102, 10), (103, 3), (104, 0)]:
        assert not (await client.write_register(address, word, device_id=UNIT)).isError()
    await client.write_registers(105, [0, 0, 1], device_id=UNIT)
    after = await complete(client)
    assert number(after, ORDER) == 0x0002_0001
    await client.write_register(100, 7, device_id=UNIT)
    shown = await client.read_holding_registers(SETPOINTS, count=8, device_id=UNIT)
    assert shown.registers == [7, 2, 10, 3, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("read_holding_registers(11, count=1, device_id=3)", ExcCodes.ILLEGAL_ADDRESS),
        ("read_holding_registers(0, count=12, device_id=3)", ExcCodes.ILLEGAL_ADDRESS),
        ("read_holding_registers(99, count=2, device_id=3)", ExcCodes.ILLEGAL_ADDRESS),
        ("read_holding_registers(108, count=1, device_id=3)", ExcCodes.ILLEGAL_ADDRESS),
        ("read_holding_registers(60000, count=1, device_id=3)", ExcCodes.ILLEGAL_ADDRESS),
        ("write_register(8, 1, device_id=3)", ExcCodes.ILLEGAL_ADDRESS),
        ("write_register(6, 1, device_id=3)", ExcCodes.ILLEGAL_ADDRESS),
        ("write_registers(107, [0, 0], device_id=3)", ExcCodes.ILLEGAL_ADDRESS),
        ("write_register(107, 5, device_id=3)", ExcCodes.ILLEGAL_VALUE),
        ("read_input_registers(0, count=1, device_id=3)", ExcCodes.ILLEGAL_FUNCTION),
        ("read_coils(0, count=1, device_id=3)", ExcCodes.ILLEGAL_FUNCTION),
        ("write_coil(0, True, device_id=3)", ExcCodes.ILLEGAL_FUNCTION),
        ("mask_write_register(address=100, device_id=3)", ExcCodes.ILLEGAL_FUNCTION),
        ("read_holding_registers(0, count=1, device_id=4)", ExcCodes.GATEWAY_NO_RESPONSE),
        ("write_register(100, 1, device_id=4)", ExcCodes.GATEWAY_NO_RESPONSE),
    ],
)
async def test_what_a_device_refuses(
    client: AsyncModbusTcpClient, call: str, code: ExcCodes
) -> None:
    before = await snapshot(client)
    setpoints = await client.read_holding_registers(SETPOINTS, count=8, device_id=UNIT)
    answer = await eval(f"client.{call}")
    assert answer.isError()
    assert answer.exception_code == code
    after = await snapshot(client)
    assert [*after[:HEARTBEAT], *after[4:]] == [*before[:HEARTBEAT], *before[4:]]
    again = await client.read_holding_registers(SETPOINTS, count=8, device_id=UNIT)
    assert again.registers == setpoints.registers
