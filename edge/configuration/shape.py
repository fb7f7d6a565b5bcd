"""The keys of plant.toml, strictly: what stands in the file, before it means anything.

Each field's description is its meaning and its first example is what a mend shows;
docs/plant_toml.md is held against both.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from edge.configuration.model import ROLES, Dispatch, ReasonKind
from plc_drivers.configuration import MAX_NODES_PER_READ, MAX_REGISTERS, POLL_MS
from plc_drivers.data_types import BYTE_ORDERS, DATA_TYPES
from plc_drivers.registry import DRIVERS

FORMAT = "taktline.plant/1"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DATE = r"\d{4}-\d{2}-\d{2}"
_MOMENT = rf"{_DATE}T\d{{2}}:\d{{2}}(?::\d{{2}})?(?:Z|[+-]\d{{2}}:\d{{2}})"
EXCEPTION = re.compile(rf"{_DATE}|{_DATE}/{_DATE}|{_MOMENT}/{_MOMENT}")


def _one_of(*allowed: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"is not one of {', '.join(allowed)}")
        return value

    return AfterValidator(check)


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Env = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
DecimalText = Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,9})?$")]
Clock = Annotated[str, Field(pattern=rf"^{_CLOCK}$")]
Span = Annotated[str, Field(pattern=rf"^{_CLOCK}-{_CLOCK}$")]
Exceptions = list[Annotated[str, Field(pattern=rf"^(?:{EXCEPTION.pattern})$")]]


class Shape(BaseModel):
    """Strict: no unknown keys, and no value of another type is taken for the right one."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class SiteShape(Shape):
    id: Id = Field(description="Name of the site in facts and messages", examples=["s1"])
    timezone: Text = Field(
        description="IANA time zone; makes hours, shifts and production days",
        examples=["Europe/Berlin"],
    )


class EdgeShape(Shape):
    id: Id = Field(description="Name of this edge, the same for its whole life", examples=["e1"])
    store: Text = Field(
        "edge.sqlite",
        description="SQLite file, relative to this file",
        examples=["edge.sqlite"],
    )


class ApiShape(Shape):
    listen: Text = Field(
        "127.0.0.1:8811",
        description="HOST:PORT of the API for terminals; an address that other machines reach "
        "needs token_env; port 0 is any free port",
        examples=["127.0.0.1:8811"],
    )
    token_env: Env | None = Field(
        None,
        description="Environment variable that holds the token which terminals must send",
        examples=["TAKTLINE_API_TOKEN"],
    )


class SyncShape(Shape):
    url: Text = Field(
        description="Base URL of the sync service", examples=["http://127.0.0.1:8080"]
    )
    token_env: Env = Field(
        description="Environment variable that holds this edge's token",
        examples=["TAKTLINE_SYNC_TOKEN"],
    )


class ShiftShape(Shape):
    name: Id = Field(description="Name of the shift", examples=["early"])
    days: list[Annotated[str, _one_of(*DAYS)]] = Field(
        min_length=1,
        description="Days on which it starts: mon to sun",
        examples=[["mon", "tue", "wed", "thu", "fri"]],
    )
    start: Clock = Field(description="Local time of its start", examples=["06:00"])
    end: Clock = Field(
        description="Local time of its end; not after the start means the next day",
        examples=["14:00"],
    )
    breaks: list[Span] = Field(
        [], description="Local times of its breaks", examples=[["10:00-10:30"]]
    )


class CalendarShape(Shape):
    id: Id = Field(description="Name of the calendar", examples=["day_shift"])
    always: bool = Field(
        False, description="Works day and night; stands instead of shifts", examples=[True]
    )
    closed: Exceptions = Field(
        [],
        description="Time without work: days, days from/to (both included), or moments from/to "
        "with their offset",
        examples=[["2026-12-25", "2026-12-28/2026-12-31"]],
    )
    open: Exceptions = Field(
        [],
        description="Extra working time, written likewise; wins over closed",
        examples=[["2026-06-20T06:00+02:00/2026-06-20T12:00+02:00"]],
    )
    shift: list[ShiftShape] = Field([], description="Its shifts, one table each")


class ReasonShape(Shape):
    kind: ReasonKind = Field(description="scrap or stop", examples=["scrap"])
    code: Id = Field(description="Code in facts and reports", examples=["BURR"])
    en: Text = Field(description="What operators read in English", examples=["Burr"])
    zh: Text | None = Field(
        None, description="What operators read in Chinese; else the English", examples=["毛刺"]
    )


class FaultTextShape(Shape):
    code: int = Field(ge=1, description="Number that the fault tag shows", examples=[101])
    en: Text = Field(description="What operators read in English", examples=["Feeder jam"])
    zh: Text | None = Field(
        None, description="What operators read in Chinese; else the English", examples=["送料卡滞"]
    )


class StateShape(Shape):
    raw: int = Field(description="Number that the state tag shows", examples=[3])
    packml: int = Field(
        ge=1, le=17, description="PackML state that it means, 1 to 17", examples=[6]
    )


