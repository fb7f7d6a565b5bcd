"""What a driver must be told; constructing validates and does no I/O."""

from dataclasses import dataclass
from fractions import Fraction

from plc_drivers.data_types import BYTE_ORDERS, DATA_TYPES
from plc_drivers.errors import ConfigInvalid, Problem

POLL_MS = 500
MAX_REGISTERS = 125
MAX_NODES_PER_READ = 500


@dataclass(frozen=True, kw_only=True)
class TagConfig:
    """One value of a device.

    `address`, `order` (byte order) and `length` (bytes of a string) are the driver's;
    `role`, `modulus` (how many values a counter has before it wraps), `max_rate_per_s`
    (pieces a second that cannot be exceeded), `resettable` and `unit` are kept here for
    whoever makes sense of the readings: drivers never look at them. Raises ConfigInvalid.
    """

    id: str
    address: str
    type: str
    order: str = "ABCD"
    length: int = 0
    write: bool = False
    role: str = "other"
    modulus: int | None = None
    max_rate_per_s: Fraction | None = None
    resettable: bool = True
    unit: str = ""

    def __post_init__(self) -> None:
        problems = [problem for problem in self._problems() if problem]
        if problems:
            raise ConfigInvalid(problems)

    def _problems(self) -> tuple[Problem | None, ...]:
        rate = self.max_rate_per_s
        return (
            _unless(bool(self.id), "id", self.id, "is empty", "name the tag"),
            _one_of("type", self.type, tuple(DATA_TYPES)),
            _one_of("order", self.order, BYTE_ORDERS),
            _unless(
                self.modulus is None or self.modulus > 1,
                "modulus",
                self.modulus,
                "is below 2",
                "write the number of values before the counter wraps, for example 65536",
            ),
            _unless(
                rate is None or rate > 0,
                "max_rate_per_s",
                str(rate),
                "is not above 0",
                'write the most pieces a second that the machine can make, for example "3"',
            ),
        )


@dataclass(frozen=True, kw_only=True)
class DeviceConfig:
    """One device and its tags.

    `unit` is the Modbus unit (device) id; `timeout_ms` limits the wait for each answer
    (None: the driver's own default); `max_registers` and `max_nodes_per_read` are the
    device's limits on one request. Raises ConfigInvalid.
    """

    id: str
    driver: str
    url: str
    tags: tuple[TagConfig, ...] = ()
    insecure: bool = False
    unit: int = 1
    poll_ms: int = POLL_MS
    timeout_ms: int | None = None
    max_registers: int = MAX_REGISTERS
    max_nodes_per_read: int = MAX_NODES_PER_READ

    def __post_init__(self) -> None:
        problems = [problem for problem in self._problems() if problem]
        if problems:
            raise ConfigInvalid(problems)

    def _problems(self) -> tuple[Problem | None, ...]:
        timeout = self.timeout_ms
        return (
            _unless(bool(self.id), "id", self.id, "is empty", "name the device"),
            _within("unit", self.unit, 0, 255),
            _within("poll_ms", self.poll_ms, 10, 10_000),
            None if timeout is None else _within("timeout_ms", timeout, 10, 60_000),
            _within("max_registers", self.max_registers, 1, MAX_REGISTERS),
            _within("max_nodes_per_read", self.max_nodes_per_read, 1, 10_000),
            *(self._repeated(index) for index in range(len(self.tags))),
        )

    def _repeated(self, index: int) -> Problem | None:
        tag = self.tags[index].id
        earlier = [other.id for other in self.tags[:index]]
        key = f"tag[{index}].id"
        return _unless(tag not in earlier, key, tag, "is used twice", "give it another id")


def _unless(good: bool, key: str, value: object, message: str, mend: str) -> Problem | None:
    return None if good else Problem(key, value, message, mend)


def _one_of(key: str, value: str, allowed: tuple[str, ...]) -> Problem | None:
    mend = f"write one of {', '.join(allowed)}"
    return _unless(value in allowed, key, value, f"is no {key} that is known", mend)


def _within(key: str, value: int, low: int, high: int) -> Problem | None:
    mend = f"write a number from {low} to {high}"
    return _unless(low <= value <= high, key, value, f"is outside {low} to {high}", mend)
