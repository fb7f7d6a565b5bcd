"""A plant.toml that a test changes while an edge runs on it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.collection.devices import ModbusDevice
from tests.journeys.plant_head import head

DEVICE = """[[device]]
id = "{id}"
driver = "modbus"
url = "{url}"
poll_ms = {poll_ms}
timeout_ms = 1000
"""
WORK_CENTER = """[[work_center]]
id = "{id}"
device = "{device}"
calendar = "always"
"""
TAGS = {"state": "", "mode": "", "fault": "", "good": "", "reject": ""}
COUNTER = 'modulus = {modulus}\nmax_rate_per_s = "{rate}"\n'


@dataclass
class Machine:
    """A device of the file, with what a test changes of it."""

    server: ModbusDevice
    poll_ms: int = 30
    tags: list[str] = field(default_factory=lambda: ["state", "mode", "fault", "good"])
    faults: list[int] = field(default_factory=list)
    rate: int = 2000

    def toml(self, id_: str) -> str:
        config = self.server.config(id_)
        parts = [DEVICE.format(id=id_, url=config.url, poll_ms=self.poll_ms)]
        parts += [f'[[device.fault]]\ncode = {code}\nen = "Jam {code}"\n' for code in self.faults]
        for tag in config.tags:
            if tag.id in self.tags:
                row = f'id = "{tag.id}"\naddress = "{tag.address}"\ntype = "{tag.type}"\n'
                row += f'role = "{tag.id}"\norder = "{tag.order}"\n'
                if tag.id in {"good", "reject"}:
                    modulus = 2**32 if tag.type == "uint32" else 2**16
                    row += COUNTER.format(modulus=modulus, rate=self.rate)
                parts.append(f"[[device.tag]]\n{row}")
        return "\n".join(parts)


@dataclass
class PlantFile:
    """The file; each machine is a device and the work center of the same id in capitals."""

    file: Path
    port: int
    machines: dict[str, Machine]
    edge_id: str = "e1"
    calendar: str = "always = true"
    tail: str = ""

    def write(self, **changed: Any) -> None:
        """Write it with `changed` from now on."""
        for name, value in changed.items():
            setattr(self, name, value)
        above = head(self.port, self.edge_id, self.calendar)
        devices = [one.toml(id_) for id_, one in self.machines.items()]
        centers = [WORK_CENTER.format(id=id_.upper(), device=id_) for id_ in self.machines]
        whole = "\n".join([above, *devices, *centers, self.tail])
        aside = self.file.with_suffix(".new")
        aside.write_text(whole)
        aside.rename(self.file)  # an edge that is started anew meanwhile never reads half of it
