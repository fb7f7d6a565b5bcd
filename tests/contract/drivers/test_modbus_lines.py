"""Units that share a line: one connection, in turns; a silent one costs its neighbours nothing."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack

import pytest

from plc_drivers.configuration import DeviceConfig, SerialConfig
from plc_drivers.driver import Driver
from plc_drivers.errors import Unreachable
from plc_drivers.modbus import lines
from plc_drivers.registry import create
from tests.contract.drivers.scripted import FRAMINGS, Answer, Asked, Peer, config, right

LIMIT_MS = 100


def silent_unit(unit: int) -> Callable[[Asked], Iterable[Answer]]:
    return lambda asked: [] if asked.unit == unit else right(asked)


async def connected(stack: AsyncExitStack, device: DeviceConfig) -> Driver:
    driver = create(device, lambda: 0)
    await driver.connect()
    stack.push_async_callback(driver.close)
    return driver


async def until(true: Callable[[], bool], limit_s: float = 20) -> None:
    """Wait by looking."""
    async with asyncio.timeout(limit_s):
        while not true():
            await asyncio.sleep(0.005)


async def tried(device: DeviceConfig) -> str:
    """Why a device is unreachable, or nothing."""
    driver = create(device, lambda: 0)
    try:
        await driver.connect()
        await driver.poll()
    except Unreachable as error:
        return error.detail
    finally:
        await driver.close()
    return ""


async def silent(device: DeviceConfig) -> str:
    """Why a device is unreachable."""
    detail = await tried(device)
    assert detail
    return detail


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_units_of_one_line_share_its_connection_and_ask_in_turns(framing: str) -> None:
    pending = 0

    def one_at_a_time(asked: Asked) -> Iterable[Answer]:
        nonlocal pending
        assert not pending, "two requests at once on one line"
        pending += 1
        asyncio.get_running_loop().call_later(0.002, answered, asked)
        return [(0.002, asked.frame(asked.registers(asked.unit)))]

    def answered(_: Asked) -> None:
        nonlocal pending
        pending -= 1

    peer = Peer(framing, one_at_a_time)
    async with peer.serving() as url, AsyncExitStack() as stack:
        devices = [config(url, unit=unit, timeout_ms=2000) for unit in range(1, 6)]
        drivers = [await connected(stack, device) for device in devices]
        for _ in range(4):
            polled = await asyncio.gather(*(driver.poll() for driver in drivers))
            assert [one.value for (one,) in polled] == [1, 2, 3, 4, 5]
        order = [asked.unit for asked in peer.requests]
        assert order == [1, 2, 3, 4, 5] * 4
    assert peer.connections == (0 if framing == "rtu" else 1)


async def test_the_connection_ends_with_the_last_unit_and_nothing_is_left_behind() -> None:
    peer = Peer("tcp")
    async with peer.serving() as url:
        first, second = (create(config(url, unit=unit), lambda: 0) for unit in (1, 2))
        await first.connect()
        await second.connect()
        await first.close()
        assert [one.value for one in await second.poll()] == [7]
        assert peer.open == 1
        await second.close()
        await until(lambda: peer.open == 0)
        assert not lines._LINES[asyncio.get_running_loop()]


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_a_silent_unit_is_asked_ever_more_rarely_while_its_neighbours_keep_their_pace(
    framing: str,
) -> None:
    peer = Peer(framing, silent_unit(9))
    async with peer.serving() as url, AsyncExitStack() as stack:
        neighbour = await connected(stack, config(url, unit=1, timeout_ms=2000))
        dead = config(url, unit=9, timeout_ms=LIMIT_MS)
        assert "no answer within 0.1 s" in await silent(dead)
        assert "not asked for 1 s: it shares its line" in await silent(dead)
        started, polls, tries = time.monotonic(), 0, 1
        while tries < 2:
            assert [one.value for one in await neighbour.poll()] == [7]
            polls += 1
            await silent(dead)
            tries = sum(asked.unit == 9 for asked in peer.requests)
        assert time.monotonic() - started > 0.5
        assert polls > 20
        assert "not asked for 2 s" in await silent(dead)


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_a_unit_that_comes_back_is_read_by_the_next_try(framing: str) -> None:
    peer = Peer(framing, silent_unit(9))
    async with peer.serving() as url, AsyncExitStack() as stack:
        await connected(stack, config(url, unit=1))
        dead = config(url, unit=9, timeout_ms=LIMIT_MS)
        await silent(dead)
        peer.script = right
        while "shares its line" in await tried(dead):
            await asyncio.sleep(0.01)
        back = await connected(stack, dead)
        assert [one.value for one in await back.poll()] == [7]


async def test_a_unit_alone_on_its_line_is_asked_as_often_as_its_driver_likes() -> None:
    peer = Peer("tcp", silent_unit(9))
    async with peer.serving() as url:
        for _ in range(4):
            assert "no answer" in await silent(config(url, unit=9, timeout_ms=20))
    assert len(peer.requests) == 4


async def test_a_gateway_that_speaks_for_a_silent_unit_is_spared_too() -> None:
    def gateway(asked: Asked) -> Iterable[Answer]:
        return [asked.frame(asked.exception(11))] if asked.unit == 9 else right(asked)

    peer = Peer("tcp", gateway)
    async with peer.serving() as url, AsyncExitStack() as stack:
        neighbour = await connected(stack, config(url, unit=1, timeout_ms=2000))
        dead = config(url, unit=9, timeout_ms=2000)
        assert "exception 11" in await silent(dead)
        assert "shares its line" in await silent(dead)
        assert [one.value for one in await neighbour.poll()] == [7]
    assert peer.connections == 1


async def test_a_connection_on_which_nobody_answers_is_made_anew() -> None:
    peer = Peer("tcp", lambda asked: [])
    async with peer.serving() as url, AsyncExitStack() as stack:
        drivers = [await connected(stack, config(url, unit=unit, timeout_ms=50)) for unit in (1, 2)]
        third = await connected(stack, config(url, unit=3, timeout_ms=2000))
        for driver in drivers:
            with pytest.raises(Unreachable):
                await driver.poll()
        assert "no answer" in await silent(config(url, unit=4, timeout_ms=50))
        peer.script = right
        assert [one.value for one in await third.poll()] == [7]
        assert peer.connections == 2
        back = await connected(stack, config(url, unit=1, timeout_ms=2000))
        assert [one.value for one in await back.poll()] == [7]


async def test_who_waited_while_a_connection_failed_does_not_try_again() -> None:
    started = time.monotonic()
    devices = [config("modbus.tcp://127.0.0.1:1", unit=unit) for unit in range(1, 20)]
    await asyncio.gather(*map(silent, devices))
    assert time.monotonic() - started < 5


async def test_one_serial_port_has_one_kind_of_settings() -> None:
    async with Peer("rtu").serving() as url, AsyncExitStack() as stack:
        await connected(stack, config(url, unit=1))
        other = config(url, unit=2, serial=SerialConfig(parity="none", baudrate=9600))
        assert "other serial settings" in await silent(other)


async def test_a_serial_line_that_does_not_become_quiet_is_told_in_time() -> None:
    babbling = [True]

    def babbles(asked: Asked) -> Iterable[Answer]:
        return [(0.01 * at, b"\x55") for at in range(1, 150)] if babbling[0] else right(asked)

    serial = SerialConfig(parity="none", quiet_ms=30)
    async with Peer("rtu", babbles).serving() as url, AsyncExitStack() as stack:
        await connected(stack, config(url, unit=1, serial=serial))
        device = config(url, unit=2, serial=serial, timeout_ms=50)
        assert "no answer" in await silent(device)
        babbling[0] = False
        assert "does not become quiet" in await silent(config(url, unit=3, serial=serial))
