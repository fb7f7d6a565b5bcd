"""CPU of reads of 125 registers through our Modbus driver, beside bare pymodbus reads of them.

Three devices with the same registers, one request each: two tags (the read itself), 40 tags as a
machine has them, 125 tags. The bare side reads the registers and leaves them as they came; ours
cuts them into tags, decodes four byte orders, makes floats exact decimals, and puts a quality
and a time beside each value. The last figure is pymodbus with its own decoding of the 40 tags,
which is what a program would have to do with the bare registers.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from pymodbus.client import AsyncModbusTcpClient

from bench.children import child
from bench.measuring import CLOCK, interleaved, steady
from bench.ratio import Ratio
from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.driver import Driver
from plc_drivers.modbus.codec import encode
from plc_drivers.registry import create

REGISTERS = 125
READS = 300
ROUNDS = 9
# Type, byte order, registers of one, how many: states and words, counters, measured values.
LAYOUT = (
    ("uint16", "ABCD", 1, 10),
    ("bits", "ABCD", 1, 4),
    ("uint32", "CDAB", 2, 10),
    ("int32", "ABCD", 2, 4),
    ("float32", "ABCD", 2, 8),
    ("uint64", "ABCD", 4, 2),
    ("float64", "ABCD", 4, 2),
)
WIDTHS = {kind: width for kind, _, width, _ in LAYOUT}
THEIR_NAMES = {"bits": "UINT16"}


def tags() -> tuple[TagConfig, ...]:
    """40 tags, with gaps between them as real devices have, the last in the last register."""
    kinds = [(kind, order) for kind, order, _, many in LAYOUT for _ in range(many)]
    spare = REGISTERS - sum(WIDTHS[kind] for kind, _ in kinds)
    found, used = [], 0
    for index, (kind, order) in enumerate(kinds):
        at = used + spare * index // (len(kinds) - 1)
        found.append(TagConfig(id=f"T{index}", address=f"holding:{at}", type=kind, order=order))
        used += WIDTHS[kind]
    return tuple(found)


def words(*places: int) -> tuple[TagConfig, ...]:
    """A tag of one register at each place."""
    return tuple(TagConfig(id=f"W{at}", address=f"holding:{at}", type="uint16") for at in places)


def start(tag: TagConfig) -> int:
    """The first register of a tag."""
    return int(tag.address.partition(":")[2])


def image() -> bytes:
    """The registers, each tag with a value as machines have them; temperatures to 7 digits."""
    words = [0] * REGISTERS
    for index, tag in enumerate(tags()):
        measured = tag.type.startswith("float")
        value = Decimal(f"{20 + index}.{index}7351") if measured else 1000 + index
        registers = encode(tag, value)
        words[start(tag) : start(tag) + len(registers)] = registers
    return b"".join(word.to_bytes(2) for word in words)


def spans() -> Iterator[tuple[slice, Any, Any]]:
    """Where each tag lies in the registers, its type and word order, as pymodbus names them."""
    for tag in tags():
        kind = AsyncModbusTcpClient.DATATYPE[THEIR_NAMES.get(tag.type, tag.type.upper())]
        order = "little" if tag.order == "CDAB" else "big"
        yield slice(start(tag), start(tag) + WIDTHS[tag.type]), kind, order


class Sides:
    """Connections to one server: three of ours, and a bare one."""

    def __init__(self, port: int) -> None:
        self.url = f"modbus.tcp://127.0.0.1:{port}"
        sets = {"read": words(0, REGISTERS - 1), "tags": tags(), "words": words(*range(REGISTERS))}
        self.drivers = {name: self._driver(name, chosen) for name, chosen in sets.items()}
        self.client = AsyncModbusTcpClient("127.0.0.1", port=port)
        self.places = list(spans())

    def _driver(self, name: str, chosen: tuple[TagConfig, ...]) -> Driver:
        device = DeviceConfig(id=name, driver="modbus", url=self.url, insecure=True, tags=chosen)
        return create(device, CLOCK.now)

    async def connect(self) -> None:
        """Connect all, and see that all read all that there is, in one request each."""
        for driver in self.drivers.values():
            await driver.connect()
            readings = await driver.poll()
            assert all(reading.quality == "good" for reading in readings), readings
            assert len({reading.edge_time for reading in readings}) == 1
        assert await self.client.connect()
        assert len(await self.registers()) == REGISTERS

    async def close(self) -> None:
        self.client.close()
        for driver in self.drivers.values():
            await driver.close()

    async def registers(self) -> Sequence[int]:
        reply = await self.client.read_holding_registers(0, count=REGISTERS, device_id=1)
        return reply.registers

    async def ours(self, name: str) -> None:
        driver = self.drivers[name]
        for _ in range(READS):
            await driver.poll()

    async def bare(self) -> None:
        for _ in range(READS):
            await self.registers()

    async def decoded(self) -> None:
        for _ in range(READS):
            words = await self.registers()
            for place, kind, order in self.places:
                self.client.convert_from_registers(words[place], kind, order)


async def opened(port: int) -> Sides:
    """Both sides, connected; the library wants a running loop for it."""
    sides = Sides(port)
    await sides.connect()
    return sides


def run() -> Iterable[Ratio]:
    with child("modbus", image().hex()) as server, asyncio.Runner() as runner:
        sides = runner.run(opened(server.port))
        works = {
            name: steady(partial(_all, runner, partial(sides.ours, name))) for name in sides.drivers
        }
        works["bare"] = steady(partial(_all, runner, sides.bare))
        works["decoded"] = steady(partial(_all, runner, sides.decoded))
        micros = {name: one.cpu / READS * 1e6 for name, one in interleaved(works, ROUNDS).items()}
        runner.run(sides.close())
    names = {
        "read": f"Modbus, CPU of a read of {REGISTERS} registers for 2 tags, beside bare",
        "tags": f"the same for {len(tags())} tags of seven types",
        "words": f"the same for {REGISTERS} tags, each one register",
    }
    for side, name in names.items():
        yield Ratio(
            name=name, ours=micros[side], bare=micros["bare"], unit="us", target=1.3, at_most=True
        )
    yield Ratio(
        name=f"{len(tags())} tags, beside pymodbus with its own decoding",
        ours=micros["tags"],
        bare=micros["decoded"],
        unit="us",
    )


def _all(runner: asyncio.Runner, side: Callable[[], Coroutine[Any, Any, None]]) -> None:
    runner.run(side())
