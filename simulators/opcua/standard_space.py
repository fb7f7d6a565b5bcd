"""OPC UA servers by asyncua whose standard nodes are made once in a process.

asyncua makes the 6,174 nodes of the standard (OPC 10000-5) anew for each server, which takes over
a second of the processor. Here the first server makes them, and each server takes a copy of a node
when it is asked for: a server touches some hundred.
"""

import asyncio
import gc
import pickle
from collections.abc import Iterator, Mapping, MutableMapping
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import cast

from asyncua import ua
from asyncua.server.address_space import (
    AddressSpace,
    AttributeValue,
    NodeData,
    NodeManagementService,
)
from asyncua.server.internal_server import InternalServer
from asyncua.server.server import Server
from asyncua.server.user_managers import UserManager
from asyncua.ua.attribute_ids import AttributeIds

_making = Lock()


def new_server(users: UserManager | None = None) -> Server:
    """A server as asyncua's `Server()`; `init` it."""
    return Server(_Internal(users))


class _Internal(InternalServer):
    async def load_standard_address_space(self, shelf_file: Path | None = None) -> None:
        standard = await asyncio.to_thread(_standard)
        self.aspace._nodes = cast("dict[ua.NodeId, NodeData]", _Nodes(standard))


class _Node(NodeData):
    """A copy for one server; of attributes when they are asked for, since deleting a node looks at
    the references of all. References are added and taken away, and never changed."""

    def __init__(self, made: NodeData) -> None:
        self.nodeid, self.call = made.nodeid, made.call
        self.references = list(made.references)
        self._made = made

    @cached_property
    def attributes(self) -> dict[AttributeIds, AttributeValue]:  # type: ignore[override]
        copied: dict[AttributeIds, AttributeValue] = pickle.loads(
            pickle.dumps(self._made.attributes)
        )
        return copied


class _Nodes(MutableMapping[ua.NodeId, NodeData]):
    """Nodes of one server: its own, and those of the standard that it has not asked for yet."""

    def __init__(self, standard: Mapping[ua.NodeId, NodeData]) -> None:
        self._standard = standard
        self._own: dict[ua.NodeId, NodeData | None] = dict.fromkeys(standard)

    def __getitem__(self, key: ua.NodeId) -> NodeData:
        node = self._own[key]
        if node is None:
            node = self._own[key] = _Node(self._standard[key])
        return node

    def __setitem__(self, key: ua.NodeId, node: NodeData) -> None:
        self._own[key] = node

    def __delitem__(self, key: ua.NodeId) -> None:
        del self._own[key]

    def __contains__(self, key: object) -> bool:
        return key in self._own

    def __iter__(self) -> Iterator[ua.NodeId]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


def _standard() -> Mapping[ua.NodeId, NodeData]:
    with _making:  # two faces that start together
        return _made()


@cache
def _made() -> Mapping[ua.NodeId, NodeData]:
    """Half a million objects that stay: the collector of cycles need not visit them each time."""
    from asyncua.server.standard_address_space import standard_address_space

    collecting = gc.isenabled()
    gc.disable()
    try:
        space = AddressSpace()
        fill = standard_address_space.fill_address_space
        fill(NodeManagementService(space))  # type: ignore[no-untyped-call]
        gc.freeze()
    finally:
        if collecting:
            gc.enable()
    return space._nodes
