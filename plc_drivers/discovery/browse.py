"""Walks an OPC UA server: read only, bounded, and no faster than it is told.

Everything below the Objects folder but the server's own description; each variable that holds
one number, bit or text becomes a node that can be watched.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from plc_drivers.discovery.companion import Node, Recognised, recognise
from plc_drivers.opcua.connection import Connection
from plc_drivers.opcua.limits import NODES, Limits
from plc_drivers.opcua.profiles import PROFILES
from plc_drivers.opcua.values import KINDS, TYPE_NAMES
from plc_drivers.opcua.wire import Held

BATCH = 20
READ_BATCH = 100
_ROOT = ua.NodeId(ua.Int32(ObjectIds.ObjectsFolder))
_SKIPPED = {ua.NodeId(ua.Int32(ObjectIds.Server))}
START_TIME = ua.NodeId(ua.Int32(ObjectIds.Server_ServerStatus_StartTime))
_PROPERTY = ua.NodeId(ua.Int32(ObjectIds.PropertyType))


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How far and how fast: nodes in all, folders deep, seconds between two requests."""

    nodes: int = 5000
    depth: int = 12
    pause_s: float = 0.02


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable that can be watched; `unit` as its engineering units say, if it has them."""

    address: str
    name: str
    path: tuple[str, ...]
    type: str
    writable: bool
    unit: str
    recognised: Recognised | None


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What was found. `cut` says that the bounds ended the walk; `skipped` are variables of a
    type that is none of ours, by path."""

    variables: tuple[Variable, ...]
    seen: int
    cut: bool
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Seen:
    """A node on the way."""

    id: ua.NodeId
    path: tuple[str, ...]
    uris: frozenset[str]
    types: tuple[str, ...]
    is_variable: bool = False
    units: dict[str, str] = field(default_factory=dict, compare=False)


async def walk(
    connection: Connection, bounds: Bounds, progress: Callable[[int], None] = lambda _: None
) -> Walk:
    """All variables below Objects, within the bounds; `progress` hears of nodes seen.

    Raises Unreachable.
    """
    uris = await connection.ask(lambda client: client.get_namespace_array())
    found: list[_Seen] = []
    known = {_ROOT, *_SKIPPED}
    level = [_Seen(_ROOT, (), frozenset(), ())]
    cut = False
    for _ in range(bounds.depth):
        following: list[_Seen] = []
        for start in range(0, len(level), BATCH):
            if len(known) >= bounds.nodes:
                cut = True
                break
            batch = level[start : start + BATCH]
            for parent, references in zip(batch, await _browse(connection, batch), strict=True):
                for reference in references:
                    if reference.NodeId in known or reference.NodeId.NamespaceIndex >= len(uris):
                        continue
                    known.add(reference.NodeId)
                    following.append(_step(parent, reference, uris))
            progress(len(known))
            await asyncio.sleep(bounds.pause_s)
        found += [node for node in following if node.is_variable]
        level = following
        if cut or not level:
            break
    variables, skipped = await _read(connection, found, bounds)
    cut = cut or bool(level)
    return Walk(variables=variables, seen=len(known), cut=cut, skipped=skipped)


async def start_time(connection: Connection) -> tuple[Variable, ...]:
    """The one node of the server's own description that is watched: when the server was started.

    Empty where it does not tell. Raises Unreachable.
    """
    node = _Seen(START_TIME, ("Server", "ServerStatus", "StartTime"), frozenset(), ("",))
    (held,) = await connection.values([node.id])
    told = held.kind == KINDS["datetime"]
    return (_variable(node, "datetime", 0, ""),) if told else ()


def _step(parent: _Seen, reference: ua.ReferenceDescription, uris: Sequence[str]) -> _Seen:
    name = reference.BrowseName.Name or ""
    kind = reference.TypeDefinition
    of = {reference.BrowseName.NamespaceIndex, getattr(kind, "NamespaceIndex", 0)}
    own = frozenset(uris[index] for index in of if 0 < index < len(uris))
    return _Seen(
        id=reference.NodeId,
        path=(*parent.path, name),
        uris=parent.uris | own,
        types=(*parent.types, str(kind.Identifier)),
        is_variable=reference.NodeClass == ua.NodeClass.Variable,
    )


