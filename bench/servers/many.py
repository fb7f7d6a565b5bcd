"""`python -m bench.servers.many tcp SLOW_S` or `... rtu`: many Modbus devices that cost little.

Over TCP a device is an address of the loopback (127.0.0.1 and up, one port): DEAD takes requests
and never answers, SLOW answers after SLOW_S seconds. On the serial line (a pseudo-terminal, its
number is told in place of a port) unit DEAD does not answer. All others do at once.
"""

import asyncio
import os
import struct
import sys
import tty
from typing import Any

from pymodbus.framer import FramerRTU

from bench.servers.parent import ready

DEAD, SLOW = 49, 50
DEAD_UNIT = 10


def answer(pdu: bytes) -> bytes:
    """As many registers as were asked for."""
    count = int.from_bytes(pdu[3:5])
    return bytes([pdu[0], 2 * count]) + bytes(range(2 * count))


class Device(asyncio.Protocol):
    """One connection to one device, known by its address."""

    def __init__(self, slow_s: float) -> None:
        self._slow_s = slow_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._number = int(transport.get_extra_info("sockname")[0].rpartition(".")[2])

    def data_received(self, data: bytes) -> None:
        if self._number == DEAD:
            return
        pdu = answer(data[7:])
        reply = data[:4] + struct.pack(">HB", len(pdu) + 1, data[6]) + pdu
        if self._number == SLOW:
            asyncio.get_running_loop().call_later(self._slow_s, self._transport.write, reply)
        else:
            self._transport.write(reply)


async def serve_tcp(slow_s: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Device(slow_s), "0.0.0.0", 0)
    ready(server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


async def serve_rtu() -> None:
    master, end = os.openpty()
    tty.setraw(end)

    def take() -> None:
        data = os.read(master, 4096)
        if data[0] != DEAD_UNIT:
            body = data[:1] + answer(data[1:-2])
            os.write(master, body + FramerRTU.compute_CRC(body).to_bytes(2))

    asyncio.get_running_loop().add_reader(master, take)
    ready(int(os.ttyname(end).rpartition("/")[2]))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve_tcp(float(sys.argv[2])) if sys.argv[1] == "tcp" else serve_rtu())
