"""All machines of a scenario in one process: moved on a tick, served, and controlled."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from simulators.blueprint import Scenario
from simulators.clock import Clock, to_datetime
from simulators.machine import Machine
from simulators.station import Station
from simulators.truth import Truth

TICK_S = 0.05


class Face(Protocol):
    """How a machine shows itself on a network."""

    @property
    def url(self) -> str: ...

    async def start(self) -> None: ...

    async def publish(self) -> None: ...

    async def stop(self) -> None: ...


class Floor:
    """The machines of a scenario with their faces."""

    def __init__(self, scenario: Scenario, clock: Clock, truth: Truth) -> None:
        """Construct only checks; `open` starts the servers."""
        now = clock.now()
        self._clock, self._truth, self._seed = clock, truth, scenario.seed
        self.stations = {
            spec.id: Station(Machine(spec, scenario.seed, now), clock, truth)
            for spec in scenario.machines
        }
        self._faces = {id_: _face(each, clock) for id_, each in self.stations.items()}
        self._frozen = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve while inside. Raises PortTaken."""
        try:
            for face in self._faces.values():
                await face.start()
            yield
        finally:
            await asyncio.gather(*(face.stop() for face in self._faces.values()))

    async def run(self) -> None:
        """Move the machines for ever. Raises TruthLost: then nothing more may be shown."""
        while True:
            await self.tick()
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Bring every machine and its face to now."""
        for id_, station in self.stations.items():
            station.scan()
            await self._faces[id_].publish()

    def ready(self) -> dict[str, Any]:
        """What a starter must know: the actual addresses."""
        machines = {
            id_: {
                "protocol": self.stations[id_].spec.protocol,
                "url": face.url,
                "port": int(face.url.rpartition(":")[2]),
            }
            for id_, face in self._faces.items()
        }
        return {"ready": True, "seed": self._seed, "run": self._truth.run, "machines": machines}

    def freeze(self) -> dict[str, Any]:
        """Make no more pieces; all that were made have been told when this returns."""
        for station in self.stations.values():
            station.freeze()
        self._frozen = True
        return {"frozen": True, "run": self._truth.run, "seq": self._truth.sequence}

    def thaw(self) -> dict[str, Any]:
        """Go on from now."""
        for station in self.stations.values():
            station.thaw()
        self._frozen = False
        return {"frozen": False}

    def restart(self, machine: str) -> dict[str, Any]:
        """A dip of one machine's power: its boot counter rises. KeyError if there is none."""
        self.stations[machine].restart()
        return {"restarted": machine}

    def status(self) -> dict[str, Any]:
        """Every machine as it stands: for people, and for the orchestrator of a demo."""
        machines = {id_: station.status() for id_, station in self.stations.items()}
        plant_time = to_datetime(self._clock.now()).isoformat()
        return {"plant_time": plant_time, "frozen": self._frozen, "machines": machines}


def _face(station: Station, clock: Clock) -> Face:
    # Imported when needed: asyncua alone costs a second and some 80 MB.
    if station.spec.protocol == "modbus":
        from simulators.modbus_server import ModbusFace

        return ModbusFace(station)
    from simulators.opcua_server import OpcUaFace

    return OpcUaFace(station, clock)


def machine_lines(ready: dict[str, Any]) -> Sequence[str]:
    """The ready message for people."""
    return [f"{id_}  {each['url']}" for id_, each in ready["machines"].items()]
