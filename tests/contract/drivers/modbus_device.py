"""A device for the contract suite: a pymodbus server with the suite's tags, in its own process.

Run as `python -m tests.contract.drivers.modbus_device PORT`; says `ready PORT` once it listens.
"""

import asyncio
import sys
from typing import Any, cast

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tests.contract.drivers.table import PAIR_REGISTER, ROWS

count = 0


async def tick(
    function: int, first: int, address: int, length: int, registers: list[int], values: Any
) -> None:
    """Both counters of the pair move at each request, as registers of a real device would."""
    global count
    if function == 3 and address <= PAIR_REGISTER < address + length:
        count += 1
        words = [count >> 16, count & 0xFFFF]
        registers[PAIR_REGISTER - first : PAIR_REGISTER - first + 4] = words * 2


async def serve(port: int) -> None:
    holding = [
        SimData(
            row.register, values=list(row.words), datatype=DataType.REGISTERS, readonly=row.readonly
        )
        for row in ROWS
        if row.words
    ]
    coils = [SimData(0, values=[False, False, False, True] * 4, datatype=DataType.BITS)]
    inputs = [SimData(0, values=[7] * 8, datatype=DataType.REGISTERS)]
    discrete = [SimData(0, values=[True] * 16, datatype=DataType.BITS)]
    device = SimDevice(id=1, simdata=(coils, discrete, holding, inputs), action=tick)
    server = ModbusTcpServer(device, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    bound = cast("Any", server.transport).sockets[0].getsockname()[1]
    print("ready", bound, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
