"""CPU of one snapshot through our Modbus driver, beside a bare pymodbus read of the same registers.

A machine of 40 tags in 125 registers, one request. The bare side reads the registers and
leaves them as they came; ours cuts them into tags, decodes four byte orders, makes floats
exact decimals, and puts a quality and a time beside each value. The third figure is
pymodbus with its own decoding of the same tags, which is what a program would have to do
with the bare registers.
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
    """Two connections to one server: ours, and a bare one."""

    def __init__(self, port: int) -> None:
        device = DeviceConfig(
            id="device",
            driver="modbus",
            url=f"modbus.tcp://127.0.0.1:{port}",
            insecure=True,
            tags=tags(),
        )
        self.driver = create(device, CLOCK.now)
        self.client = AsyncModbusTcpClient("127.0.0.1", port=port)
        self.places = list(spans())

    async def connect(self) -> None:
        """Connect both, and see that both read all that there is, in one request each."""
        await self.driver.connect()
        assert await self.client.connect()
        readings = await self.driver.poll()
        assert all(reading.quality == "good" for reading in readings), readings
        assert len({reading.edge_time for reading in readings}) == 1
        assert len(await self.registers()) == REGISTERS

    async def close(self) -> None:
        self.client.close()
        await self.driver.close()

    async def registers(self) -> Sequence[int]:
        reply = await self.client.read_holding_registers(0, count=REGISTERS, device_id=1)
        return reply.registers

    async def ours(self) -> None:
        for _ in range(READS):
            await self.driver.poll()

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
            name: steady(partial(_all, runner, side))
            for name, side in {
                "ours": sides.ours,
                "bare": sides.bare,
                "decoded": sides.decoded,
            }.items()
        }
        micros = {name: one.cpu / READS * 1e6 for name, one in interleaved(works, ROUNDS).items()}
        runner.run(sides.close())
    yield Ratio(
        name=f"Modbus, CPU of a snapshot of {len(tags())} tags, beside bare registers",
        ours=micros["ours"],
        bare=micros["bare"],
        unit="us",
        target=1.3,
        at_most=True,
    )
    yield Ratio(
        name="the same, beside pymodbus with its own decoding",
        ours=micros["ours"],
        bare=micros["decoded"],
        unit="us",
    )


def _all(runner: asyncio.Runner, side: Callable[[], Coroutine[Any, Any, None]]) -> None:
    runner.run(side())
