"""The OPC UA face: nodes `ns=2;s=MACHINE.Tag` without security, by asyncua.

A read request scans the machine first and is answered from that one moment: all nodes
are set before anything is awaited, so counter and order read together belong together.
"""

from functools import partial
from typing import cast

from asyncua import ua
from asyncua.common.callback import Callback, CallbackService, CallbackType
from asyncua.server.address_space import AttributeValue, NodeData
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds

from simulators.clock import Clock, to_datetime
from simulators.errors import PortTaken, TruthLost, WriteRefused
from simulators.station import Station
from simulators.tags import Tag, tags_of

NAMESPACE = "urn:taktline:simulators:machine"
TYPES = {16: ua.VariantType.UInt16, 32: ua.VariantType.UInt32}


class OpcUaFace:
    """Serves a station; values carry the plant clock as their source time."""

    def __init__(self, station: Station, clock: Clock) -> None:
        """Construct only checks; `start` opens the port."""
        self._station, self._clock = station, clock
        self._server = Server()
        self._tags = tags_of(station.spec)
        self._attributes: dict[str, AttributeValue] = {}
        self._open = False

    @property
    def url(self) -> str:
        """Where it listens; after `start`."""
        assert self._server.bserver is not None
        return f"opc.tcp://{self._server.bserver.hostname}:{self._server.bserver.port}"

    async def start(self) -> None:
        """Open the port, 0 for a free one. Raises PortTaken."""
        spec, server = self._station.spec, self._server
        await server.init()
        server.set_endpoint(f"opc.tcp://{spec.host}:{spec.port}/")
        server.set_server_name(f"Taktline simulator {spec.id}")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        server.allow_remote_admin(False)
        await self._build()
        server.subscribe_server_callback(CallbackType.PreRead, self._before_read)
        try:
            await server.start()
        except OSError as error:
            raise PortTaken(f"{spec.id}: {spec.host}:{spec.port}: {error}") from error
        self._open = True

    async def publish(self) -> None:
        """Scan, show what changed, then tell the subscriptions. Raises TruthLost."""
        for attribute, value in self._show():
            for handle, notify in list(attribute.datachange_callbacks.items()):
                await notify(handle, value)

    def _show(self) -> list[tuple[AttributeValue, ua.DataValue]]:
        values, at = self._station.scan(), self._at()
        changed = []
        for tag in self._tags:
            attribute, number = self._attributes[tag.id], int(values[tag.id])
            if _number(attribute.value) != number:
                value = _data_value(tag, number, at)
                attribute.value = value
                changed.append((attribute, value))
        return changed

    async def stop(self) -> None:
        """Close the port and all sessions, if it is open."""
        if self._open:
            self._open = False
            await self._server.stop()

    async def _build(self) -> None:
        spec, space = self._station.spec, self._server.iserver.aspace
        index = await self._server.register_namespace(NAMESPACE)
        folder = await self._server.nodes.objects.add_object(
            _node_id(index, spec.id), ua.QualifiedName(spec.id, index)
        )
        for tag in self._tags:
            name = f"{spec.id}.{tag.node}"
            node = await folder.add_variable(
                _node_id(index, name), ua.QualifiedName(tag.node, index), 0, TYPES[tag.bits]
            )
            self._attributes[tag.id] = space[node.nodeid].attributes[AttributeIds.Value]
            self._attributes[tag.id].value = None  # asyncua's stamp is not the plant's time
            if tag.write:
                await node.set_writable()
                space.set_attribute_value_setter(
                    node.nodeid,
                    AttributeIds.Value,
                    partial(self._written, tag),  # type: ignore[arg-type]
                )
        await self.publish()

    async def _before_read(self, _event: Callback, _service: CallbackService) -> None:
        try:
            await self.publish()
        except TruthLost as lost:
            raise ua.uaerrors.BadDeviceFailure from lost

    def _written(
        self, tag: Tag, node: NodeData, attribute: AttributeIds, value: ua.DataValue
    ) -> None:
        """Clients' writes come by here; asyncua has checked right and type."""
        number = _number(value)
        if number is None:
            raise ua.uaerrors.BadTypeMismatch
        try:
            self._station.write(tag.id, number)
        except WriteRefused as refused:
            raise ua.uaerrors.BadOutOfRange from refused
        node.attributes[attribute].value = _data_value(tag, number, self._at())

    def _at(self) -> ua.DateTime:
        return cast("ua.DateTime", to_datetime(self._clock.now()))


def _node_id(index: int, name: str) -> ua.NodeId:
    return ua.NodeId.from_string(f"ns={index};s={name}")


def _number(value: ua.DataValue | None) -> int | None:
    held = value.Value.Value if value is not None and value.Value is not None else None
    return held if isinstance(held, int) else None


def _data_value(tag: Tag, value: int, at: ua.DateTime) -> ua.DataValue:
    return ua.DataValue(
        ua.Variant(int(value), TYPES[tag.bits]), SourceTimestamp=at, ServerTimestamp=at
    )
