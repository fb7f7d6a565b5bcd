"""A machine on the bench: what it shows is set by hand, and its collector reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from edge.collection.collector import Collector, Taken
from edge.collection.counters import CounterRules
from edge.collection.settings import CounterTag, WorkCenterSettings
from edge.collection.snapshots import Snapshot
from edge.domain.calendars import ShiftPattern, WorkCalendar
from edge.domain.clock import MICROS, ManualClock, parse_time
from plc_drivers.reading import Quality, Reading
from tests.unit.collection.memory_store import MemoryJobs, MemoryStore

ZONE = ZoneInfo("Europe/Berlin")
SHIFT_START = parse_time("2026-06-08T06:00:00+02:00")
EARLY = ShiftPattern("early", frozenset(range(5)), time(6), time(14), ((time(10), time(10, 30)),))
DAY_SHIFT = WorkCalendar("day_shift", "Europe/Berlin", (EARLY,))
ROLES = ("state", "mode", "fault", "order", "boot")


def counter(tag: str, role: str = "", **rules: object) -> CounterTag:
    """A counter of 16 bits and at most one piece a second, unless `rules` say otherwise."""
    known: dict[str, object] = {"max_rate": Fraction(1), "modulus": 65536, **rules}
    steps = {
        name: known.pop(name) for name in ("pieces_per_step", "strokes", "sensor") if name in known
    }
    return CounterTag(
        tag=tag,
        role=role or tag,  # type: ignore[arg-type]
        rules=CounterRules(**known),  # type: ignore[arg-type]
        **steps,  # type: ignore[arg-type]
    )


def settings(
    *counters: CounterTag, roles: tuple[str, ...] = ROLES, unknown_after_s: float = 5.0
) -> WorkCenterSettings:
    """Work center L1 of the demo plant; each role's tag has the role's name."""
    return WorkCenterSettings(
        id="L1",
        device="press1",
        calendar=DAY_SHIFT,
        zone=ZONE,
        counters=counters or (counter("good"), counter("reject")),
        tags={role: role for role in roles},
        unknown_after_s=unknown_after_s,
    )


@dataclass
class BenchMachine:
    """Shows `values`, all good but those named in `bad` (no value) and `uncertain` (a value).

    Seconds count from the shift's start.
    """

    settings: WorkCenterSettings
    store: MemoryStore = field(default_factory=MemoryStore)
    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    clock: ManualClock = field(default_factory=lambda: ManualClock(SHIFT_START, 1000.0))
    values: dict[str, Any] = field(default_factory=lambda: {"state": 6, "mode": 1, "fault": 0})
    bad: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.collector = self.begin()

    def begin(self) -> Collector:
        """The edge begins, perhaps anew: only the store is remembered."""
        self.collector = Collector(
            self.settings,
            writer=self.store,
            evidence=self.store,
            jobs=self.jobs,
            clock=self.clock,
        )
        self.collector.open()
        return self.collector

    async def show(self, seconds: float = 0.0, **values: int | Decimal) -> Taken:
        """After `seconds` more the machine shows `values` and is read."""
        self.clock.advance(seconds)
        self.values |= values
        return await self.collector.take(self.snapshot())

    def snapshot(self) -> Snapshot:
        """What a poll would answer now."""
        now = self.clock.now()
        readings = {tag: self._reading(tag, value, now) for tag, value in self.values.items()}
        return Snapshot(asked_at=now, polled=self.clock.monotonic(), readings=readings)

    def _reading(self, tag: str, value: int | Decimal, now: int) -> Reading:
        if tag in self.bad:
            return Reading(tag, None, Quality.BAD, None, None, now, "the sensor is broken")
        quality = Quality.UNCERTAIN if tag in self.uncertain else Quality.GOOD
        return Reading(tag, value, quality, None, None, now)


def after(seconds: float) -> int:
    """Plant time (us), seconds after the shift's start."""
    return SHIFT_START + round(seconds * MICROS)


def within(expected: Mapping[str, object], actual: Mapping[str, object]) -> Mapping[str, object]:
    """`actual` cut down to the keys of `expected`, to be compared with it."""
    return {key: actual.get(key) for key in expected}
