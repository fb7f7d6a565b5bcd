"""A real OPC UA server whose nodes come and go, and that can be made to refuse and to break."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.ua.status_codes import StatusCodes

from plc_drivers.configuration import DeviceConfig, GroupConfig, TagConfig
from plc_drivers.opcua.limits import NODES
from simulators.opcua.standard_space import new_server

TYPES = {"uint16": "UInt16", "uint32": "UInt32", "float64": "Double", "int16": "Int16"}


@dataclass
class MonitoredServer:
    """Nodes `ns=2;s=NAME`; `asked` are the sizes of the requests to monitor items."""

    asked: list[int] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)  # status by name of the node
    most_items: int = 0
    slow_s: float = 0.0
    least_publishing_ms: float = 0.0
    port: int = 0

    async def start(self) -> None:
        if not self.port:
            self._server = new_server()
            await self._server.init()
            self._server.set_endpoint("opc.tcp://127.0.0.1:0")
            self._server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
            await self._server.register_namespace("urn:taktline:monitored")
            self._service = self._server.iserver.subscription_service
            self._create = self._service.create_monitored_items
            self._service.create_monitored_items = self._watched  # type: ignore[method-assign]
            self._subscribe = self._service.create_subscription
            self._service.create_subscription = self._slowed  # type: ignore[method-assign]
        await self._server.start()
        assert self._server.bserver is not None
        self.port = int(self._server.bserver._server.sockets[0].getsockname()[1])  # type: ignore[union-attr]
        self._server.set_endpoint(f"opc.tcp://127.0.0.1:{self.port}")

    async def stop(self) -> None:
        await self._server.stop()

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}"

    @property
    def subscriptions(self) -> Sequence[Any]:
        """Those that clients have, as the server holds them."""
        return list(self._service.subscriptions.values())

    async def add(self, name: str, value: float = 0, kind: str = "uint32") -> None:
        node = ua.NodeId(ua.String(name), ua.Int16(2))
        variant = ua.Variant(value, ua.VariantType[TYPES[kind]])
        made = await self._server.nodes.objects.add_variable(node, name, variant)
        await made.set_writable()

    async def vanish(self, *names: str) -> None:
        nodes = [self._server.get_node(f"ns=2;s={name}") for name in names]
        await self._server.delete_nodes(nodes)

    async def show(self, name: str, value: float, kind: str = "uint32", status: int = 0) -> None:
        data = ua.DataValue(
            ua.Variant(value, ua.VariantType[TYPES[kind]]), ua.StatusCode(ua.UInt32(status))
        )
        await self._server.write_attribute_value(ua.NodeId(ua.String(name), ua.Int16(2)), data)

    async def value(self, name: str) -> Any:
        return await self._server.get_node(f"ns=2;s={name}").read_value()

    async def method(self, name: str, called: Callable[..., Any], *outputs: str) -> None:
        await self._server.nodes.objects.add_method(
            ua.NodeId(ua.String(name), ua.Int16(2)),
            name,
            called,
            [ua.VariantType.UInt32],
            [ua.VariantType[each] for each in outputs],
        )

    async def limit(self, **most: int) -> None:
        """Tell operation limits: read, write, items."""
        for node, name in zip(NODES, ("read", "write", "items"), strict=True):
            value = ua.Variant(most.get(name, 0), ua.VariantType.UInt32)
            await self._server.write_attribute_value(node, ua.DataValue(value))

    async def _slowed(
        self, params: ua.CreateSubscriptionParameters, *more: Any, **named: Any
    ) -> ua.CreateSubscriptionResult:
        asked = max(params.RequestedPublishingInterval, self.least_publishing_ms)
        params.RequestedPublishingInterval = ua.Duration(asked)
        return await self._subscribe(params, *more, **named)

    async def _watched(
        self, params: ua.CreateMonitoredItemsParameters, *more: Any
    ) -> list[ua.MonitoredItemCreateResult]:
        self.asked.append(len(params.ItemsToCreate))
        await asyncio.sleep(self.slow_s)
        if self.most_items and len(params.ItemsToCreate) > self.most_items:
            raise ServiceError(StatusCodes.BadTooManyOperations)
        allowed, results = [], {}
        for index, item in enumerate(params.ItemsToCreate):
            status = self.refused.get(str(item.ItemToMonitor.NodeId.Identifier), 0)
            has_filter = isinstance(item.RequestedParameters.Filter, ua.DataChangeFilter)
            if status == StatusCodes.BadMonitoredItemFilterUnsupported and not has_filter:
                status = 0
            if status:
                code = ua.StatusCode(ua.UInt32(status))
                results[index] = ua.MonitoredItemCreateResult(StatusCode=code)
            else:
                allowed.append(item)
        params.ItemsToCreate = allowed
        made = iter(await self._create(params, *more))
        count = len(allowed) + len(results)
        return [results[index] if index in results else next(made) for index in range(count)]


def config(url: str, *names: str, **given: Any) -> DeviceConfig:
    """A device whose tags (uint32 unless `types` says other) are subscribed to in one group."""
    group = {"sampling_ms": 50, "publishing_ms": 50, **given.pop("group", {})}
    types = given.pop("types", {})
    return DeviceConfig(
        id="device",
        driver="opcua",
        url=url,
        insecure=True,
        groups=(GroupConfig(id="fast", mode="subscribe", **group),),
        tags=tuple(
            TagConfig(
                id=name, address=f"ns=2;s={name}", type=types.get(name, "uint32"), group="fast"
            )
            for name in names
        ),
        **given,
    )
