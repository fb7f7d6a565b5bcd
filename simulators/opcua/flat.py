"""The flat address space: nodes `ns=2;s=MACHINE.Tag`, as docs/contracts.md has them."""

from collections.abc import Callable
from functools import partial

from asyncua import ua
from asyncua.server.server import Server

from simulators.blueprint import MachineSpec
from simulators.opcua.points import Point, Values
from simulators.tags import Tag, tags_of

TYPES = {16: ua.VariantType.UInt16, 32: ua.VariantType.UInt32}
Listen = Callable[[ua.NodeId, Tag], None]


async def build_flat(server: Server, index: int, spec: MachineSpec, listen: Listen) -> list[Point]:
    """A folder of all tags; `listen` is told of each node that clients may write."""
    folder = await server.nodes.objects.add_object(
        node_id(index, spec.id), ua.QualifiedName(spec.id, index)
    )
    points = []
    for tag in tags_of(spec):
        node = await folder.add_variable(
            node_id(index, f"{spec.id}.{tag.node}"),
            ua.QualifiedName(tag.node, index),
            0,
            TYPES[tag.bits],
        )
        if tag.write:
            await node.set_writable()
            listen(node.nodeid, tag)
        space = server.iserver.aspace
        points.append(Point(tag.id, space[node.nodeid], TYPES[tag.bits], partial(_value, tag.id)))
    return points


def node_id(index: int, name: str) -> ua.NodeId:
    """A string id in the machine's namespace."""
    return ua.NodeId.from_string(f"ns={index};s={name}")


def _value(tag: str, values: Values) -> object:
    return int(values[tag])
