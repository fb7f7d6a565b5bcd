"""What a device tells by itself between two snapshots: it wakes a reading, and shows states.

Pure. Nothing is counted from it (docs/decisions/0002). States that came and went are kept in
order up to a bound; all else is kept by tag alone (`readings.py`), so that a slow store or a
fast device makes nothing grow.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from plc_drivers.driver import Changes
from plc_drivers.reading import Reading, Value

MOST = 1000
JOIN_US = 100_000  # a state and its fault code are told one after the other
SLACK_US = 1_000_000  # a publishing interval, about
REMEMBERED = 8


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What tags showed between two snapshots: their readings, at edge time `at` (us)."""

    at: int
    readings: Mapping[str, Reading]


class Waiting(NamedTuple):
    """Changes of state in order, and why some may be missing (empty: none are)."""

    changes: tuple[Reading, ...]
    missed: str
    number: int


_NEVER = object()


class _Shown(NamedTuple):
    source: int | None
    value: Value


@dataclass
class Backlog:
    """What was told since the last snapshot; `states` are the tags whose changes are kept."""

    states: frozenset[str] = frozenset()
    most: int = MOST
    missed: str = ""
    _number: int = 0  # of times that something was missed
    _waiting: deque[Reading] = field(default_factory=deque)
    _shown: dict[str, deque[_Shown]] = field(default_factory=dict)
    _told: dict[str, object] = field(default_factory=dict)

    def take(self, changes: Changes) -> None:
        """Keep what was told."""
        if changes.missed:
            self._miss(changes.missed)
        for reading in changes.readings:
            if reading.tag in self.states and self._is_news(reading):
                self._told[reading.tag] = reading.value
                self._keep(reading)

    def waiting(self) -> Waiting:
        """What has come up to now: look before a snapshot is asked for, which is newer."""
        return Waiting(tuple(self._waiting), self.missed, self._number)

    def settle(self, waiting: Waiting, readings: Mapping[str, Reading]) -> None:
        """The snapshot `readings` has come, and `waiting` goes with it."""
        for _ in waiting.changes:
            self._waiting.popleft()
        if self._number == waiting.number:
            self.missed = ""
        for tag in self.states & readings.keys():
            reading = readings[tag]
            shown = self._shown.setdefault(tag, deque(maxlen=REMEMBERED))
            shown.append(_Shown(reading.source_time, reading.value))
            self._told[tag] = reading.value

    def _keep(self, reading: Reading) -> None:
        if len(self._waiting) < self.most:
            self._waiting.append(reading)
        else:
            self._miss(f"more than {self.most} changes of state waited")

    def _miss(self, why: str) -> None:
        self.missed, self._number = why, self._number + 1

    def _is_news(self, reading: Reading) -> bool:
        """Whether it shows what no snapshot has shown, or undoes what was told since.

        A device tells late: a change may be older than a snapshot that has come already. By
        the device's own clock it is told apart: what a snapshot next to it showed is known.
        """
        told = self._told.get(reading.tag, _NEVER)
        shown, source = self._shown.get(reading.tag), reading.source_time
        newest = shown[-1] if shown else None
        if newest is None or newest.source is None or source is None or source > newest.source:
            return reading.value != told
        if told != newest.value:
            return reading.value != told
        return reading.value not in _beside(shown or (), source)


def _beside(shown: Iterable[_Shown], source: int) -> Iterator[Value]:
    """What the snapshots just before and just after a source time showed."""
    before: list[Value] = []
    for one in shown:
        if one.source is not None and one.source >= source:
            yield one.value
            break
        before = [one.value]
    yield from before


def moments(changes: Sequence[Reading], since: int) -> tuple[Moment, ...]:
    """Changes in order, with the times at which they were; after `since` (edge time, us).

    What arrived together is told apart by the device's own clock, if its differences are
    sound: they fit between `since` and the arrival. The device's time itself is not used, so
    that a clock that is off by a day moves nothing. Tags that change within 0.1 s of each
    other are one moment: a stop and its fault code.
    """
    found: list[tuple[int, dict[str, Reading]]] = []
    for arrival, together in groupby(changes, key=lambda one: one.edge_time):
        for at, reading in _timed(tuple(together), arrival, since):
            last = found[-1] if found else None
            if last and reading.tag not in last[1] and at - last[0] <= JOIN_US:
                last[1][reading.tag] = reading
            else:
                found.append((max(at, last[0] if last else at), {reading.tag: reading}))
    return tuple(Moment(at=at, readings=readings) for at, readings in found)


def _timed(together: Sequence[Reading], arrival: int, since: int) -> Sequence[tuple[int, Reading]]:
    """Each change of one arrival with its time, in order."""
    stamps = _stamps(together)
    span = max(stamps) - min(stamps) if stamps else 0
    if not stamps or span > max(arrival - since, 0) + SLACK_US:
        return [(arrival, one) for one in _in_known_order(together)]
    pairs = sorted(zip(stamps, together, strict=True), key=lambda pair: pair[0])
    return [(arrival - (max(stamps) - stamp), one) for stamp, one in pairs]


def _stamps(together: Sequence[Reading]) -> list[int]:
    """Times of one clock for all changes: the sources', else the server's; empty for neither."""
    for times in ([one.source_time for one in together], [one.server_time for one in together]):
        if known := [time for time in times if time is not None]:
            return known if len(known) == len(together) else []
    return []


def _in_known_order(together: Sequence[Reading]) -> Sequence[Reading]:
    """Changes without times: where a tag changed twice, which value of another tag went with
    which is not known, so that tag's alone are kept; the snapshot shows the others."""
    tags = [one.tag for one in together]
    twice = next((tag for tag in tags if tags.count(tag) > 1), None)
    return [one for one in together if twice in (None, one.tag)]


@dataclass(frozen=True, kw_only=True)
class Held:
    """What passed since the last recording of a work center, until it is recorded."""

    passed: tuple[Moment, ...] = ()
    missed: str = ""

    def joined(self, passed: tuple[Moment, ...], missed: str) -> "Held":
        """With what has passed since; bounded, for a store that takes nothing for long."""
        every, why = (*self.passed, *passed), self.missed or missed
        if len(every) > MOST:
            why = why or f"more than {MOST} changes of state waited for the store"
        return Held(passed=every[:MOST], missed=why)


NOTHING_HELD = Held()
