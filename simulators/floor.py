"""All machines of a scenario in one process: moved on a tick, served, and controlled."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from simulators.blueprint import Scenario
from simulators.clock import Clock, to_datetime
from simulators.faults.reading import read_command
from simulators.machine import Machine
from simulators.rig import Rig
from simulators.station import Station
from simulators.truth import Truth

TICK_S = 0.05


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
        self.rigs = {id_: Rig(each, clock) for id_, each in self.stations.items()}
        self._frozen = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve while inside. Raises PortTaken."""
        try:
            for rig in self.rigs.values():
                await rig.start()
            yield
        finally:
            await asyncio.gather(*(rig.stop() for rig in self.rigs.values()))

    async def run(self) -> None:
        """Move the machines for ever. Raises TruthLost: then nothing more may be shown."""
        while True:
            await self.tick()
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Bring every machine and its face to now."""
        for id_, station in self.stations.items():
            station.scan()
            await self.rigs[id_].publish()

    def ready(self) -> dict[str, Any]:
        """What a starter must know: the actual addresses."""
        machines = {
            id_: {
                "protocol": rig.station.spec.protocol,
                "url": rig.url,
                "port": urlsplit(rig.url).port or 0,
                **({"fingerprint": rig.fingerprint} if rig.fingerprint else {}),
            }
            for id_, rig in self.rigs.items()
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

    async def fault(self, machine: str, words: Sequence[str]) -> dict[str, Any]:
        """Give a machine a fault. KeyError if there is no such machine, ScenarioInvalid."""
        rig = self.rigs[machine]
        trouble = read_command(words, rig.station.spec.scheme)
        await rig.begin(trouble)
        return {"begun": trouble.kind.name, "machine": machine}

    async def clear(self, machine: str = "", kind: str = "") -> dict[str, Any]:
        """End the faults in force: of a machine, of a kind; of all unless told. KeyError."""
        cleared = []
        for id_ in [machine] if machine else list(self.rigs):
            rig = self.rigs[id_]
            for each in [kind] if kind else rig.troubles.kinds():
                if each in rig.troubles:
                    await rig.end(each)
                    cleared.append({"machine": id_, "kind": each})
        return {"cleared": cleared}

    def faults(self) -> dict[str, Any]:
        """The faults in force, by machine."""
        return {"faults": {id_: rig.troubles.told() for id_, rig in self.rigs.items()}}

    def truth(self) -> dict[str, Any]:
        """What every machine truly made since the start."""
        return {"truth": {id_: each.truth() for id_, each in self.stations.items()}}

    def status(self) -> dict[str, Any]:
        """Every machine as it stands: for people, and for the orchestrator of a demo."""
        machines = {id_: station.status() for id_, station in self.stations.items()}
        plant_time = to_datetime(self._clock.now()).isoformat()
        return {"plant_time": plant_time, "frozen": self._frozen, "machines": machines}


def machine_lines(ready: dict[str, Any]) -> Sequence[str]:
    """The ready message for people."""
    return [
        "  ".join((id_, each["url"], each.get("fingerprint", ""))).rstrip()
        for id_, each in ready["machines"].items()
    ]
