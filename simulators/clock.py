"""The plant clock of the simulators: their own few lines, shared with nobody.

What tests the product must not share its code. This module is the only one of the
simulators that reads the system's time.
"""

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

MICROS = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """What a simulator asks for time."""

    def now(self) -> int:
        """Plant time, microseconds UTC since 1970."""
        ...

    def monotonic(self) -> float:
        """Seconds of the machine's monotonic clock, never scaled: for time-outs and anchors."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """Plant time is the system's UTC."""

    def now(self) -> int:
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass(frozen=True)
class PlantClock:
    """Plant time = origin + (monotonic - anchor) x speed.

    `origin` in microseconds UTC, `anchor` in seconds of the machine's monotonic clock.
    An anchor in the future is a countdown: plant time before the origin.
    """

    origin: int
    speed: float
    anchor: float

    def now(self) -> int:
        return self.origin + round((time.monotonic() - self.anchor) * self.speed * MICROS)

    def monotonic(self) -> float:
        return time.monotonic()


def parse_plant_clock(text: str) -> Clock:
    """Clock of `ORIGIN,SPEED,ANCHOR` (contracts, section 6); an empty text is the system's UTC.

    Raises ValueError that says what is wrong.
    """
    if not text:
        return SystemClock()
    parts = text.split(",")
    if len(parts) != 3:
        raise ValueError(f"plant clock {text!r}: expected ORIGIN,SPEED,ANCHOR")
    speed, anchor = float(parts[1]), float(parts[2])
    if not (0 < speed < math.inf and math.isfinite(anchor)):
        raise ValueError(f"plant clock {text!r}: the speed must be above 0, the anchor a number")
    return PlantClock(parse_time(parts[0]), speed, anchor)


def parse_time(text: str) -> int:
    """Microseconds UTC of an ISO 8601 time with offset; naive times are refused (ValueError)."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(
            f"time {text!r} has no offset; write for example 2026-06-08T06:00:00+02:00"
        )
    return to_micros(moment)


def to_micros(moment: datetime) -> int:
    """Microseconds UTC since 1970 of an aware datetime, exact."""
    return (moment - EPOCH) // MICROSECOND


def to_datetime(micros: int) -> datetime:
    """Aware UTC datetime of microseconds since 1970, exact."""
    return EPOCH + timedelta(microseconds=micros)
