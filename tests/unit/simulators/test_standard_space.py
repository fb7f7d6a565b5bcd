"""Servers whose standard nodes are made once are as asyncua makes them, each for itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from asyncua import ua
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from simulators.opcua.standard_space import new_server

NAME = ua.NodeId(ua.Int32(ObjectIds.Server))
GONE = ua.NodeId(ua.Int32(ObjectIds.Server_ServerCapabilities))


def shown(server: Server) -> Mapping[str, Any]:
    """All nodes; without the values that hold the time at which they were made."""
    space = server.iserver.aspace
    return {
        key.to_string(): (
            {
                name: one.value.Value
                for name, one in space[key].attributes.items()
                if one.value is not None and not _is_of_now(one.value.Value)
            },
            space[key].references,
            space[key].call,
        )
        for key in list(space.keys())
    }


def _is_of_now(variant: ua.Variant | None) -> bool:
    value = variant.Value if variant is not None else None
    return isinstance(value, datetime | ua.ServerStatusDataType | ua.BuildInfo)


async def test_all_nodes_are_those_of_asyncua() -> None:
    await new_server().init()
    server, plain = new_server(), Server()
    await server.init()
    await plain.init()
    assert shown(server) == shown(plain)


async def test_no_server_sees_what_another_changes() -> None:
    one, other = new_server(), new_server()
    await one.init()
    await other.init()
    before = _told(other)
    own = ua.NodeId(ua.String("own"), ua.Int16(2))
    await one.nodes.objects.add_variable(own, "own", 1)
    await one.get_node(NAME).write_attribute(
        AttributeIds.Description,
        ua.DataValue(ua.Variant(ua.LocalizedText("changed"), ua.VariantType.LocalizedText)),
    )
    await one.delete_nodes([one.get_node(GONE)])
    later = new_server()
    await later.init()
    assert _told(one) != before
    assert (GONE in one.iserver.aspace, own in one.iserver.aspace) == (False, True)
    for server in (other, later):
        assert _told(server) == before
        assert (GONE in server.iserver.aspace, own in server.iserver.aspace) == (True, False)


def _told(server: Server) -> str:
    """What is changed above, as one server has it."""
    space = server.iserver.aspace
    return f"{space[NAME]} {space[server.nodes.objects.nodeid]}"
