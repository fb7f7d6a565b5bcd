"""The latest reading of each tag of a device, however it came, and how often tags change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from plc_drivers.reading import Reading, Value

RATE_S = 5.0


@dataclass
class Latest:
    """Kept by tag, so it never grows; the readings stay when the device is silent."""

    readings: dict[str, Reading] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    _fresh: set[str] = field(default_factory=set)
    _marks: list[tuple[float, Mapping[str, int]]] = field(default_factory=list)

    def connected(self) -> None:
        """What was read before this connection is shown, but is no part of a snapshot."""
        self._fresh.clear()

    def take(self, readings: Iterable[Reading]) -> None:
        """Keep newer readings, in the order in which they came."""
        for reading in readings:
            before = self.readings.get(reading.tag)
            self.readings[reading.tag] = reading
            self._fresh.add(reading.tag)
            if before is not None and before.value != reading.value:
                self.changed[reading.tag] = self.changed.get(reading.tag, 0) + 1

    def value_of(self, tag: str) -> Value:
        """What a tag showed last; None if it was never read."""
        return self.readings[tag].value if tag in self.readings else None

    def with_fresh(self, readings: Iterable[Reading]) -> dict[str, Reading]:
        """What a poll has just read, and beside it the latest of all other tags."""
        merged = {tag: self.readings[tag] for tag in self._fresh}
        merged.update((reading.tag, reading) for reading in readings)
        return merged

    def rates(self, now: float) -> Mapping[str, float]:
        """Changes a second by tag, of the last seconds; `now` is the monotonic second."""
        self.mark(now)
        since, before = self._marks[0]
        span = max(now - since, 1e-9)
        return {
            tag: (count - before.get(tag, 0)) / span
            for tag, count in self.changed.items()
            if now > since
        }

    def mark(self, now: float) -> None:
        """Remember how often tags had changed by `now`; cheap, called now and then."""
        if not self._marks or now - self._marks[-1][0] >= RATE_S:
            self._marks = [*self._marks[-1:], (now, dict(self.changed))]
