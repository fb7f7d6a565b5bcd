"""What discovery is asked and what it answers, whatever the protocol."""

from collections.abc import Callable
from dataclasses import dataclass

from plc_drivers.discovery.roles import Proposal

Progress = Callable[[str, float], None]
"""Hears of a step (scanning, walking, watching) and of the share of it that is done, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long to watch, and the pause between two looks, in seconds."""

    watch_s: float = 60.0
    pause_s: float = 0.2


@dataclass(frozen=True, kw_only=True)
class Found:
    """A proposal for each place; `looks` is how often they were read, `notes` are words for
    people about bounds and what was left out."""

    proposals: tuple[Proposal, ...]
    looks: int
    notes: tuple[str, ...] = ()
