"""A device for the contract suite: an asyncua server with the suite's tags, in its own process.

Run as `python -m tests.contract.drivers.opcua_device PORT`; says `ready PORT` once it listens.
"""

import asyncio
import logging
import sys
from typing import Any

from asyncua import ua
from asyncua.server.server import Server
from asyncua.ua.status_codes import StatusCodes

from simulators.opcua.standard_space import new_server
from tests.contract.drivers.table import PAIR, ROWS

QUALITIES = {
    "Uncertain": ua.DataValue(
        ua.Variant(7, ua.VariantType.UInt16),
        ua.StatusCode(ua.UInt32(StatusCodes.UncertainSubNormal)),
    ),
    "Overload": ua.DataValue(
        ua.Variant(7, ua.VariantType.UInt16), ua.StatusCode(ua.UInt32(StatusCodes.GoodOverload))
    ),
    "Bad": ua.DataValue(
        ua.Variant(7, ua.VariantType.UInt16), ua.StatusCode(ua.UInt32(StatusCodes.BadSensorFailure))
    ),
    "Null": ua.DataValue(ua.Variant(None, ua.VariantType.String)),
    "Array": ua.DataValue(ua.Variant([1, 2], ua.VariantType.UInt16)),
    "Nan": ua.DataValue(ua.Variant(float("nan"), ua.VariantType.Double)),
}


async def serve(port: int) -> None:
    logging.disable(logging.CRITICAL)
    server = new_server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:taktline:contract")
    for row in ROWS:
        if row.variant:
            await _add(
                server, row.name, ua.Variant(row.raw, ua.VariantType[row.variant]), row.write
            )
    for name, value in QUALITIES.items():
        assert value.Value is not None
        node = await _add(server, name, value.Value, False)
        await server.write_attribute_value(node.nodeid, value)
    pair = [server.get_node(f"ns=2;s={name}") for name in PAIR]
    await server.start()
    bound = server.bserver._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    print("ready", bound, flush=True)
    count = 0
    while True:
        count += 1
        value = ua.DataValue(ua.Variant(count, ua.VariantType.UInt32))
        # Both within one turn of the loop: no request is answered between the two.
        for node in pair:
            await server.write_attribute_value(node.nodeid, value)
        await asyncio.sleep(0.005)


async def _add(server: Server, name: str, value: ua.Variant, write: bool) -> Any:
    node = await server.nodes.objects.add_variable(
        ua.NodeId(ua.String(name), ua.Int16(2)), name, value
    )
    if write:
        await node.set_writable()
    return node


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
