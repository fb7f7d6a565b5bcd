"""How a device is, for people and for /metrics."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DeviceStatus:
    """How a device is: connected, connecting or silent; since when (us), and why.

    Up to plant time `read_at` (us) all its work centers are read and committed, None before
    each was.
    """

    id: str
    state: str
    detail: str
    since: int
    read_at: int | None


@dataclass
class DeviceHealth:
    """Figures for /metrics, since the edge began; `latency_s` of the last poll.

    `changes` were told by the device itself; `missed_changes` is how often some were missing.
    """

    polls: int = 0
    errors: int = 0
    connects: int = 0
    missed_polls: int = 0
    latency_s: float = 0.0
    changes: int = 0
    missed_changes: int = 0
