"""`python -m bench.servers.modbus_many COUNT`: so many pymodbus servers, who count their requests.

They answer `ports` and `requests`. Registers move a little with each request, as a machine's do.
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
PIECES_EVERY = 10  # requests
REQUESTS: Counter[int] = Counter()


async def served(
    number: int, function: int, first: int, at: int, count: int, registers: list[int], *_: Any
) -> None:
    """A request is about to be answered from `registers`."""
    REQUESTS[number] += 1
    registers[0 - first] = 1000 + REQUESTS[number] // PIECES_EVERY


async def serve(count: int) -> None:
    ports = []
    for number in range(count):
        data = [SimData(0, count=REGISTERS, values=number, datatype=DataType.REGISTERS)]
        device = SimDevice(id=1, simdata=data, action=partial(served, number))
        server = ModbusTcpServer([device], address=("127.0.0.1", 0))
        await server.serve_forever(background=True)
        ports.append(cast("Any", server.transport).sockets[0].getsockname()[1])
    ready(ports[0], {"ports": lambda: " ".join(map(str, ports)), "requests": REQUESTS.total})
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
