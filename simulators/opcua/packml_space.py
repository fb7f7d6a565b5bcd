"""The PackML address space: OMAC's names in the namespace of OPC 30050, and a Machinery item state.

Node ids are strings in the machine's own namespace, `ns=2;s=MACHINE.Status.StateCurrent`; the
names that are browsed are PackML's. Only those nodes are there that this machine has a value for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from asyncua import ua
from asyncua.common.node import Node
from asyncua.server.server import Server

from simulators.blueprint import MachineSpec
from simulators.opcua.flat import TYPES, Listen, node_id
from simulators.opcua.points import Point, Values
from simulators.packml import State
from simulators.tags import Tag, tags_of

PACKML = "http://opcfoundation.org/UA/PackML/"
MACHINERY = "http://opcfoundation.org/UA/Machinery/"
MINUTE = 60_000_000
# OPC 40001-1, MachineryItemState: 2 is NotExecuting, 3 Executing, 1 OutOfService.
ITEM_STATES = {State.EXECUTE: (3, "Executing"), State.ABORTED: (1, "OutOfService")}
NOT_EXECUTING = (2, "NotExecuting")


@dataclass(frozen=True)
class Shown:
    """A node: its path below the machine, the tag whose faults it has, its value."""

    path: str
    tag: str
    kind: ua.VariantType
    of: Callable[[Values], object]


NODES = (
    Shown("Status/StateCurrent", "state", ua.VariantType.Int32, lambda now: int(now["state"])),
    Shown("Status/UnitModeCurrent", "mode", ua.VariantType.Int32, lambda now: int(now["mode"])),
    Shown("Status/CurMachSpeed", "state", ua.VariantType.Float, lambda now: _speed(now)),
    Shown(
        "Admin/ProdProcessedCount[0]/AccCount",
        "good",
        ua.VariantType.UInt32,
        lambda now: now["total"],
    ),
    Shown(
        "Admin/ProdDefectiveCount[0]/AccCount",
        "reject",
        ua.VariantType.UInt32,
        lambda now: now["reject"],
    ),
    Shown("Admin/StopReason/ID", "fault", ua.VariantType.Int32, lambda now: now["fault"]),
)
STATE = "MachineryItemState/CurrentState"
ITEM_STATE = (
    Shown(STATE, "state", ua.VariantType.LocalizedText, lambda now: _words(now)),
    Shown(f"{STATE}/Number", "state", ua.VariantType.UInt32, lambda now: _item(now)[0]),
)
FIRST = {
    ua.VariantType.Float: 0.0,
    ua.VariantType.LocalizedText: ua.LocalizedText(""),
}
NAMED = frozenset(each.tag for each in NODES)  # PackML has no names for the other tags


async def build_packml(
    server: Server, index: int, spec: MachineSpec, listen: Listen
) -> list[Point]:
    """The machine's object; `listen` is told of each node that clients may write."""
    packml = await server.register_namespace(PACKML)
    machinery = await server.register_namespace(MACHINERY)
    machine = await server.nodes.objects.add_object(
        node_id(index, spec.id), ua.QualifiedName(spec.id, index)
    )
    tree = _Tree(server, spec.id, machine, index)
    points = [await tree.point(packml, each) for each in NODES]
    for tag in tags_of(spec):
        if tag.id not in NAMED:
            folder = "Command" if tag.write else "Status"
            await tree.folder(packml, folder)
            points.append(await tree.point(index, _plain(folder, tag)))
            if tag.write:
                await tree.open(points[-1], tag, listen)
    return [*points, *[await tree.point(machinery, each) for each in ITEM_STATE]]


class _Tree:
    """Objects below a machine, each made once."""

    def __init__(self, server: Server, machine: str, root: Node, own: int) -> None:
        self._server, self._machine, self._own = server, machine, own
        self._folders = {"": root}

    async def folder(self, index: int, path: str) -> Node:
        if path not in self._folders:
            parent = await self.folder(index, path.rpartition("/")[0])
            self._folders[path] = await parent.add_object(*self._names(index, path))
        return self._folders[path]

    async def point(self, index: int, shown: Shown) -> Point:
        parent = await self.folder(index, shown.path.rpartition("/")[0])
        is_property = shown.path.endswith("/Number")
        add = parent.add_property if is_property else parent.add_variable
        names, first = self._names(index, shown.path), FIRST.get(shown.kind, 0)
        node = self._folders[shown.path] = await add(*names, first, shown.kind)
        return self._shows(node, shown)

    async def open(self, point: Point, tag: Tag, listen: Listen) -> None:
        """Clients may write it."""
        await self._server.get_node(point.node.nodeid).set_writable()
        listen(point.node.nodeid, tag)

    def _names(self, index: int, path: str) -> tuple[ua.NodeId, ua.QualifiedName]:
        dotted = path.replace("/", ".")
        name = ua.QualifiedName(path.rpartition("/")[2], index)
        return node_id(self._own, f"{self._machine}.{dotted}"), name

    def _shows(self, node: Node, shown: Shown) -> Point:
        return Point(shown.tag, self._server.iserver.aspace[node.nodeid], shown.kind, shown.of)


def _plain(folder: str, tag: Tag) -> Shown:
    """A tag as the flat address space has it."""
    return Shown(f"{folder}/{tag.node}", tag.id, TYPES[tag.bits], lambda now: int(now[tag.id]))


def _words(now: Values) -> ua.LocalizedText:
    return ua.LocalizedText(_item(now)[1], "en")


def _item(now: Values) -> tuple[int, str]:
    return ITEM_STATES.get(State(now["state"]), NOT_EXECUTING)


def _speed(now: Values) -> float:
    """Strokes a minute."""
    return MINUTE / now["cycle"] if now["cycle"] else 0.0
