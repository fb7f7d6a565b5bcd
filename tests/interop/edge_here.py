"""An edge's machines over their real driver and the real store, before a foreign device."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from edge.collection.counters import CounterRules
from edge.collection.equipment import Machines
from edge.collection.settings import CounterTag, DeviceSettings, WorkCenterSettings
from edge.domain.calendars import WorkCalendar
from edge.domain.clock import Clock, SystemClock
from edge.domain.equipment import Observation
from edge.domain.facts import Fact, FactKind, decode
from edge.storage.store import Store
from plc_drivers.configuration import DeviceConfig
from tests.integration.collection.plant import until
from tests.interop.foreign import READS, WORD, WRITES
from tests.unit.collection.memory_store import MemoryJobs, job

MAX_RATE = Fraction(2000)  # pieces a second: 16 bits go round in 33 s, so no test is ambiguous
FACTS = 100_000


def rules(*, resettable: bool | None = None) -> CounterRules:
    """A counter of 16 bits."""
    return CounterRules(max_rate=MAX_RATE, modulus=WORD, resettable=resettable)


def center(counter: CounterRules, *, boot_tag: bool) -> WorkCenterSettings:
    """A work center that is always on shift, with two counters of the same rules."""
    others = {role for role in (*READS, *WRITES) if role not in ("good", "reject", "total")}
    return WorkCenterSettings(
        id="L1",
        device="press1",
        calendar=WorkCalendar("always", "Europe/Berlin", always=True),
        zone=ZoneInfo("Europe/Berlin"),
        counters=(
            CounterTag(tag="good", role="good", rules=counter),
            CounterTag(tag="reject", role="reject", rules=counter),
        ),
        tags={role: role for role in others if boot_tag or role != "boot"},
        writable=frozenset(WRITES),
        unknown_after_s=0.8,
    )


@dataclass
class EdgeHere:
    """What survives a restart of the edge is the store; the machines are as they are now."""

    config: DeviceConfig
    path: Path
    counter: CounterRules = field(default_factory=rules)
    boot_tag: bool = True
    clock: Clock = field(default_factory=SystemClock)
    jobs: MemoryJobs = field(default_factory=lambda: MemoryJobs(numbers={1001010: job(1001010)}))

    async def __aenter__(self) -> Self:
        self.store = Store.open(self.path, "e1", self.clock)
        await self.begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.machines.stop()
        self.store.close()

    async def begin(self) -> None:
        """The edge begins, perhaps anew, and has read its machine once."""
        device = DeviceSettings(
            config=self.config, connect_s=4.0, backoff_first_s=0.1, backoff_most_s=0.4
        )
        self.machines = Machines(
            [device],
            [center(self.counter, boot_tag=self.boot_tag)],
            writer=self.store,
            evidence=self.store.reader,
            jobs=self.jobs,
            clock=self.clock,
        )
        await self.machines.start()
        await until(lambda: self.machines.observation("L1") is not None, "a first snapshot")

    async def restart(self) -> None:
        """As after an update: what is under way is recorded, the rest is in the counter."""
        await self.machines.stop()
        await self.begin()

    async def read(self) -> Observation:
        """A reading that is committed."""
        return await self.machines.force_reading("L1")

    def facts(self, *kinds: FactKind) -> Sequence[Fact]:
        """Facts of these kinds, or all, in order."""
        stored = self.store.reader.facts_after(0, FACTS)
        every = [decode(one.data) for one in stored]
        return [one for one in every if not kinds or one.kind in kinds]

    def pieces(self, role: str = "good") -> int:
        """All pieces of a role that were recorded."""
        counts = self.facts(FactKind.PRODUCTION_COUNT)
        return sum(one.body["quantity"] for one in counts if one.body["role"] == role)

    def flags(self) -> set[str]:
        """All flags of all counts."""
        counts = self.facts(FactKind.PRODUCTION_COUNT)
        return {flag for one in counts for flag in one.body["flags"]}

    def quarantined(self) -> list[str]:
        """Reasons of all quarantines, in order."""
        return [str(one.body["reason"]) for one in self.facts(FactKind.QUARANTINE)]

    def state(self) -> str:
        return self.machines.status()[0].state
