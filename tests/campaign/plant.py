"""The plant of the campaign: some machines behind real servers, one edge, one sync."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.integration.collection.devices import ModbusDevice
from tests.journeys.company import SYNC, company_file
from tests.journeys.plant_head import head
from tests.ports import free_port

MACHINE = """[[device]]
id = "{id}"
driver = "modbus"
url = "{url}"
poll_ms = 50
timeout_ms = 1000
{tags}
[[work_center]]
id = "{id}"
device = "{id}"
calendar = "always"
"""
TAG = """[[device.tag]]
id = "{id}"
address = "{address}"
type = "{type}"
role = "{id}"
order = "CDAB"
modulus = {modulus}
max_rate_per_s = "2000"
"""
LINES = 3


@dataclass
class Machine:
    """A machine whose counters the campaign moves; `good` and `scrap` are the truth."""

    id: str
    device: ModbusDevice = field(default_factory=ModbusDevice)
    good: int = 0
    scrap: int = 0

    async def start(self, good: int, scrap: int) -> None:
        """Begin to serve, with what was made before."""
        self.good, self.scrap = good, scrap
        await self.device.start()
        await self.device.show(good=good, reject=scrap, order=0)

    def make(self, chance: Random) -> None:
        """A few more pieces, as strokes come."""
        self.good += chance.randint(0, 3)
        self.scrap += chance.random() < 0.1

    async def show(self) -> None:
        """Let the counters stand at what was made."""
        await self.device.show(good=self.good, reject=self.scrap)


@dataclass
class Plant:
    """Files and ports; the same folder again goes on with the same stores."""

    folder: Path
    machines: list[Machine] = field(
        default_factory=lambda: [Machine(f"L{number}") for number in range(1, LINES + 1)]
    )
    edge_port: int = field(default_factory=free_port)
    sync_port: int = field(default_factory=free_port)
    company_file: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = head(self.edge_port)
        for machine in self.machines:
            config = machine.device.config(machine.id)
            tags = [tag for tag in config.tags if tag.id in {"good", "reject"}]
            rows = [
                TAG.format(
                    id=tag.id, address=tag.address, type=tag.type, modulus=_modulus(tag.type)
                )
                for tag in tags
            ]
            text += MACHINE.format(id=machine.id, url=config.url, tags="".join(rows))
        self.edge_file.write_text(text + SYNC.format(port=self.sync_port))
        self.company_file = company_file(self.folder, self.sync_port)

    @property
    def edge_file(self) -> Path:
        return self.folder / "plant.toml"

    @property
    def truth(self) -> tuple[int, int]:
        """Good and scrap that the machines have made."""
        return sum(one.good for one in self.machines), sum(one.scrap for one in self.machines)


def _modulus(type_: str) -> int:
    return 2**32 if type_ == "uint32" else 2**16
