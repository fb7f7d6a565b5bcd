"""A plant as configured: frozen, complete, checked. See docs/plant_toml.md for each key."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from edge.configuration.materials import MaterialsConfig
from edge.configuration.people import PeopleConfig
from edge.domain.calendars import WorkCalendar
from edge.domain.changeover import NO_CHANGEOVERS, Changeovers
from edge.domain.jobs import ToolLife
from edge.domain.maintenance import MaintenancePlan
from edge.domain.pace import ReplanRules
from edge.domain.plan_versions import ReleaseRules
from edge.domain.quality.gauges import Gauge
from plc_drivers.configuration import DeviceConfig, TagConfig

COUNTER_ROLES = ("good", "reject", "rework", "total")
SENSOR_ROLES = ("pulse", "weight")
"""Lines without a counter: a digital pulse, and a scale whose weight is counted in pieces."""
STATUS_ROLES = (
    "state",
    "mode",
    "fault",
    "order",
    "recipe",
    "heartbeat",
    "boot",
    "speed",
    "energy",
)
MEASURED_ROLE = "measured"
"""A value that inspections take; several in a device, each with the name of what it measures."""
MAILBOX_ROLES = (
    "mailbox_sequence",
    "mailbox_good",
    "mailbox_reject",
    "mailbox_order",
    "mailbox_acknowledge",
)
"""A sequence-numbered mailbox: payload and sequence are read together, then acknowledged."""
SETPOINT_ROLES = (
    "order_setpoint",
    "recipe_setpoint",
    "target_setpoint",
    "limit_setpoint",
    "command",
)
"""Written at a changeover, in this order; `command` comes last."""
HOUR_ROLES = ("hour_order_setpoint", "hour_target_setpoint", "hour_rate_setpoint")
"""Written with each hour's instruction: order number, pieces, pieces an hour."""
BEAT_ROLE = "heartbeat_out"
"""Written by the edge each second, so that the machine knows that the edge lives."""
ROLES = (
    *COUNTER_ROLES,
    *SENSOR_ROLES,
    *STATUS_ROLES,
    MEASURED_ROLE,
    *MAILBOX_ROLES,
    *SETPOINT_ROLES,
    *HOUR_ROLES,
    BEAT_ROLE,
    "other",
)
NO_RULES = MaterialsConfig()
NO_PEOPLE = PeopleConfig()
USUAL_RULES = ReplanRules()
USUAL_RELEASES = ReleaseRules()
SetupPieces = Literal["good", "scrap", "approval"]
ToolWorn = Literal["warn", "forbid"]
TIME_CLASS_MODES = ("production", "maintenance", "manual")

Dispatch = Literal["automatic", "machine", "operator"]
Counting = Literal["device", "manual"]
ReasonKind = Literal["scrap", "stop"]
StateModel = Literal["packml", "machinery", "table"]


@dataclass(frozen=True)
class SiteConfig:
    """The site; `timezone` is an IANA name and makes hours, shifts and days."""

    id: str
    timezone: str


@dataclass(frozen=True)
class EdgeConfig:
    """This edge; `store` is its SQLite file, `pki` the folder of its certificates.

    `snapshots` is the folder of the store's snapshots, of which so many hourly and daily ones
    are kept; `ballast_mb` the size of what gives way when the disk is full.

    Facts older than `keep_days` move to archive files; 0: never.
    """

    id: str
    store: Path
    pki: Path
    snapshots: Path
    snapshots_hourly: int
    snapshots_daily: int
    ballast_mb: int
    keep_days: int = 0


@dataclass(frozen=True)
class ApiConfig:
    """Where the edge's API listens; the token, if any, stands in the variable `token_env`."""

    host: str
    port: int
    token_env: str | None


@dataclass(frozen=True)
class SyncConfig:
    """The sync service; the token stands in the variable `token_env`."""

    url: str
    token_env: str


