"""Modbus peers that are late, cut short, wrong or silent: never a value that is not the tag's."""

import random
import time
from collections.abc import Iterable
from decimal import Decimal

import pytest

from plc_drivers.configuration import TagConfig
from plc_drivers.errors import Refused, Unreachable
from plc_drivers.modbus.exceptions import MEANINGS
from plc_drivers.reading import Quality
from plc_drivers.registry import create
from tests.contract.drivers.scripted import (
    FRAMINGS,
    Answer,
    Asked,
    Peer,
    Script,
    config,
    read_once,
    right,
)

TIMEOUT_S = 0.1


def another_unit(asked: Asked) -> Iterable[Answer]:
    return [asked.frame(asked.own(), unit=asked.unit + 1)]


def another_function(asked: Asked) -> Iterable[Answer]:
    return [asked.frame(bytes([4]) + asked.own()[1:])]


def too_many_registers(asked: Asked) -> Iterable[Answer]:
    return [asked.frame(asked.registers(1, 2, 3))]


def cut_short(asked: Asked) -> Iterable[Answer]:
    return [asked.frame(asked.own())[:-3]]


def silent(asked: Asked) -> Iterable[Answer]:
    return []


def garbage(asked: Asked) -> Iterable[Answer]:
    return [random.Random(asked.number).randbytes(40)]


def one_bit_wrong(asked: Asked) -> Iterable[Answer]:
    frame = bytearray(asked.frame(asked.own()))
    frame[3] ^= 0x10
    return [bytes(frame)]


def another_transaction(asked: Asked) -> Iterable[Answer]:
    return [asked.frame(asked.own(), tid=asked.tid + 1)]


def no_transaction(asked: Asked) -> Iterable[Answer]:
    return [asked.frame(asked.own(), tid=0)]


def more_bytes_than_the_header_says(asked: Asked) -> Iterable[Answer]:
    return [asked.frame(asked.own())[:-1] + bytes(300)]


def hangs_up(asked: Asked) -> Iterable[Answer]:
    return [b""]


EVERYWHERE: tuple[Script, ...] = (
    another_unit,
    another_function,
    too_many_registers,
    cut_short,
    silent,
    garbage,
)
WRONG = (
    [(framing, script) for framing in FRAMINGS for script in EVERYWHERE]
    + [("rtu", one_bit_wrong), ("rtu_tcp", one_bit_wrong), ("rtu_tcp", hangs_up)]
    + [("tcp", another_transaction), ("tcp", no_transaction), ("tcp", hangs_up)]
)


@pytest.mark.parametrize(
    ("framing", "script"), WRONG, ids=lambda each: getattr(each, "__name__", each)
)
async def test_what_is_no_answer_is_unreachable_in_time_and_the_next_try_reads(
    framing: str, script: Script
) -> None:
    peer = Peer(framing, script)
    async with peer.serving() as url:
        started = time.monotonic()
        with pytest.raises(Unreachable, match="unit 1"):
            await read_once(config(url))
        assert time.monotonic() - started < TIMEOUT_S + 2
        peer.script = right
        (reading,) = await read_once(config(url, timeout_ms=2000))
        assert (reading.value, reading.quality) == (7, Quality.GOOD)
        assert len(peer.requests) == 2


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_an_answer_in_single_bytes_is_whole_in_the_end(framing: str) -> None:
    def in_pieces(asked: Asked) -> Iterable[Answer]:
        frame = asked.frame(asked.own())
        return [(at * 0.001, frame[at : at + 1]) for at in range(len(frame))]

    async with Peer(framing, in_pieces).serving() as url:
        assert [one.value for one in await read_once(config(url, timeout_ms=2000))] == [7]


@pytest.mark.parametrize("framing", ["rtu", "rtu_tcp"])
async def test_noise_and_another_units_answer_before_the_right_one_are_passed_over(
    framing: str,
) -> None:
    def noisy(asked: Asked) -> Iterable[Answer]:
        wrong = asked.frame(asked.registers(99), unit=asked.unit + 1)
        return [b"\0\xff\x01", wrong, *right(asked)]

    async with Peer(framing, noisy).serving() as url:
        assert [one.value for one in await read_once(config(url, timeout_ms=2000))] == [7]


