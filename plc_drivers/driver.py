"""What every driver does; drivers share this shape and no base class."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from plc_drivers.reading import Reading, Value


class Driver(Protocol):
    """One connection to one device.

    Made as `SomeDriver(config, now)`: constructing validates (ConfigInvalid) and does no I/O;
    `now` tells the time in microseconds UTC. A driver connects once. After Unreachable it is
    closed and a new one is made: retry, back-off and logging belong to its supervisor. One
    caller at a time.
    """

    async def connect(self) -> None:
        """Open the connection; Unreachable if the device does not answer in time."""
        ...

    async def poll(self, tags: Collection[str] | None = None) -> tuple[Reading, ...]:
        """One fresh reading of each of `tags` (None: of every tag that can be read), in the
        order of the configuration.

        As few requests as the device's limits allow; the readings of one request share an
        edge time. A tag that cannot be read is a reading of bad quality; Unreachable if the
        device does not answer in time.
        """
        ...

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Write values by tag id, in their order, and read them back.

        Answers what was read back (None where that failed), for the caller to compare: a
        device may already have taken a command and cleared it. Refused if a tag is unknown,
        not `write = true`, of another type, or refused by the device; Unreachable as above.
        """
        ...

    async def close(self) -> None:
        """End the connection, whatever its state; never raises for a dead device."""
        ...


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a device told by itself since the last time, in the order in which it came.

    `missed` says in words why values may be missing between these and those before (overflow,
    a missed publish, a subscription that was made anew), empty if none can be: the caller
    reads again what it must not lose.
    """

    readings: tuple[Reading, ...] = ()
    missed: str = ""


@runtime_checkable
class Subscriber(Protocol):
    """What a driver does beside `Driver` if its device can tell of changes by itself.

    Tags of groups with mode "subscribe" are monitored from `connect` on. `polled` are the ids of
    those that the device does not let subscribe (or that are in no such group): whoever calls
    reads them by `poll`. It may change while the connection lasts.
    """

    @property
    def polled(self) -> frozenset[str]: ...

    async def changes(self) -> Changes:
        """Wait for the next changes; all that wait at once. One caller, beside that of `poll`.

        A device that has nothing to tell sends keep-alives: Unreachable if those stay away too.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Revised:
    """What the server made of a group's wishes: its slowest intervals and its shortest queue."""

    publishing_ms: float
    sampling_ms: float
    queue: int

    def beside(self, other: "Revised | None") -> "Revised":
        """Both taken together."""
        if other is None:
            return self
        return Revised(
            publishing_ms=max(self.publishing_ms, other.publishing_ms),
            sampling_ms=max(self.sampling_ms, other.sampling_ms),
            queue=min(self.queue, other.queue),
        )


@runtime_checkable
class Revising(Protocol):
    """A driver that knows what its device made of the wishes of its groups, by group."""

    @property
    def revised(self) -> Mapping[str, Revised]: ...
