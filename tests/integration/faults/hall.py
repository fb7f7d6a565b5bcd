"""The simulator's process with a machine on each protocol, and the real edge before it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge.collection.counters import CounterRules
from edge.collection.equipment import Machines
from edge.collection.settings import CounterTag, DeviceSettings, WorkCenterSettings
from edge.domain.calendars import WorkCalendar
from edge.domain.clock import SystemClock
from edge.domain.equipment import EquipmentUnreachable
from edge.domain.facts import Fact, FactKind
from plc_drivers.configuration import DeviceConfig, GroupConfig, SerialConfig, TagConfig
from simulators.tags import TAG_IDS, tags_of
from tests.integration.simulators.processes import Child, machines
from tests.unit.collection.memory_store import MemoryJobs, MemoryStore, job
from tests.unit.simulators.plants import STEADY_MACHINE

SCHEMES = {
    "UA": "opc.tcp://127.0.0.1:0",
    "TCP": "modbus.tcp://127.0.0.1:0",
    "RTU_TCP": "modbus.rtu+tcp://127.0.0.1:0",
    "RTU": "modbus.rtu://pty",
}
START = 'format = "taktline.scenario/1"\nseed = 11\ntimezone = "Europe/Berlin"\n'
BEGIN = {"good": 65_500, "scrap": 65_530}
MACHINE = """
[[machine]]
id = "{id}"
name = "{id}"
url = "{url}"
good = {{ bits = 16, start = {good} }}
reject = {{ bits = 16, start = {scrap} }}
cycle_spread = {{ from = "0.9", to = "1.1" }}
setup_spread = {{ from = "1", to = "1" }}
recipe = [{{ number = 10, name = "r", cycle_s = "0.02", setup_s = "0", scrap = "0.1" }}]
"""
ORDER = 1001010
LOAD = {
    "order_setpoint": ORDER,
    "recipe_setpoint": 10,
    "target_setpoint": 0,
    "limit_setpoint": 0,
    "command": 1,
}
ROLES = {"good": "good", "reject": "scrap"}
PATIENCE_S = 12.0


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How patiently the edge supervises; the defaults are the product's."""

    unknown_after_s: float = 5.0
    backoff_first_s: float = 1.0
    backoff_most_s: float = 4.0
    connect_s: float = 5.0
    timeout_ms: int | None = None


# More than a beat of the machine's heartbeat, which is a second.
QUICK = Patience(
    unknown_after_s=1.4, backoff_first_s=0.1, backoff_most_s=0.4, connect_s=2.0, timeout_ms=400
)


@dataclass
class Hall:
    """Machines, edge and what both say; equipment is named as the machine."""

    child: Child
    edge: Machines
    store: MemoryStore
    patience: Patience
    start: dict[str, tuple[Mapping[str, int], Mapping[str, int]]] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def tell(self, *words: str) -> dict[str, Any]:
        """A command to the simulator; AssertionError if it is none."""
        async with self.turn:
            answer = await asyncio.to_thread(self.child.ask, " ".join(words))
        assert "error" not in answer, answer
        return answer

    async def settle(self, ids: tuple[str, ...]) -> None:
        """All is well and stands still, and what the edge has counted is what was made."""
        await self.tell("clear")
        await self.tell("freeze")
        await asyncio.gather(*(self.read(id_) for id_ in ids))
        truth = await self.truth()
        self.start = {id_: (truth[id_], self.recorded(id_)) for id_ in ids}
        await self.tell("thaw")

    async def read(self, id_: str) -> None:
        """Read a machine now, however often that takes."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    await self.edge.force_reading(id_)
                    return
                except EquipmentUnreachable:
                    await asyncio.sleep(0.02)

    async def truth(self) -> dict[str, dict[str, int]]:
        """What each machine truly made."""
        told = (await self.tell("truth"))["truth"]
        return {
            id_: {role: sum(row[role] for row in rows) for role in ("good", "scrap")}
            for id_, rows in told.items()
        }

    async def made(self, ids: tuple[str, ...], more: int) -> None:
        """Wait until each of these machines has made `more` good pieces."""
        before = await self.truth()
        async with asyncio.timeout(PATIENCE_S):
            while True:
                now = await self.truth()
                if all(now[id_]["good"] >= before[id_]["good"] + more for id_ in ids):
                    return
                await asyncio.sleep(0.02)

    def recorded(self, id_: str) -> dict[str, int]:
        """What the edge has recorded of a machine."""
        counts = [fact.body for fact in self.of(id_, FactKind.PRODUCTION_COUNT)]
        return {
            role: sum(one["quantity"] for one in counts if one["role"] == role)
            for role in ("good", "scrap")
        }

    def has_gone_round(self, id_: str) -> bool:
        """Whether both counters are beyond the end of their 16 bits, where they begin near it."""
        recorded = self.recorded(id_)
        return all(recorded[role] >= (1 << 16) - begin for role, begin in BEGIN.items())

    def of(self, id_: str, *kinds: FactKind, after: int = 0) -> list[Fact]:
        return [
            fact
            for fact in self.store.facts[after:]
            if fact.kind in kinds and fact.equipment_id == id_
        ]

    def is_unknown(self, id_: str) -> bool:
        states = self.of(id_, FactKind.EQUIPMENT_STATE)
        return bool(states) and states[-1].body["time_class"] == "UNKNOWN"


async def until(what: Callable[[], bool], why: str) -> None:
    """Wait for `what` to be true, looking often; AssertionError if it never is."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not what():
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"never: {why}") from None


