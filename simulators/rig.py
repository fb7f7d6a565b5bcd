"""One machine as it stands on the network: station, face, wire, and what is wrong with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from simulators.clock import Clock
from simulators.faults.kinds import OPCUA, RTU
from simulators.faults.trouble import InForce, Trouble
from simulators.station import Station
from simulators.wire.serial import SerialWire
from simulators.wire.sockets import SocketWire

Wire = SerialWire | SocketWire


class Face(Protocol):
    """How a machine shows itself, on a port of its own behind the wire."""

    @property
    def port(self) -> int: ...

    @property
    def fingerprint(self) -> str:
        """Of its certificate, "" without one; after `start`."""
        ...

    async def start(self, url: str) -> None: ...

    async def publish(self) -> None: ...

    async def stop(self) -> None: ...

    # What faults ask of it; a face that cannot do it is never asked.

    async def vanish(self, tags: tuple[str, ...]) -> None: ...

    def come_back(self) -> None: ...

    async def announce_limits(self, limits: Mapping[str, int]) -> None: ...

    async def forget(self) -> None: ...


class Rig:
    """Serves a station, and gives it the faults that are told."""

    def __init__(self, station: Station, clock: Clock) -> None:
        """Construct only checks; `start` opens the port."""
        self.station, self._clock = station, clock
        self.troubles = station.troubles
        self._started_at = clock.now()
        self._script = sorted(
            station.spec.faults, key=lambda trouble: trouble.begin_at(self._started_at)
        )
        self._turn = asyncio.Lock()
        self._wire = _wire(station, self.troubles, clock)
        self._face = _face(station, clock, self.troubles)

    @property
    def url(self) -> str:
        """Where clients find it; after `start`."""
        return self._wire.url

    @property
    def fingerprint(self) -> str:
        """Of its certificate, "" without one; after `start`."""
        return self._face.fingerprint

    async def start(self) -> None:
        """Open the port, 0 for a free one. Raises PortTaken."""
        await self._wire.open()
        await self._face.start(self.url)
        await self._wire.join(self._face.port)
        await self.publish()  # a fault from the start is there before any client

    async def publish(self) -> None:
        """Faults that are due or over, then what changed. Raises TruthLost."""
        now = self._clock.now()
        for kind in self.troubles.over(now):
            await self.end(kind)
        while self._script and self._script[0].begin_at(self._started_at) <= now:
            await self.begin(self._script.pop(0))
        await self._face.publish()

    async def stop(self) -> None:
        """Close the port and all connections."""
        await self._wire.close()
        await self._face.stop()

    async def begin(self, trouble: Trouble) -> None:
        """From now on. Raises TruthLost."""
        self.station.scan()
        async with self._turn:
            if not trouble.kind.instant:
                self.troubles.put(trouble, self._clock.now())
            if act := BEGIN.get(trouble.kind.name):
                await act(self, trouble.values)

    async def end(self, kind: str) -> None:
        """No more; nothing happens if it is not in force. Raises PortTaken."""
        async with self._turn:
            if kind in self.troubles:
                if act := END.get(kind):
                    await act(self)
                self.troubles.take(kind)

    # What some kinds do at their beginning and end

    async def close_connections(self, _values: Mapping[str, Any]) -> None:
        await self._wire.cut()

    async def go_down(self, values: Mapping[str, Any]) -> None:
        if isinstance(self._wire, SocketWire):
            await self._wire.close()
        if values["power"]:
            self.station.restart()

    async def come_up(self) -> None:
        await self._face.forget()
        if isinstance(self._wire, SocketWire):
            await self._wire.open()

    async def vanish(self, values: Mapping[str, Any]) -> None:
        await self._face.vanish(values["tags"])

    async def come_back(self) -> None:
        self._face.come_back()

    async def announce(self, values: Mapping[str, Any]) -> None:
        await self._face.announce_limits(values if values["announced"] else {})

    async def announce_none(self) -> None:
        await self._face.announce_limits({})

    async def wipe(self, values: Mapping[str, Any]) -> None:
        if values["boot"]:
            self.station.restart()
        for counter in values["counters"]:
            self.station.set_counter(counter, 0)

    async def preset(self, values: Mapping[str, Any]) -> None:
        self.station.set_counter(values["counter"], values["value"])

    async def near_its_end(self, values: Mapping[str, Any]) -> None:
        self.station.set_counter(values["counter"], -values["left"])

    async def stop_heartbeat(self, _values: Mapping[str, Any]) -> None:
        self.station.machine.heartbeat_stands = True

    async def go_on_beating(self) -> None:
        self.station.machine.heartbeat_stands = False


BEGIN: Mapping[str, Callable[[Rig, Mapping[str, Any]], Awaitable[None]]] = {
    "closed": Rig.close_connections,
    "restart": Rig.go_down,
    "vanished": Rig.vanish,
    "limits": Rig.announce,
    "wiped": Rig.wipe,
    "preset": Rig.preset,
    "rollover": Rig.near_its_end,
    "heartbeat": Rig.stop_heartbeat,
}
END: Mapping[str, Callable[[Rig], Awaitable[None]]] = {
    "restart": Rig.come_up,
    "vanished": Rig.come_back,
    "limits": Rig.announce_none,
    "heartbeat": Rig.go_on_beating,
}


def _wire(station: Station, troubles: InForce, clock: Clock) -> Wire:
    spec = station.spec
    if spec.scheme == RTU:
        return SerialWire(troubles, clock)
    return SocketWire(spec.scheme, spec.host, spec.port, troubles, clock)


def _face(station: Station, clock: Clock, troubles: InForce) -> Face:
    # Imported when needed: asyncua alone costs a second and some 80 MB.
    if station.spec.scheme != OPCUA:
        from simulators.modbus.face import ModbusFace

        return ModbusFace(station, troubles)
    from simulators.opcua.face import OpcUaFace

    return OpcUaFace(station, clock, troubles)
