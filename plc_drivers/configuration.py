"""What a driver must be told; constructing validates and does no I/O."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from plc_drivers.data_types import BYTE_ORDERS, DATA_TYPES
from plc_drivers.errors import ConfigInvalid, Problem

POLL_MS = 500
MAX_REGISTERS = 125
MAX_NODES_PER_READ = 500
MAX_BITS = 2000
GROUP_MODES = ("poll", "subscribe")
SECURITY_POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
SECURITY_MODES = ("Sign", "SignAndEncrypt")
PARITIES = ("none", "even", "odd")

GroupMode = Literal["poll", "subscribe"]


@dataclass(frozen=True, kw_only=True)
class GroupConfig:
    """How the tags of one group are read.

    `mode` "poll": together, every `poll_ms` (None: as often as the device). "subscribe" (OPC UA):
    the server samples each tag every `sampling_ms`, tells of changes above `deadband` (absolute,
    numbers only) every `publishing_ms`, and keeps `queue` values of a tag meanwhile; a tag that
    the server does not let subscribe is polled. Raises ConfigInvalid.
    """

    id: str
    mode: GroupMode = "poll"
    poll_ms: int | None = None
    sampling_ms: int = 250
    publishing_ms: int = 500
    queue: int = 10
    deadband: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        _raise_any(
            _unless(bool(self.id), "id", self.id, "is empty", "name the group"),
            _one_of("mode", self.mode, GROUP_MODES),
            None if self.poll_ms is None else _within("poll_ms", self.poll_ms, 10, 3_600_000),
            _within("sampling_ms", self.sampling_ms, 0, 60_000),
            _within("publishing_ms", self.publishing_ms, 10, 60_000),
            _within("queue", self.queue, 1, 100_000),
            _unless(
                self.deadband >= 0, "deadband", str(self.deadband), "is below 0", "write 0 or more"
            ),
        )


@dataclass(frozen=True, kw_only=True)
class SecurityConfig:
    """How an OPC UA connection is secured, and who signs in.

    `pki` is the folder with our own certificate and the trust store (`taktline certificates`).
    Signs in by `user` with the password in the environment variable `password_env`, else by
    the certificate and key of the user (`user_certificate`, `user_key`, files), else
    anonymously. Raises ConfigInvalid.
    """

    policy: str = "Basic256Sha256"
    mode: str = "SignAndEncrypt"
    pki: Path = Path("pki")
    user: str = ""
    password_env: str = ""
    user_certificate: Path | None = None
    user_key: Path | None = None

    def __post_init__(self) -> None:
        by_name, by_certificate = bool(self.user), self.user_certificate is not None
        _raise_any(
            _one_of("policy", self.policy, SECURITY_POLICIES),
            _one_of("mode", self.mode, SECURITY_MODES),
            _unless(
                not (by_name and by_certificate),
                "user_certificate",
                str(self.user_certificate),
                "stands beside user",
                "sign in by one of them, and take the other away",
            ),
            _unless(
                by_name == bool(self.password_env),
                "password_env",
                self.password_env,
                "goes with user",
                "name the environment variable that holds the password of the user",
            ),
            _unless(
                by_certificate == (self.user_key is not None),
                "user_key",
                None if self.user_key is None else str(self.user_key),
                "goes with user_certificate",
                "name the file of the key that belongs to the certificate",
            ),
        )


@dataclass(frozen=True, kw_only=True)
class SerialConfig:
    """The serial line of a Modbus RTU device. Raises ConfigInvalid.

    `quiet_ms` is how long the line must be silent after a missed answer before it is used
    again (None: three and a half characters and the device's time-out).
    """

    baudrate: int = 19_200
    bytesize: int = 8
    parity: str = "even"
    stopbits: int = 1
    quiet_ms: int | None = None

    def __post_init__(self) -> None:
        quiet = self.quiet_ms
        _raise_any(
            _within("baudrate", self.baudrate, 300, 1_000_000),
            _within("bytesize", self.bytesize, 7, 8),
            _one_of("parity", self.parity, PARITIES),
            _within("stopbits", self.stopbits, 1, 2),
            None if quiet is None else _within("quiet_ms", quiet, 0, 10_000),
        )


@dataclass(frozen=True, kw_only=True)
class TagConfig:
    """One value of a device.

    `address`, `order` (byte order) and `length` (bytes of a string) are the driver's;
    `role`, `modulus` (how many values a counter has before it wraps), `max_rate_per_s`
    (pieces a second that cannot be exceeded), `saturates_at` (a counter that stops there),
    `correction_band` (a decrease of at most so many takes pieces back), `pieces_per_pulse`,
    `strokes` (a step is one stroke of the job's tool),
    `resettable` (whether somebody can reset it unseen; None: only a start can), `unit` and
    `measures` (the name of what it measures) are kept here for whoever makes sense of the
    readings: drivers never look at them. A number is told as raw x `scale` + `offset`. `group`
    names the group that the tag is read with (empty: the device's own). `write_min` and
    `write_max` bound what may be written; `method_of` (OPC UA) is the object on which the method
    at `address` is called with the value, in place of a write. Raises ConfigInvalid.
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
    resettable: bool | None = None
    saturates_at: int | None = None
    correction_band: int = 0
    pieces_per_pulse: Fraction = Fraction(1)
    strokes: bool = False
    unit: str = ""
    measures: str = ""
    group: str = ""
    scale: Decimal = Decimal(1)
    offset: Decimal = Decimal(0)
    write_min: Decimal | None = None
    write_max: Decimal | None = None
    method_of: str = ""

    @property
    def scaled(self) -> bool:
        """Whether what is told is not simply what the device holds."""
        return self.scale != 1 or self.offset != 0

    def __post_init__(self) -> None:
        _raise_any(*self._problems())

    def _problems(self) -> tuple[Problem | None, ...]:
        rate, low, high = self.max_rate_per_s, self.write_min, self.write_max
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
            _unless(
                self.correction_band >= 0,
                "correction_band",
                self.correction_band,
                "is below 0",
                "write the most pieces that the machine takes back at once",
            ),
            _unless(
                self.pieces_per_pulse > 0,
                "pieces_per_pulse",
                str(self.pieces_per_pulse),
                "is not above 0",
                'write the pieces that one pulse stands for, for example "2"',
            ),
            _unless(self.scale != 0, "scale", str(self.scale), "is 0", "write the factor"),
            _unless(
                low is None or high is None or low <= high,
                "write_max",
                str(high),
                f"is below write_min = {low}",
                "write the largest value that may be written",
            ),
        )


@dataclass(frozen=True, kw_only=True)
class DeviceConfig:
    """One device and its tags.

    `unit` is the Modbus unit (device) id; `timeout_ms` limits the wait for each answer
    (None: the driver's own default); `max_registers`, `max_bits` and `max_nodes_per_read` are
    the device's limits on one request; a gap of more than `max_gap` registers between two tags,
    and whatever lies in a `forbidden` range (`holding:100-199`), is never read with them.
    `profile` names the limits of an OPC UA server by its maker; `sessions` is how many sessions
    share its subscriptions (0: as many as its limits ask for). Raises ConfigInvalid.
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
    max_bits: int = MAX_BITS
    max_gap: int = MAX_REGISTERS
    forbidden: tuple[str, ...] = ()
    groups: tuple[GroupConfig, ...] = ()
    profile: str = "generic"
    sessions: int = 0
    security: SecurityConfig | None = None
    serial: SerialConfig | None = None

    def group(self, tag: TagConfig) -> GroupConfig:
        """The group of one of its tags; tags without one are polled as the device is."""
        own = GroupConfig(id="-", poll_ms=self.poll_ms)
        return next((one for one in self.groups if one.id == tag.group), own)

    def __post_init__(self) -> None:
        _raise_any(*self._problems())

    def _problems(self) -> tuple[Problem | None, ...]:
        timeout = self.timeout_ms
        return (
            _unless(bool(self.id), "id", self.id, "is empty", "name the device"),
            _within("unit", self.unit, 0, 255),
            _within("poll_ms", self.poll_ms, 10, 10_000),
            None if timeout is None else _within("timeout_ms", timeout, 10, 60_000),
            _within("max_registers", self.max_registers, 1, MAX_REGISTERS),
            _within("max_nodes_per_read", self.max_nodes_per_read, 1, 10_000),
            _within("max_bits", self.max_bits, 1, MAX_BITS),
            _within("max_gap", self.max_gap, 0, MAX_REGISTERS),
            _within("sessions", self.sessions, 0, 20),
            *(self._repeated(index) for index in range(len(self.tags))),
            *(self._without_group(index) for index in range(len(self.tags))),
        )

    def _without_group(self, index: int) -> Problem | None:
        group, known = self.tags[index].group, [one.id for one in self.groups]
        mend = f"write one of {', '.join(known)}" if known else "add [[device.group]]"
        good = not group or group in known
        return _unless(good, f"tag[{index}].group", group, "is no group of the device", mend)

    def _repeated(self, index: int) -> Problem | None:
        tag = self.tags[index].id
        earlier = [other.id for other in self.tags[:index]]
        key = f"tag[{index}].id"
        return _unless(tag not in earlier, key, tag, "is used twice", "give it another id")


def _raise_any(*problems: Problem | None) -> None:
    """ConfigInvalid with all problems there are."""
    if found := [problem for problem in problems if problem]:
        raise ConfigInvalid(found)


def _unless(good: bool, key: str, value: object, message: str, mend: str) -> Problem | None:
    return None if good else Problem(key, value, message, mend)


def _one_of(key: str, value: str, allowed: tuple[str, ...]) -> Problem | None:
    mend = f"write one of {', '.join(allowed)}"
    return _unless(value in allowed, key, value, f"is no {key} that is known", mend)


def _within(key: str, value: int, low: int, high: int) -> Problem | None:
    mend = f"write a number from {low} to {high}"
    return _unless(low <= value <= high, key, value, f"is outside {low} to {high}", mend)