async def test_over_tcp_a_late_answer_before_the_right_one_is_passed_over() -> None:
    def late_first(asked: Asked) -> Iterable[Answer]:
        return [asked.frame(asked.registers(99), tid=asked.tid - 1), *right(asked)]

    async with Peer("tcp", late_first).serving() as url:
        assert [one.value for one in await read_once(config(url, timeout_ms=2000))] == [7]


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_a_late_reply_is_never_booked_as_another_value(framing: str) -> None:
    """Two places of equal length are read in turns, and one answer in four comes late.

    Each register says which request it answers, so a late one cannot pass for the next.
    """
    seen: list[int] = []
    dice = random.Random(7)

    def often_late(asked: Asked) -> Iterable[Answer]:
        frame = asked.frame(asked.registers(asked.number))
        return [(1.2 * TIMEOUT_S, frame)] if dice.random() < 0.25 else [frame]

    peer = Peer(framing, often_late)
    async with peer.serving() as url:
        device = config(url, "holding:0", "holding:200")
        while len(seen) < 12:
            driver = create(device, lambda: 0)
            try:
                await driver.connect()
                for _ in range(3):
                    before = len(peer.requests)
                    values = [reading.value for reading in await driver.poll()]
                    assert values == [before, before + 1]
                    seen += [before, before + 1]
            except Unreachable:
                continue
            finally:
                await driver.close()
    assert len(peer.requests) > len(seen), "some must have been late for this to prove anything"


@pytest.mark.parametrize("code", [*MEANINGS, 9, 200])
async def test_every_exception_has_its_words_and_its_reaction(code: int) -> None:
    peer = Peer("tcp", lambda asked: [asked.frame(asked.exception(code))])
    tries = {5: 4, 6: 4}.get(code, 1)
    async with peer.serving() as url:
        device = config(url, timeout_ms=600)
        if code in (10, 11):
            with pytest.raises(Unreachable, match=rf"unit 1: Modbus exception {code}: the .*gate"):
                await read_once(device)
            return
        (reading,) = await read_once(device)
        assert (reading.value, reading.quality) == (None, Quality.BAD)
        assert f"Modbus exception {code}: " in reading.detail
        assert "holding:7" in reading.detail
        assert len(peer.requests) == tries


async def test_a_wrong_configuration_is_asked_ever_more_rarely_and_found_when_mended() -> None:
    def lacks_200(asked: Asked) -> Iterable[Answer]:
        if asked.address + asked.count > 200:
            return [asked.frame(asked.exception(2))]
        return right(asked)

    peer, now = Peer("tcp", lacks_200), [0]
    async with peer.serving() as url:
        driver = create(config(url, "holding:7", "holding:200", timeout_ms=2000), lambda: now[0])
        await driver.connect()

        async def qualities() -> list[str]:
            return [reading.quality for reading in await driver.poll()]

        assert await qualities() == ["good", "bad"]
        for pause in (1, 2, 4, 8, 16, 32, 60, 60):
            peer.requests.clear()
            now[0] += pause * 1_000_000 - 1
            assert await qualities() == ["good", "bad"]
            assert [asked.address for asked in peer.requests] == [7]
            now[0] += 1
            assert await qualities() == ["good", "bad"]
            assert [asked.address for asked in peer.requests] == [7, 7, 200]
        peer.script = right
        assert await qualities() == ["good", "bad"]
        now[0] += 60_000_000
        assert await qualities() == ["good", "good"]
        await driver.close()


