"""How a device is, for people and for /metrics."""

from dataclasses import dataclass


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

    `changes` were told by the device itself; `missed_changes` is how often some were missing.
    `clock_skew_s`: how far its clock is ahead (below 0: behind); 0 where that is not known.
    """

    polls: int = 0
    errors: int = 0
    connects: int = 0
    missed_polls: int = 0
    latency_s: float = 0.0
    changes: int = 0
    missed_changes: int = 0
    clock_skew_s: float = 0.0
