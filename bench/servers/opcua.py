"""`python -m bench.servers.opcua COUNT`: an asyncua server with COUNT nodes."""

import asyncio
import logging
import sys

from asyncua import ua
from asyncua.server.server import Server

from bench.servers.parent import ready


async def serve(count: int) -> None:
    logging.disable(logging.CRITICAL)
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:taktline:bench")
    for index in range(count):
        measured = index % 4 == 3
        value = ua.Variant(
            20 + index / 7 if measured else 1000 + index,
            ua.VariantType.Double if measured else ua.VariantType.UInt32,
        )
        node = ua.NodeId(ua.String(f"T{index}"), ua.Int16(2))
        await server.nodes.objects.add_variable(node, f"T{index}", value)
    await server.start()
    ready(server.bserver._server.sockets[0].getsockname()[1])  # type: ignore[union-attr]
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