@asynccontextmanager
async def hall(directory: Path, patience: Patience) -> AsyncIterator[Hall]:
    """All machines at work, and the edge counting them."""
    path = directory / "scenario.toml"
    parts = [MACHINE.format(id=id_, url=url, **BEGIN) for id_, url in SCHEMES.items()]
    path.write_text(START + "".join(parts), encoding="utf-8")
    with machines(path) as child:
        ready = await asyncio.to_thread(child.answer)
        store = MemoryStore()
        edge = _edge({id_: one["url"] for id_, one in ready["machines"].items()}, store, patience)
        await edge.start()
        try:
            made = Hall(child, edge, store, patience)
            await asyncio.gather(*(made.read(id_) for id_ in SCHEMES))
            for id_ in SCHEMES:
                await edge.write(id_, LOAD, actor="dispatcher")
            # A counter that is wiped just before its end looks as if it had gone round.
            await until(lambda: all(map(made.has_gone_round, SCHEMES)), "all counters gone round")
            yield made
        finally:
            await edge.stop()


def _edge(urls: Mapping[str, str], store: MemoryStore, patience: Patience) -> Machines:
    devices = [
        DeviceSettings(
            config=_device(id_, url, patience.timeout_ms),
            connect_s=patience.connect_s,
            backoff_first_s=patience.backoff_first_s,
            backoff_most_s=patience.backoff_most_s,
        )
        for id_, url in urls.items()
    ]
    centers = [_work_center(id_, patience.unknown_after_s) for id_ in urls]
    jobs = MemoryJobs(numbers={ORDER: job(ORDER)})
    return Machines(devices, centers, writer=store, evidence=store, jobs=jobs, clock=SystemClock())


def _device(id_: str, url: str, timeout_ms: int | None) -> DeviceConfig:
    opcua = url.startswith("opc.tcp")
    tags = tuple(
        TagConfig(
            id=tag.id,
            address=f"ns=2;s={id_}.{tag.node}" if opcua else f"holding:{tag.register}",
            type=f"uint{tag.bits}",
            write=tag.write,
            group="told" if opcua and not tag.write else "",
        )
        for tag in tags_of(STEADY_MACHINE)
    )
    return DeviceConfig(
        id=id_,
        driver="opcua" if opcua else "modbus",
        url=url,
        insecure=opcua,
        tags=tags,
        groups=(GroupConfig(id="told", mode="subscribe", publishing_ms=100),) if opcua else (),
        poll_ms=50,
        timeout_ms=timeout_ms,
        serial=SerialConfig(baudrate=115_200, parity="none") if "rtu:///" in url else None,
    )


def _work_center(id_: str, unknown_after_s: float) -> WorkCenterSettings:
    rules = CounterRules(max_rate=Fraction(70), modulus=1 << 16)
    return WorkCenterSettings(
        id=id_,
        device=id_,
        calendar=WorkCalendar("always", "Europe/Berlin", always=True),
        zone=ZoneInfo("Europe/Berlin"),
        counters=(
            CounterTag(tag="good", role="good", rules=rules),
            CounterTag(tag="reject", role="reject", rules=rules),
        ),
        tags={tag: tag for tag in TAG_IDS if tag not in ROLES},
        writable=frozenset(LOAD),
        unknown_after_s=unknown_after_s,
    )
