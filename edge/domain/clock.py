"""Two clocks: when something happened, and how long to wait for it.

The plant clock dates facts, plans, shifts and KPIs; in a demo it runs faster than
life. The monotonic clock drives time-outs and back-offs and is never scaled. This
module is the only one of the product that reads the system's time.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

MICROS = 1_000_000


class Clock(Protocol):
    """What a room asks for time."""

    def now(self) -> int:
        """Plant time, microseconds UTC since 1970."""
        ...

    def monotonic(self) -> float:
        """Seconds of the machine's monotonic clock, never scaled."""
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

    `origin` in microseconds UTC, `anchor` in seconds of the machine's monotonic
    clock (one clock for all processes of a machine), `speed` a factor above 0.
    """

    origin: int
    speed: float
    anchor: float

    def now(self) -> int:
        return self.origin + round((time.monotonic() - self.anchor) * self.speed * MICROS)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class ManualClock:
    """A clock that stands until it is moved: for tests and for replays."""

    plant: int = 0
    seconds: float = field(default=0.0)

    def now(self) -> int:
        return self.plant

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Move both clocks by `seconds`."""
        self.plant += round(seconds * MICROS)
        self.seconds += seconds


def parse_plant_clock(text: str) -> Clock:
    """Clock of `ORIGIN,SPEED,ANCHOR`; an empty text is the system's clock.

    Raises ValueError that says what is wrong.
    """
    if not text:
        return SystemClock()
    parts = text.split(",")
    if len(parts) != 3:
        raise ValueError(f"plant clock {text!r}: expected ORIGIN,SPEED,ANCHOR")
    speed = float(parts[1])
    if speed <= 0:
        raise ValueError(f"plant clock {text!r}: the speed must be above 0")
    return PlantClock(parse_time(parts[0]), speed, float(parts[2]))


def parse_time(text: str) -> int:
    """Microseconds UTC of an ISO 8601 time with offset.

    Raises ValueError for a naive time, and for one of no year that UTC has.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(
            f"time {text!r} has no offset; write for example 2026-06-01T06:00:00+02:00"
        )
    try:
        return to_micros(moment)
    except OverflowError:  # an end of the calendar with an offset that leads beyond it
        raise ValueError(f"time {text!r} lies outside the years 1 to 9999") from None


def to_micros(moment: datetime) -> int:
    """Microseconds UTC of an aware datetime."""
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * MICROS + delta.microseconds


def to_datetime(micros: int) -> datetime:
    """Aware UTC datetime of microseconds since 1970, exact."""
    seconds, rest = divmod(micros, MICROS)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
