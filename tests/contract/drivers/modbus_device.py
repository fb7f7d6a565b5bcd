"""A device for the contract suite: a pymodbus server with the suite's tags, in its own process.

Run as `python -m tests.contract.drivers.modbus_device FACE PLACE`; says `ready PLACE` once it
listens. The place is a port (0: any that is free), or for `rtu` a path: a link to one end of a
serial line, a pseudo-terminal.
"""

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

from pymodbus import FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tests.contract.drivers.pty_line import pty_line
from tests.contract.drivers.table import PAIR_REGISTER, ROWS

FRAMERS = {"tcp": FramerType.SOCKET, "rtu_tcp": FramerType.RTU}
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


def device() -> SimDevice:
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
    return SimDevice(id=1, simdata=(coils, discrete, holding, inputs), action=tick)


async def serve_tcp(place: str, framer: FramerType) -> str:
    server = ModbusTcpServer(device(), framer=framer, address=("127.0.0.1", int(place)))
    await server.serve_forever(background=True)
    return str(cast("Any", server.transport).sockets[0].getsockname()[1])


async def serve_rtu(place: str, stack: ExitStack) -> str:
    line = stack.enter_context(pty_line())
    await ModbusSerialServer(device(), port=line.ours).serve_forever(background=True)
    Path(place).unlink(missing_ok=True)
    Path(place).symlink_to(line.theirs)
    return place


async def serve(face: str, place: str) -> None:
    with ExitStack() as stack:
        if face == "rtu":
            bound = await serve_rtu(place, stack)
        else:
            bound = await serve_tcp(
                place, FramerType.RTU if face == "rtu_tcp" else FramerType.SOCKET
            )
        print("ready", bound, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
