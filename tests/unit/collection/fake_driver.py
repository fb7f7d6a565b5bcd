"""A device in memory: what it shows is set by hand, and it can tell of changes by itself."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Self
from unittest import mock
from zoneinfo import ZoneInfo

from edge.collection import supervisor
from edge.collection.counters import CounterRules
from edge.collection.equipment import Machines
from edge.collection.evidence import Evidence
from edge.collection.settings import CounterTag, DeviceSettings, WorkCenterSettings
from edge.domain.calendars import WorkCalendar
from edge.domain.clock import Clock, SystemClock
from plc_drivers.configuration import DeviceConfig
from plc_drivers.driver import Changes
from plc_drivers.errors import Unreachable
from plc_drivers.reading import Quality, Reading, Value
from tests.unit.collection.memory_store import MemoryJobs, MemoryStore


@dataclass
class FakeDriver:
    """Answers with `values`; `polls` are the tags of each poll (None: all), `writes` in order."""

    values: dict[str, Value]
    clock: Clock = field(default_factory=SystemClock)
    dead: bool = False
    polls: list[frozenset[str] | None] = field(default_factory=list)
    writes: list[tuple[str, Value]] = field(default_factory=list)
    skew: int = 0
    deaf: bool = False  # what is written is not taken

    async def connect(self) -> None:
        await self._answer()

    async def poll(self, tags: Collection[str] | None = None) -> tuple[Reading, ...]:
        await self._answer()
        self.polls.append(None if tags is None else frozenset(tags))
        return tuple(self.reading(tag) for tag in self.values if tags is None or tag in tags)

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        await self._answer()
        self.writes += values.items()
        if not self.deaf:
            self.values |= values
        return {tag: self.values[tag] for tag in values}

    async def close(self) -> None:
        pass

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.dead:
            raise Unreachable("fake", "dead")

    def reading(self, tag: str, source: int | None = None) -> Reading:
        now = self.clock.now()
        source = now + self.skew if source is None else source
        return Reading(tag, self.values[tag], Quality.GOOD, source, now + self.skew, now)


@dataclass
class TellingDriver(FakeDriver):
    """Tells of changes too, but of the tags in `polled`."""

    polled: frozenset[str] = frozenset()
    told: asyncio.Queue[Changes | None] = field(default_factory=asyncio.Queue)

    async def connect(self) -> None:
        await super().connect()
        self.tell(*(self.reading(tag) for tag in self.values if tag not in self.polled))

    async def changes(self) -> Changes:
        changes = await self.told.get()
        if changes is None:
            raise Unreachable("fake", "no keep-alive came")
        return changes

    def tell(self, *readings: Reading, missed: str = "") -> None:
        """Tell of changes."""
        self.told.put_nowait(Changes(readings=readings, missed=missed))

    def fall_silent(self) -> None:
        """Not even keep-alives come any more."""
        self.told.put_nowait(None)

    def change(self, **values: Value) -> None:
        """Show other values and tell of them."""
        self.values |= values
        self.tell(*(self.reading(tag) for tag in values))


COUNTED = {"good": 0, "state": 6, "order": 1001010}


def center(roles: Sequence[str] = ("state", "order"), **settings: object) -> WorkCenterSettings:
    """A work center with one counter `good`; each role's tag has the role's name."""
    rules = CounterRules(max_rate=Fraction(1_000_000), modulus=1 << 32)
    known: dict[str, object] = {
        "id": "L1",
        "device": "d",
        "calendar": WorkCalendar("always", "Europe/Berlin", always=True),
        "zone": ZoneInfo("Europe/Berlin"),
        "counters": (CounterTag(tag="good", role="good", rules=rules),),
        "tags": {role: role for role in roles},
        **settings,
    }
    return WorkCenterSettings(**known)  # type: ignore[arg-type]


@dataclass
class Bench:
    """Machines over one fake driver and a store in memory."""

    driver: FakeDriver
    config: DeviceConfig
    center: WorkCenterSettings = field(default_factory=center)
    store: Any = field(default_factory=MemoryStore)
    evidence: Evidence | None = None
    settings: Mapping[str, object] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        def create(_: DeviceConfig, __: Callable[[], int]) -> FakeDriver:
            return self.driver

        self._patch = mock.patch.object(supervisor, "create", create)
        self._patch.start()
        self.machines = Machines(
            [DeviceSettings(config=self.config, **self.settings)],  # type: ignore[arg-type]
            [self.center],
            writer=self.store,
            evidence=self.evidence or self.store,
            jobs=MemoryJobs(),
            clock=self.driver.clock,
        )
        await self.machines.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.machines.stop()
        self._patch.stop()


async def until(what: Callable[[], bool], why: str) -> None:
    """Wait for `what` to be true, looking often; AssertionError if it never is."""
    try:
        async with asyncio.timeout(15):
            while not what():
                await asyncio.sleep(0.002)
    except TimeoutError:
        raise AssertionError(f"never: {why}") from None
