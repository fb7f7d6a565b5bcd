"""A Modbus peer that answers as a test scripts it: right, late, cut, for another, or not at all.

It speaks over TCP, RTU over TCP and RTU on a pseudo-terminal, in the loop of the test.
"""

import asyncio
import os
import struct
import tty
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from pymodbus.framer import FramerRTU

from plc_drivers.configuration import DeviceConfig, SerialConfig, TagConfig
from plc_drivers.reading import Reading
from plc_drivers.registry import create

FRAMINGS = ("tcp", "rtu_tcp", "rtu")
SCHEMES = {"tcp": "modbus.tcp", "rtu_tcp": "modbus.rtu+tcp", "rtu": "modbus.rtu"}


@dataclass(frozen=True)
class Asked:
    """One request as it came; `number` counts from 0."""

    number: int
    tid: int
    unit: int
    pdu: bytes
    rtu: bool

    @property
    def address(self) -> int:
        return int.from_bytes(self.pdu[1:3])

    @property
    def count(self) -> int:
        return int.from_bytes(self.pdu[3:5])

    def registers(self, *values: int) -> bytes:
        """The message that answers a read with these registers."""
        return struct.pack(f">BB{len(values)}H", self.pdu[0], 2 * len(values), *values)

    def own(self) -> bytes:
        """The message in which each register holds its own number."""
        return self.registers(*range(self.address, self.address + self.count))

    def exception(self, code: int) -> bytes:
        return bytes([self.pdu[0] | 0x80, code])

    def frame(self, pdu: bytes, unit: int | None = None, tid: int | None = None) -> bytes:
        """A message in the frame that is due, or with another unit or transaction id."""
        unit, tid = self.unit if unit is None else unit, self.tid if tid is None else tid
        if self.rtu:
            body = bytes([unit]) + pdu
            return body + FramerRTU.compute_CRC(body).to_bytes(2)
        return struct.pack(">HHHB", tid, 0, len(pdu) + 1, unit) + pdu


Answer = bytes | tuple[float, bytes]
"""What is sent at once, or after so many seconds."""
Script = Callable[[Asked], Iterable[Answer]]


def right(asked: Asked) -> Iterable[Answer]:
    """Each register holds its own number; what is written comes back."""
    read = asked.pdu[0] <= 4
    return [asked.frame(asked.own() if read else asked.pdu[:5])]


class Peer:
    """What answers; `requests` are all that came, `connections` how often it was connected."""

    def __init__(self, framing: str, script: Script = right) -> None:
        self.framing, self.script = framing, script
        self.requests: list[Asked] = []
        self.connections = 0
        self.open = 0
        self.newest: Connection | None = None

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """The url of the peer while the block lasts."""
        served = self._on_a_line() if self.framing == "rtu" else self._on_a_port()
        async with served as place:
            yield f"{SCHEMES[self.framing]}://{place}"

    @asynccontextmanager
    async def _on_a_port(self) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self), "127.0.0.1", 0)
        async with server:
            yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    @asynccontextmanager
    async def _on_a_line(self) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        master, end = os.openpty()
        tty.setraw(end)
        loop.add_reader(master, lambda: self.take(os.read(master, 4096), partial(os.write, master)))
        try:
            yield os.ttyname(end)
        finally:
            loop.remove_reader(master)
            os.close(end)
            os.close(master)

    def take(self, data: bytes, send: Callable[[bytes], Any]) -> None:
        """One request that came whole, as requests on a loopback do."""
        rtu = self.framing != "tcp"
        tid, unit, pdu = (
            (0, data[0], data[1:-2]) if rtu else (int.from_bytes(data[:2]), data[6], data[7:])
        )
        asked = Asked(len(self.requests), tid, unit, pdu, rtu)
        self.requests.append(asked)
        for answer in self.script(asked):
            if isinstance(answer, bytes):
                send(answer)
            else:
                asyncio.get_running_loop().call_later(answer[0], send, answer[1])


class Connection(asyncio.Protocol):
    """One connection to a peer."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._peer.connections += 1
        self._peer.open += 1
        self._peer.newest = self

    def connection_lost(self, exc: Exception | None) -> None:
        self._peer.open -= 1

    def data_received(self, data: bytes) -> None:
        self._peer.take(data, self.send)

    def send(self, data: bytes) -> None:
        """Like a device server: what comes from the line goes to whoever is connected now."""
        if self._peer.framing == "rtu_tcp" and self._peer.newest not in (None, self):
            assert self._peer.newest is not None
            self._peer.newest.send(data)
            return
        if data == b"":
            self._transport.close()
        elif not self._transport.is_closing():
            self._transport.write(data)


def config(url: str, *addresses: str, **given: Any) -> DeviceConfig:
    """A device with a tag for each address, `holding:7` by default."""
    names = addresses or ("holding:7",)
    serial = SerialConfig(parity="none") if url.startswith("modbus.rtu:") else None
    tags = tuple(TagConfig(id=name, address=name, type="uint16", write=True) for name in names)
    values = {"timeout_ms": 100, "tags": tags, "serial": serial, **given}
    return DeviceConfig(id="device", driver="modbus", url=url, **values)


async def read_once(device: DeviceConfig) -> list[Reading]:
    """One poll by a driver of its own."""
    driver = create(device, lambda: 0)
    await driver.connect()
    try:
        return list(await driver.poll())
    finally:
        await driver.close()
