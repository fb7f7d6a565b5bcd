"""What collection must be told of devices and work centers; made by who reads plant.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from edge.collection.counters import CounterRules
from edge.collection.state_table import PACKML, PLAIN_MODES, ModeTable, StateTable
from edge.domain.calendars import WorkCalendar
from edge.domain.facts import Json
from plc_drivers.configuration import DeviceConfig

CounterRole = Literal["good", "reject", "rework", "total", "energy"]
Sensor = Literal["", "pulse", "weight"]


@dataclass(frozen=True, kw_only=True)
class CounterTag:
    """A counter of a work center: tag id, what it counts, how it behaves.

    A step is `pieces_per_step` pieces; of `strokes` the job's tool says how many, if it does.
    `sensor`: not a counter of the machine, but a "pulse" that rises for each step, or a
    "weight" whose gain is counted in base units, `pieces_per_step` for each unit shown.
    """

    tag: str
    role: CounterRole
    rules: CounterRules
    pieces_per_step: Fraction = Fraction(1)
    strokes: bool = False
    sensor: Sensor = ""


@dataclass(frozen=True, kw_only=True)
class WorkCenterSettings:
    """One work center on one device; `device` None: people say what it does.

    `tags` gives the tag id for each role that the machine has, but those of counters;
    `writable` names the roles whose tag says `write = true`. `states` says what the machine's
    states mean in PackML, `modes` what its builder's own modes count as. Within
    `unknown_after_s` monotonic seconds of silence the state is unknown; a doubted counter is
    read again for at least `recheck_s`; at rest the store is told every `evidence_s` that the
    machine was seen, so that after a stop of the edge no more than that counts as unknown.
    `measures`: the tags of what inspections take, by name.
    `causes`: what a fault stands for, `{reason, class, planned}`; a stop of at most
    `micro_stop_us` counts as production.
    `meters` count energy: a step is `pieces_per_step` Wh. `mailbox_modulus` is how many numbers
    the messages of its mailbox have.
    """

    id: str
    device: str | None
    calendar: WorkCalendar
    zone: ZoneInfo
    counters: tuple[CounterTag, ...] = ()
    meters: tuple[CounterTag, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    writable: frozenset[str] = frozenset()
    states: StateTable = PACKML
    modes: ModeTable = PLAIN_MODES
    mailbox_modulus: int = 1 << 16
    unknown_after_s: float = 5.0
    causes: Mapping[int, Mapping[str, Json]] = field(default_factory=dict)
    micro_stop_us: int = 0
    setup_pieces: str = "good"
    recheck_s: float = 0.2
    evidence_s: float = 5.0

    @cached_property
    def scales(self) -> tuple[CounterTag, ...]:
        """Those of its counters that are scales."""
        return tuple(one for one in self.counters if one.sensor == "weight")

    @property
    def watch_s(self) -> float:
        """How often to look for silence, seconds."""
        return min(0.5, self.unknown_after_s / 10)

    @property
    def patience_s(self) -> float:
        """Silence of which the next look would come too late is silence now."""
        return self.unknown_after_s - self.watch_s


@dataclass(frozen=True, kw_only=True)
class Guard:
    """When a tag is not written: PackML states, and modes as the mode tag shows them."""

    states: frozenset[int] = frozenset()
    modes: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class DeviceSettings:
    """A device and how patiently it is supervised; monotonic seconds.

    The longest pause between attempts is 4 s by default, because a machine that comes
    back must be counted again within 10 s: an attempt that hangs (`connect_s`) and the
    pause after it have to fit. A plant with many dead devices may set up to 30. Tags that the
    device tells of by itself are read every `verify_s` all the same, and once a change of
    what counts is told, but not within `wake_s` of the reading before. An alarm is
    raised where its clock is off by more than `skew_alarm_s` (0: never). `guards` is by tag.
    """

    config: DeviceConfig
    connect_s: float = 5.0
    poll_limit_s: float = 5.0
    backoff_first_s: float = 1.0
    backoff_most_s: float = 4.0
    verify_s: float = 2.0
    wake_s: float = 0.1
    skew_alarm_s: float = 0.0
    guards: Mapping[str, Guard] = field(default_factory=dict)
