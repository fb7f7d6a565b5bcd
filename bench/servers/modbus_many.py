"""`python -m bench.servers.modbus_many COUNT PIECE`: so many pymodbus servers that count requests.

They answer `ports` and `requests`. The first register counts a piece every PIECE requests.
"""

import asyncio
import sys
from collections import Counter
from functools import partial
from typing import Any, cast

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from bench.servers.parent import ready

REGISTERS = 125
REQUESTS: Counter[int] = Counter()


async def served(
    number: int,
    piece: int,
    function: int,
    first: int,
    at: int,
    count: int,
    registers: list[int],
    *_: Any,
) -> None:
    """A request is about to be answered from `registers`."""
    REQUESTS[number] += 1
    registers[0 - first] = 1000 + REQUESTS[number] // piece


async def serve(count: int, piece: int) -> None:
    ports = []
    for number in range(count):
        data = [SimData(0, count=REGISTERS, values=number, datatype=DataType.REGISTERS)]
        device = SimDevice(id=1, simdata=data, action=partial(served, number, piece))
        server = ModbusTcpServer([device], address=("127.0.0.1", 0))
        await server.serve_forever(background=True)
        ports.append(cast("Any", server.transport).sockets[0].getsockname()[1])
    ready(ports[0], {"ports": lambda: " ".join(map(str, ports)), "requests": REQUESTS.total})
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
