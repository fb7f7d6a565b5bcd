"""What every driver does; drivers share this shape and no base class."""

from collections.abc import Mapping
from typing import Protocol

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

    async def poll(self) -> tuple[Reading, ...]:
        """One reading of every tag, in the order of the configuration.

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
