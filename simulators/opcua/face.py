"""The OPC UA face of a machine, by asyncua.

A read request scans the machine first and is answered from that one moment: all nodes
are set before anything is awaited, so counter and order read together belong together.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import cast

from asyncua import ua
from asyncua.common.callback import Callback, CallbackService, CallbackType
from asyncua.server.address_space import NodeData
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from simulators.clock import Clock, to_datetime
from simulators.errors import PortTaken, TruthLost, WriteRefused
from simulators.faults.trouble import InForce
from simulators.opcua.flat import build_flat
from simulators.opcua.packml_space import build_packml
from simulators.opcua.points import Point
from simulators.opcua.security import secure
from simulators.opcua.sessions import LIMIT_NODES, NO_LIMIT, guard
from simulators.opcua.standard_space import new_server
from simulators.station import Station
from simulators.tags import Tag

NAMESPACE = "urn:taktline:simulators:machine"
SPACES = {"flat": build_flat, "packml": build_packml}
HERE = "127.0.0.1"


class OpcUaFace:
    """Serves a station; values carry the plant clock as their source time."""

    def __init__(self, station: Station, clock: Clock, troubles: InForce) -> None:
        """Construct only checks; `start` opens the port."""
        self._station, self._clock, self._troubles = station, clock, troubles
        self._server = new_server()
        self._points: list[Point] = []
        self._started_at = clock.now()
        self._open = False
        self.port = 0
        self.fingerprint = ""

    async def start(self, url: str) -> None:
        """Open a port of this machine's own; `url` is what clients are told. Raises PortTaken."""
        spec, server = self._station.spec, self._server
        await server.init()
        server.set_endpoint(f"{url}/")
        server.socket_address = (HERE, 0)
        server.set_server_name(f"Taktline simulator {spec.id}")
        self.fingerprint = await secure(server, spec)
        guard(server.iserver, self._troubles)
        await self._build()
        server.subscribe_server_callback(CallbackType.PreRead, self._before_read)
        server.disable_clock(True)  # the server's time is the plant's, see below
        try:
            await server.start()
        except OSError as error:
            raise PortTaken(f"{spec.id}: {url}: {error}") from error
        self._tell_time()
        assert server.bserver is not None
        self.port, self._open = server.bserver.port, True

    async def publish(self) -> None:
        """Scan, show what changed, then tell the subscriptions. Raises TruthLost."""
        for point, shown in self._show():
            await point.notify(shown)

    async def stop(self) -> None:
        """Close the port and all sessions, if it is open."""
        if self._open:
            self._open = False
            await self._server.stop()

    async def vanish(self, tags: tuple[str, ...]) -> None:
        """Their nodes are gone."""
        for point in self._points:
            if point.tag in tags:
                await point.vanish(self._server.iserver.aspace)

    def come_back(self) -> None:
        """All nodes are there."""
        for point in self._points:
            point.come_back(self._server.iserver.aspace)

    async def announce_limits(self, limits: Mapping[str, int]) -> None:
        """Show limits where clients look for them; one of 0 or that is not there is none."""
        for name, node in LIMIT_NODES.items():
            most = limits.get(name) or NO_LIMIT
            value = ua.DataValue(ua.Variant(most, ua.VariantType.UInt32))
            await self._server.write_attribute_value(ua.NodeId(ua.Int32(node)), value)

    async def forget(self) -> None:
        """The server begins anew: no sessions, another StartTime."""
        for session in list(self._server.iserver._external_sessions.values()):
            await session.close_session(delete_subs=True)
        self._started_at = self._clock.now()

    def _show(self) -> list[tuple[Point, ua.DataValue]]:
        values, at = self._station.scan(), self._at()
        told = [(point, point.show(values, at, self._troubles)) for point in self._points]
        return [(point, shown) for point, shown in told if shown is not None]

    async def _build(self) -> None:
        index = await self._server.register_namespace(NAMESPACE)
        build = SPACES[self._station.spec.address_space]
        self._points = await build(self._server, index, self._station.spec, self._listen)
        await self.publish()

    def _listen(self, node: ua.NodeId, tag: Tag) -> None:
        """Clients may write this node."""
        self._server.iserver.aspace.set_attribute_value_setter(
            node,
            AttributeIds.Value,
            partial(self._written, tag),  # type: ignore[arg-type]  # what it returns is unused
        )

    async def _before_read(self, _event: Callback, _service: CallbackService) -> None:
        try:
            await self.publish()
        except TruthLost as lost:
            raise ua.uaerrors.BadDeviceFailure from lost

    def _written(
        self, tag: Tag, node: NodeData, attribute: AttributeIds, value: ua.DataValue
    ) -> None:
        """Clients' writes come by here; asyncua has checked right and type."""
        number = value.Value.Value if value.Value is not None else None
        if not isinstance(number, int):
            raise ua.uaerrors.BadTypeMismatch
        try:
            self._station.write(tag.id, number)
        except WriteRefused as refused:
            raise ua.uaerrors.BadOutOfRange from refused
        at = self._at()
        node.attributes[attribute].value = ua.DataValue(
            value.Value, SourceTimestamp=at, ServerTimestamp=at
        )

    def _tell_time(self) -> None:
        """The server's own times are the plant's too."""
        times = {
            ObjectIds.Server_ServerStatus_CurrentTime: self._at,
            ObjectIds.Server_ServerStatus_StartTime: lambda: self._ua_time(self._started_at),
        }
        for node, time in times.items():
            self._server.iserver.set_attribute_value_callback(
                ua.NodeId(ua.Int32(node)),
                lambda _node, _attribute, time=time: ua.DataValue(  # type: ignore[misc]
                    ua.Variant(time(), ua.VariantType.DateTime),
                    SourceTimestamp=self._at(),
                    ServerTimestamp=self._at(),
                ),
            )

    def _at(self) -> ua.DateTime:
        return self._ua_time(self._clock.now())

    def _ua_time(self, at: int) -> ua.DateTime:
        off = self._troubles.values("wrong_clock")
        moment = to_datetime(at) + timedelta(seconds=off["seconds"] if off else 0)
        return cast("ua.DateTime", moment)
