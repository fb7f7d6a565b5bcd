"""What a scenario says of the plant: frozen, already validated.

Times are microseconds, factors and probabilities parts per million, so that a
machine reckons in whole numbers and the same seed gives the same trace anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from simulators.access import Access
from simulators.counter import Counter
from simulators.faults.kinds import OPCUA
from simulators.faults.trouble import Trouble
from simulators.packml import State

PPM = 1_000_000
PACKML_MODULUS = 1 << 31


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A shift by local time; one that ends at or before its start ends on the next day."""

    name: str
    days: frozenset[int]
    start: time
    end: time
    breaks: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, kw_only=True)
class CrewSpec:
    """When people stand at a machine. `closed` are spans in microseconds UTC."""

    id: str
    timezone: str
    shifts: tuple[Shift, ...]
    closed: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A factor, drawn evenly from `low` to `high`, both in parts per million."""

    low: int
    high: int


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one operation runs: microseconds per stroke and per set-up, scrap in ppm of all strokes.

    A stroke makes `pieces` at once, all of them good or all of them scrap.
    """

    number: int
    name: str
    cycle: int
    setup: int
    scrap: int
    pieces: int = 1


@dataclass(frozen=True, kw_only=True)
class StopKind:
    """A fault that comes after about `every` of running and is mended by the crew.

    The running time until the next one is drawn from 30 % to 170 % of `every`; the
    repair from `shortest` to `longest`; all in microseconds.
    """

    code: int
    name: str
    state: State
    every: int
    shortest: int
    longest: int


@dataclass(frozen=True, kw_only=True)
class Begin:
    """A moment: microseconds UTC of plant time, or since the start if `after_start`."""

    at: int
    after_start: bool = False

    def after(self, start: int) -> int:
        """The moment in plant time, if the machines were started at `start`."""
        return start + self.at if self.after_start else self.at


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """A fault that comes at a told moment, or when the machine runs next; mended in `lasts` (us)
    of the crew's working time."""

    code: int
    name: str
    state: State
    begin: Begin
    lasts: int


@dataclass(frozen=True, kw_only=True)
class Spoilage:
    """For `lasts` microseconds at least the share `scrap` (ppm) of all strokes is scrap."""

    begin: Begin
    lasts: int
    scrap: int


@dataclass(frozen=True, kw_only=True)
class MachineSpec:
    """One machine. `crew` None means that it is always manned.

    Its counters, targets and limits are of pieces, or of strokes if it `counts_strokes`.
    """

    id: str
    name: str
    scheme: str
    host: str
    port: int
    unit: int
    word_order: str
    crew: CrewSpec | None
    good: Counter
    reject: Counter
    boot: int
    retentive: bool
    cycle_spread: Spread
    setup_spread: Spread
    recipes: Mapping[int, Recipe]
    stops: tuple[StopKind, ...]
    faults: tuple[Trouble, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    spoilage: tuple[Spoilage, ...] = ()
    address_space: str = "flat"
    counts_strokes: bool = False
    mailbox: bool = False
    access: Access = field(default_factory=Access)

    @property
    def total(self) -> Counter:
        """Of all pieces, as PackML counts them: an Int32 that wraps below 0 (OPC 30050)."""
        start = (self.good.start + self.reject.start) % PACKML_MODULUS
        return Counter(start=start, bits=32, wraps_at=PACKML_MODULUS)

    @property
    def protocol(self) -> str:
        """What it speaks."""
        return "opcua" if self.scheme == OPCUA else "modbus"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A plant of machines; `seed` stands for every random draw."""

    seed: int
    machines: tuple[MachineSpec, ...]
