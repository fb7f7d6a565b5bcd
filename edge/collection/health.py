"""How a device is, for people and for /metrics."""

from collections import Counter
from dataclasses import dataclass, field

from edge.collection.latencies import Latencies
from plc_drivers.errors import ConfigInvalid, Refused, Unreachable, Untrusted

# What a failed attempt or poll was, the first that fits.
FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (Untrusted, "untrusted"),
    (Unreachable, "unreachable"),
    (TimeoutError, "timeout"),
    (Refused, "refused"),
    (ConfigInvalid, "configuration"),
    (OSError, "network"),
)


@dataclass(frozen=True, kw_only=True)
class DeviceStatus:
    """How a device is: connected, connecting or silent; since when (us), and why.

    Up to plant time `read_at` (us) all its work centers are read and committed, None before
    each was. Its clock is `clock_skew_s` ahead (below 0: behind), None where that is not known.
    """

    id: str
    state: str
    detail: str
    since: int
    read_at: int | None
    clock_skew_s: float | None = None


@dataclass
class DeviceHealth:
    """Figures for /metrics, since the edge began; `latency_s` of the last poll.

    `failures` are connections that were lost or not made, by kind.

    `changes` were told by the device itself; `missed_changes` is how often some were missing.
    `clock_skew_s`: how far its clock is ahead (below 0: behind); 0 where that is not known.
    `beats` are our heartbeats that were written.
    `acknowledge_failures`: the device refused to be told that a message is recorded.
    """

    polls: int = 0
    errors: int = 0
    connects: int = 0
    missed_polls: int = 0
    latency_s: float = 0.0
    changes: int = 0
    missed_changes: int = 0
    clock_skew_s: float = 0.0
    beats: int = 0
    beat_failures: int = 0
    acknowledge_failures: int = 0
    latencies: Latencies = field(default_factory=Latencies)
    failures: Counter[str] = field(default_factory=Counter)

    def answered(self, seconds: float) -> None:
        """A poll was answered."""
        self.latency_s = seconds
        self.latencies.add(seconds)

    def failed(self, error: Exception) -> None:
        """A connection was lost, or not made."""
        kinds = (name for kind, name in FAILURES if isinstance(error, kind))
        self.failures[next(kinds, "defect")] += 1