async def _browse(
    connection: Connection, nodes: Sequence[_Seen]
) -> list[list[ua.ReferenceDescription]]:
    """The children of each node, also where the server gives them in parts."""
    wanted = [
        ua.BrowseDescription(
            NodeId=node.id,
            BrowseDirection=ua.BrowseDirection.Forward,
            ReferenceTypeId=ua.NodeId(ua.Int32(ObjectIds.HierarchicalReferences)),
            IncludeSubtypes=True,
            NodeClassMask=ua.NodeClass.Object | ua.NodeClass.Variable,
            ResultMask=ua.BrowseResultMask.All,
        )
        for node in nodes
    ]
    parameters = ua.BrowseParameters(NodesToBrowse=wanted)
    results = await connection.ask(lambda client: client.uaclient.browse(parameters))
    return [[reference async for reference in _whole(connection, result)] for result in results]


async def _whole(
    connection: Connection, result: ua.BrowseResult
) -> AsyncIterator[ua.ReferenceDescription]:
    for reference in result.References or []:
        yield reference
    point = result.ContinuationPoint
    while point:
        parameters = ua.BrowseNextParameters(
            ReleaseContinuationPoints=False, ContinuationPoints=[point]
        )
        (more,) = await _next(connection, parameters)
        for reference in more.References or []:
            yield reference
        point = more.ContinuationPoint


async def _read(
    connection: Connection, found: Sequence[_Seen], bounds: Bounds
) -> tuple[tuple[Variable, ...], tuple[str, ...]]:
    """Types by what the nodes hold now: the driver takes no other."""
    told = tuple(await connection.values(NODES))
    most = Limits.of(told, READ_BATCH, PROFILES["generic"]).read
    wanted = [node for node in found if _worth(node)]
    values = await _attributes(connection, wanted, AttributeIds.Value, bounds, most)
    levels = await _attributes(connection, wanted, AttributeIds.AccessLevel, bounds, most)
    units = {
        node.path[:-1]: _unit(value)
        for node, value in zip(wanted, values, strict=True)
        if node.path[-1] == "EngineeringUnits"
    }
    variables: list[Variable] = []
    skipped: list[str] = []
    for node, value, level in zip(wanted, values, levels, strict=True):
        if node.path[-1] == "EngineeringUnits":
            continue
        kind = TYPE_NAMES.get(value.kind)
        if kind is None:
            skipped.append("/".join(node.path))
            continue
        variables.append(_variable(node, kind, level.value, units.get(node.path, "")))
    return tuple(variables), tuple(skipped)


def _variable(node: _Seen, kind: str, level: int | None, unit: str) -> Variable:
    own = Node(path=node.path, uris=node.uris, types=node.types)
    return Variable(
        address=node.id.to_string(),
        name=node.path[-1],
        path=node.path,
        type=kind,
        writable=bool((level or 0) & 2),
        unit=unit,
        recognised=recognise(own),
    )


def _worth(node: _Seen) -> bool:
    """No properties, but units and the number of a state machine's state."""
    is_property = node.types[-1] == str(_PROPERTY.Identifier)
    return not is_property or node.path[-1] in ("EngineeringUnits", "Number")


def _unit(held: Held) -> str:
    name = getattr(held.value, "DisplayName", None)
    return str(getattr(name, "Text", "") or "")


async def _attributes(
    connection: Connection,
    nodes: Sequence[_Seen],
    attribute: AttributeIds,
    bounds: Bounds,
    most: int,
) -> list[Held]:
    values: list[Held] = []
    for start in range(0, len(nodes), most):
        chunk = [node.id for node in nodes[start : start + most]]
        values += await connection.values(chunk, attribute)
        await asyncio.sleep(bounds.pause_s)
    return values


async def _next(
    connection: Connection, parameters: ua.BrowseNextParameters
) -> list[ua.BrowseResult]:
    return await connection.ask(lambda client: client.uaclient.browse_next(parameters))
