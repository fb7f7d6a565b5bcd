"""The edge's mailbox before a simulated machine's, on both protocols, to the piece."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.collection.equipment import Machines
from edge.collection.settings import DeviceSettings
from edge.domain.clock import SystemClock
from edge.domain.facts import FactKind
from plc_drivers.configuration import DeviceConfig, TagConfig
from simulators.tags import Tag
from tests.integration.collection.plant import until
from tests.integration.simulators.conftest import MACHINE, PLANT
from tests.integration.simulators.processes import machines
from tests.unit.collection.fake_driver import center
from tests.unit.collection.memory_store import MemoryJobs, MemoryStore, job
from tests.unit.simulators.plants import STEADY_MACHINE, tags_with_mailbox

pytestmark = pytest.mark.xdist_group("mailbox_simulator")
ORDER = 1_001_010
LOAD = {"order_setpoint": ORDER, "recipe_setpoint": 10, "target_setpoint": 60, "limit_setpoint": 0}
ROLES = ("sequence", "good", "reject", "acknowledge")


ADDRESSES: dict[str, Callable[[Tag], str]] = {
    "flat": lambda tag: f"ns=2;s=MX.{tag.node}",
    "packml": lambda tag: f"ns=2;s=MX.{'Command' if tag.write else 'Status'}.{tag.node}",
    "registers": lambda tag: f"holding:{tag.register}",
}


def device(url: str, space: str) -> DeviceConfig:
    tags = tuple(
        TagConfig(
            id=tag.id,
            address=ADDRESSES[space](tag),
            type=f"uint{tag.bits}",
            role=tag.id if tag.id.startswith("mailbox") else "other",
            write=tag.write,
        )
        for tag in tags_with_mailbox(STEADY_MACHINE)
    )
    if space == "packml":  # its other tags have PackML's names
        tags = (
            TagConfig(id="state", address="ns=2;s=MX.Status.StateCurrent", type="int32"),
            *(tag for tag in tags if tag.write or tag.id.startswith("mailbox")),
        )
    opcua = space != "registers"
    driver = "opcua" if opcua else "modbus"
    return DeviceConfig(
        id="press1", driver=driver, url=url, unit=3, insecure=opcua, tags=tags, poll_ms=50
    )


@pytest.mark.parametrize("space", list(ADDRESSES))
async def test_every_piece_of_the_mailbox_is_recorded(space: str, tmp_path: Path) -> None:
    scheme = "modbus.tcp" if space == "registers" else "opc.tcp"
    text = MACHINE.format(
        id="MX", scheme=scheme, where="127.0.0.1:0", order="ABCD", bits=16, start=0
    )
    keys = "mailbox = true\n" + ('address_space = "packml"\n' if space == "packml" else "")
    text = text.replace("\n[[machine.recipe]]", f"\n{keys}[[machine.recipe]]")
    path = tmp_path / "scenario.toml"
    path.write_text(PLANT + text, encoding="utf-8")
    with machines(path) as child:
        ready = await asyncio.to_thread(child.answer)
        config = device(ready["machines"]["MX"]["url"], space)
        store = MemoryStore()
        tags = {"state": "state"} | {f"mailbox_{role}": f"mailbox_{role}" for role in ROLES}
        setpoints = (*LOAD, "command")
        edge = Machines(
            [DeviceSettings(config=config, connect_s=5.0, backoff_first_s=0.1, backoff_most_s=0.4)],
            [
                center(
                    device="press1",
                    counters=(),
                    tags=tags | {tag: tag for tag in setpoints},
                    writable=frozenset(setpoints),
                    unknown_after_s=5.0,
                )
            ],
            writer=store,
            evidence=store,
            jobs=MemoryJobs(on=job(ORDER)),
            clock=SystemClock(),
        )
        await edge.start()
        try:
            await until(lambda: bool(store.rows), "the mailbox is known")
            await edge.write("L1", LOAD | {"command": 1}, actor="dispatcher")
            await until(lambda: store.pieces() >= 60, "all good pieces")
            (made,) = (await asyncio.to_thread(child.ask, "truth"))["truth"]["MX"]
            await until(lambda: store.pieces("scrap") == made["scrap"], "all scrap")
        finally:
            await edge.stop()
        assert (store.pieces(), store.pieces("scrap")) == (made["good"], made["scrap"])
        assert made["good"] == 60
        assert not store.of(FactKind.QUARANTINE)
