"""A fault that is told, and those that are in force at a machine."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulators.clock import to_datetime
from simulators.faults.kinds import Kind

SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A fault with its values by parameter.

    `begins` is microseconds UTC of plant time, or since the start if `after_start`;
    `lasts` plant microseconds, None until it is cleared.
    """

    kind: Kind
    values: Mapping[str, Any] = field(default_factory=dict)
    begins: int = 0
    after_start: bool = True
    lasts: int | None = None

    def begin_at(self, start: int) -> int:
        """When it begins, of plant time, if the machines were started at `start`."""
        return start + self.begins if self.after_start else self.begins


@dataclass
class InForce:
    """What is wrong with one machine now; a kind is in force once at a time.

    `answering` is set unless the machine is silent.
    """

    _troubles: dict[str, Trouble] = field(default_factory=dict)
    _until: dict[str, int | None] = field(default_factory=dict)
    answering: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.answering.set()

    def __contains__(self, kind: str) -> bool:
        return kind in self._troubles

    def values(self, kind: str) -> Mapping[str, Any] | None:
        """What a fault of this kind was told; None if none is in force."""
        trouble = self._troubles.get(kind)
        return None if trouble is None else trouble.values

    def put(self, trouble: Trouble, now: int) -> None:
        """From `now` on; it takes the place of another of its kind."""
        self._troubles[trouble.kind.name] = trouble
        lasts = trouble.lasts
        self._until[trouble.kind.name] = None if lasts is None else now + lasts
        if trouble.kind.name == SILENT:
            self.answering.clear()

    def take(self, kind: str) -> None:
        self._troubles.pop(kind, None)
        self._until.pop(kind, None)
        if kind == SILENT:
            self.answering.set()

    def kinds(self) -> list[str]:
        return list(self._troubles)

    def over(self, now: int) -> list[str]:
        """The kinds whose time has passed."""
        return [kind for kind, until in self._until.items() if until is not None and until <= now]

    def told(self) -> list[dict[str, Any]]:
        """For people: kind, values and the end of each."""
        return [
            {"kind": kind, **_plain(trouble), "until": _iso(self._until[kind])}
            for kind, trouble in self._troubles.items()
        ]


def _plain(trouble: Trouble) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in trouble.values.items()
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else to_datetime(at).isoformat()
