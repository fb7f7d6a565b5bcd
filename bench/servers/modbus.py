"""`python -m bench.servers.modbus HEX`: a pymodbus server with these bytes as registers."""

import asyncio
import sys
from typing import Any, cast

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from bench.servers.parent import ready


async def serve(image: bytes) -> None:
    words = [int.from_bytes(image[at : at + 2]) for at in range(0, len(image), 2)]
    holding = [SimData(0, values=words, datatype=DataType.REGISTERS)]
    coils = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    inputs = [SimData(0, values=[0], datatype=DataType.REGISTERS)]
    discrete = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    device = SimDevice(id=1, simdata=(coils, discrete, holding, inputs))
    server = ModbusTcpServer(device, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    ready(cast("Any", server.transport).sockets[0].getsockname()[1])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(bytes.fromhex(sys.argv[1])))