@dataclass(frozen=True)
class Reason:
    """Why pieces were scrapped or a machine stood, for operators to choose.

    `parent` is the code above it in the tree, empty at the top; `loss` the class of stop that it
    means; without `work_centers` it is for all.
    """

    kind: ReasonKind
    code: str
    en: str
    zh: str
    parent: str = ""
    loss: str = "other"
    planned: bool = False
    work_centers: tuple[str, ...] = ()


@dataclass(frozen=True)
class FaultText:
    """A machine's fault code in words; `reason` the stop reason that it stands for, or empty."""

    code: int
    en: str
    zh: str
    reason: str = ""


@dataclass(frozen=True)
class StateRow:
    """A state of a device's own: what the state tag shows (a number, of which only the bits of
    `mask` count, or a text), and the PackML state that it means. The first that fits is it."""

    packml: int
    raw: int | None = None
    text: str | None = None
    mask: int | None = None


@dataclass(frozen=True)
class WriteGuard:
    """When a tag is not written: PackML states, and modes as the mode tag shows them."""

    states: frozenset[int] = frozenset()
    modes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Device:
    """A device: what its driver needs, its fault texts, and what its states and modes mean.

    `state_model` says what the state tag shows; `states` are the rows of "table". `modes` maps
    the builder's own modes to one of TIME_CLASS_MODES. `guards` is by tag. `backoff_most_s`,
    `skew_alarm_s` (0: never), `verify_s` and `wake_s` are seconds.
    """

    connection: DeviceConfig
    faults: tuple[FaultText, ...]
    state_model: StateModel
    states: tuple[StateRow, ...]
    modes: Mapping[int, str]
    guards: Mapping[str, WriteGuard]
    backoff_most_s: Fraction
    skew_alarm_s: Fraction
    verify_s: Fraction
    wake_s: Fraction

    @property
    def id(self) -> str:
        return self.connection.id

    def tag(self, role: str) -> TagConfig | None:
        """The tag of a role; None if the device has none (`other`, `measured`: no single tag)."""
        return next((tag for tag in self.connection.tags if tag.role == role), None)


@dataclass(frozen=True)
class WorkCenterConfig:
    """A work center: `device` and `calendar` by id.

    `device` None: it has none, and people say what it does. `counting`: whether its device
    counts its pieces, or people report them.

    `skills`: of each somebody must be there before a job starts.
    `micro_stop_us`: a stop of at most so many microseconds counts as production.
    `unknown_after_us`: after so many microseconds of silence its state is UNKNOWN. `area` is
    empty for the site as a whole; `capacity_per_hour` pieces, None where it is not said.
    """

    id: str
    name: str
    line: str
    constraint: bool
    device: str | None
    calendar: str
    dispatch: Dispatch
    counting: Counting
    unknown_after_us: int
    micro_stop_us: int = 0
    skills: frozenset[str] = frozenset()
    parallel: int = 1
    area: str = ""
    capacity_per_hour: Fraction | None = None
    setup_pieces: SetupPieces = "good"


@dataclass(frozen=True)
class PlantConfig:
    """All of a plant.toml; `sha256` is that of the file's bytes."""

    file: Path
    sha256: str
    site: SiteConfig
    edge: EdgeConfig
    api: ApiConfig
    sync: SyncConfig | None
    calendars: tuple[WorkCalendar, ...]
    reasons: tuple[Reason, ...]
    devices: tuple[Device, ...]
    work_centers: tuple[WorkCenterConfig, ...]
    people: PeopleConfig = NO_PEOPLE
    materials: MaterialsConfig = NO_RULES
    maintenance: tuple[MaintenancePlan, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    tools: tuple[ToolLife, ...] = ()
    red_percent: int = 10
    changeovers: Changeovers = NO_CHANGEOVERS
    planning: ReplanRules = USUAL_RULES
    releases: ReleaseRules = USUAL_RELEASES

    def device(self, device_id: str | None) -> Device:
        """The device of an id; KeyError if there is none."""
        return {device.id: device for device in self.devices}[device_id or ""]

    def calendar(self, calendar_id: str) -> WorkCalendar:
        """The calendar of an id; KeyError if there is none."""
        return {calendar.id: calendar for calendar in self.calendars}[calendar_id]
