"""An edge's machines over real servers and a store in memory."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Self
from zoneinfo import ZoneInfo

from edge.collection.counters import CounterRules
from edge.collection.equipment import Machines
from edge.collection.settings import CounterRole, CounterTag, DeviceSettings, WorkCenterSettings
from edge.domain.calendars import WorkCalendar
from edge.domain.clock import Clock, SystemClock
from plc_drivers.configuration import DeviceConfig
from tests.integration.collection.devices import READS, WRITES
from tests.unit.collection.memory_store import MemoryJobs, MemoryStore, job

PATIENCE_S = 15.0


def counter(role: CounterRole, modulus: int) -> CounterTag:
    """A counter whose tag is named as its role."""
    rules = CounterRules(max_rate=Fraction(100_000), modulus=modulus)
    return CounterTag(tag=role, role=role, rules=rules)


def work_center(id_: str, device: str, unknown_after_s: float = 0.8) -> WorkCenterSettings:
    """A work center that is always on shift; at most 100,000 pieces a second."""
    counters = (counter("good", 1 << 32), counter("reject", 1 << 16))
    return WorkCenterSettings(
        id=id_,
        device=device,
        calendar=WorkCalendar("always", "Europe/Berlin", always=True),
        zone=ZoneInfo("Europe/Berlin"),
        counters=counters,
        tags={role: role for role in (*READS, *WRITES) if role not in ("good", "reject")},
        writable=frozenset(WRITES),
        unknown_after_s=unknown_after_s,
    )


@dataclass
class Plant:
    """What survives a restart of the edge, and the edge's machines as they are now."""

    configs: Sequence[DeviceConfig]
    store: MemoryStore = field(default_factory=MemoryStore)
    jobs: MemoryJobs = field(default_factory=lambda: MemoryJobs(numbers={1001010: job(1001010)}))
    clock: Clock = field(default_factory=SystemClock)
    unknown_after_s: float = 0.8

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.machines.stop()

    async def begin(self) -> Machines:
        """The edge begins, perhaps anew."""
        devices = [
            DeviceSettings(config=one, connect_s=2.0, backoff_first_s=0.1, backoff_most_s=0.4)
            for one in self.configs
        ]
        centers = [
            work_center(f"L{at + 1}", one.id, self.unknown_after_s)
            for at, one in enumerate(self.configs)
        ]
        self.machines = Machines(
            devices,
            centers,
            writer=self.store,
            evidence=self.store,
            jobs=self.jobs,
            clock=self.clock,
        )
        await self.machines.start()
        return self.machines

    def state(self, at: int = 0) -> str:
        return self.machines.status()[at].state


async def until(what: Callable[[], bool], why: str) -> None:
    """Wait for `what` to be true, looking often; AssertionError if it never is."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not what():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"never: {why}") from None