class TagShape(Shape):
    id: Id = Field(description="Name of the tag, once a device", examples=["good"])
    address: Text = Field(
        description="Where the device keeps it: a node id, or table:number",
        examples=["ns=2;s=Line1.Good"],
    )
    type: Annotated[str, _one_of(*DATA_TYPES)] = Field(
        description=f"Data type: {', '.join(DATA_TYPES)}", examples=["uint16"]
    )
    order: Annotated[str, _one_of(*BYTE_ORDERS)] = Field(
        "ABCD", description=f"Byte order (Modbus): {', '.join(BYTE_ORDERS)}", examples=["ABCD"]
    )
    length: int = Field(
        0, ge=0, le=250, description="Bytes of a string (Modbus strings only)", examples=[16]
    )
    role: Annotated[str, _one_of(*ROLES)] = Field(
        "other", description=f"What it means: {', '.join(ROLES)}", examples=["good"]
    )
    modulus: int | None = Field(
        None,
        ge=2,
        description="Counters: how many values before it wraps; else that of an unsigned type",
        examples=[65536],
    )
    max_rate_per_s: DecimalText | None = Field(
        None,
        description="Counters: pieces a second that cannot be exceeded, a decimal as a string",
        examples=["3"],
    )
    resettable: bool | None = Field(
        None,
        description=(
            "Counters: false if nobody can reset it, so that a wrap is believed without a "
            "boot counter; else true"
        ),
        examples=[False],
    )
    write: bool = Field(False, description="Whether it may be written", examples=[True])
    unit: Text | None = Field(
        None, description="Unit of what is measured; due for speed and floats", examples=["1/min"]
    )


class DeviceShape(Shape):
    id: Id = Field(description="Name of the device", examples=["press1"])
    driver: Annotated[str, _one_of(*DRIVERS)] = Field(
        description=f"Protocol: {', '.join(DRIVERS)}", examples=["opcua"]
    )
    url: Text = Field(description="Where it is", examples=["opc.tcp://127.0.0.1:4840"])
    insecure: bool = Field(
        False, description="Accepts a connection without encryption (OPC UA)", examples=[True]
    )
    unit: int = Field(1, ge=0, le=255, description="Modbus unit (device) id", examples=[1])
    poll_ms: int = Field(
        POLL_MS, ge=10, le=10_000, description="Milliseconds between two polls", examples=[500]
    )
    timeout_ms: int | None = Field(
        None,
        ge=10,
        le=60_000,
        description="Milliseconds to wait for an answer; else 1000 (Modbus) or 4000 (OPC UA)",
        examples=[1000],
    )
    max_registers: int = Field(
        MAX_REGISTERS,
        ge=1,
        le=MAX_REGISTERS,
        description="Registers that the device gives in one request (Modbus)",
        examples=[125],
    )
    max_nodes_per_read: int = Field(
        MAX_NODES_PER_READ,
        ge=1,
        le=10_000,
        description="Nodes that the server gives in one request (OPC UA)",
        examples=[100],
    )
    fault: list[FaultTextShape] = Field([], description="Its fault codes in words")
    state: list[StateShape] = Field(
        [], description="Its states as PackML numbers, if the state tag shows others"
    )
    tag: list[TagShape] = Field(min_length=1, description="Its tags, one table each")


class WorkCenterShape(Shape):
    id: Id = Field(
        description="Name of the work center, as the ERP's routings have it", examples=["L1"]
    )
    name: Text | None = Field(
        None, description="What people read; else the id", examples=["Stamping"]
    )
    line: Id | None = Field(None, description="Line it belongs to; else the id", examples=["A"])
    constraint: bool = Field(
        False,
        description=(
            "Whether a serial line's figures are this work center's; without one the work "
            "centers of a line are parallel and add up"
        ),
        examples=[True],
    )
    device: Id = Field(description="Id of its device", examples=["press1"])
    calendar: Id = Field(description="Id of its calendar", examples=["day_shift"])
    dispatch: Dispatch = Field(
        "operator",
        description="Who loads the next job: the edge (automatic) or the operator",
        examples=["automatic"],
    )
    unknown_after_s: DecimalText = Field(
        "5",
        description="Seconds of silence after which its state is unknown, a decimal as a string",
        examples=["5"],
    )


class PlantShape(Shape):
    format: Literal["taktline.plant/1"] = Field(description="Format of the file", examples=[FORMAT])
    site: SiteShape = Field(description="The site")
    edge: EdgeShape = Field(description="This edge")
    api: ApiShape = Field(ApiShape(), description="The API for terminals")  # type: ignore[call-arg]
    sync: SyncShape | None = Field(
        None, description="The sync service; without it the edge works alone"
    )
    calendar: list[CalendarShape] = Field(min_length=1, description="Working times")
    reason: list[ReasonShape] = Field([], description="Reasons that operators choose from")
    device: list[DeviceShape] = Field(min_length=1, description="Devices")
    work_center: list[WorkCenterShape] = Field(min_length=1, description="Work centers")