async def test_a_device_that_refused_while_it_started_is_whole_again_within_seconds() -> None:
    """It may come up in the middle of a poll: some tags refused, the others answered."""
    peer, now = Peer("tcp", lambda asked: [asked.frame(asked.exception(2))]), [0]

    def starts(asked: Asked) -> Iterable[Answer]:
        early = len(peer.requests) < 4  # the whole block, a half, and the first tag
        return [asked.frame(asked.exception(2))] if early else right(asked)

    peer.script = starts
    async with peer.serving() as url:
        tags = ("holding:7", "holding:8", "holding:9", "holding:10")
        driver = create(config(url, *tags, timeout_ms=2000), lambda: now[0])
        await driver.connect()
        first = [reading.quality for reading in await driver.poll()]
        assert "bad" in first
        assert "good" in first
        now[0] = 1_000_000
        assert {reading.quality for reading in await driver.poll()} == {"good"}
        peer.script = right
        peer.requests.clear()
        assert {reading.quality for reading in await driver.poll()} == {"good"}
        assert len(peer.requests) == 1
        await driver.close()


async def test_a_device_that_refuses_all_is_still_asked_so_that_its_silence_is_seen() -> None:
    peer = Peer("tcp", lambda asked: [asked.frame(asked.exception(1))])
    async with peer.serving() as url:
        driver = create(config(url, "holding:7", "holding:700"), lambda: 0)
        await driver.connect()
        assert {reading.quality for reading in await driver.poll()} == {Quality.BAD}
        peer.requests.clear()
        assert {reading.quality for reading in await driver.poll()} == {Quality.BAD}
        assert len(peer.requests) == 1
        peer.script = silent
        with pytest.raises(Unreachable):
            await driver.poll()


async def test_a_busy_device_that_comes_free_is_read_within_the_same_poll() -> None:
    def busy_twice(asked: Asked) -> Iterable[Answer]:
        busy = asked.number < 2
        return [asked.frame(asked.exception(6))] if busy else right(asked)

    async with Peer("tcp", busy_twice).serving() as url:
        assert [one.value for one in await read_once(config(url, timeout_ms=600))] == [7]


async def test_a_write_that_the_device_works_on_is_not_written_again() -> None:
    def acknowledges(asked: Asked) -> Iterable[Answer]:
        return [asked.frame(asked.exception(5))] if asked.pdu[0] == 6 else right(asked)

    peer = Peer("tcp", acknowledges)
    async with peer.serving() as url:
        driver = create(config(url, timeout_ms=2000), lambda: 0)
        await driver.connect()
        assert await driver.write({"holding:7": 3}) == {"holding:7": 7}
        await driver.close()
    assert [asked.pdu[0] for asked in peer.requests] == [6, 3]


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_a_write_to_another_place_is_no_answer(framing: str) -> None:
    def other_place(asked: Asked) -> Iterable[Answer]:
        return [asked.frame(asked.pdu[:2] + bytes([asked.pdu[2] ^ 1]) + asked.pdu[3:5])]

    async with Peer(framing, other_place).serving() as url:
        driver = create(config(url), lambda: 0)
        await driver.connect()
        with pytest.raises(Unreachable):
            await driver.write({"holding:7": 3})


async def test_what_lies_beyond_the_write_limits_is_not_sent() -> None:
    tag = TagConfig(
        id="t", address="holding:7", type="int16", write=True,
        scale=Decimal("0.1"), offset=Decimal(-40), write_min=Decimal(0), write_max=Decimal(50),
    )  # fmt: skip
    peer = Peer("tcp")
    async with peer.serving() as url:
        driver = create(config(url, tags=(tag,), timeout_ms=2000), lambda: 0)
        await driver.connect()
        for value in (Decimal("50.1"), Decimal("-0.1"), Decimal("20.05")):
            with pytest.raises(Refused):
                await driver.write({"t": value})
        assert peer.requests == []
        await driver.write({"t": Decimal("20.5")})
        (reading,) = await driver.poll()
        assert reading.value == 7 * Decimal("0.1") - 40
        await driver.close()
    assert peer.requests[0].pdu == bytes([6, 0, 7]) + (605).to_bytes(2)
