"""The keys of plant.toml, strictly: what stands in the file, before it means anything.

Each field's description is its meaning and its first example is what a mend shows;
docs/plant_toml.md is held against both. Devices stand in `device_shape`.
"""

from typing import Annotated, Literal

from pydantic import Field

from edge.configuration.device_shape import DeviceShape
from edge.configuration.field_types import (
    Clock,
    DecimalText,
    Env,
    Exceptions,
    Id,
    Shape,
    Span,
    Text,
    one_of,
)
from edge.configuration.gauges import GaugeShape
from edge.configuration.holidays import HolidaysShape
from edge.configuration.maintenance import MaintenanceShape
from edge.configuration.materials_shape import LabelShape, MaterialsShape
from edge.configuration.model import Counting, Dispatch, SetupPieces
from edge.configuration.people_shape import PeopleShape, PersonShape
from edge.configuration.planning import PlanningShape
from edge.configuration.stops_shape import BoardShape, ChangeoverShape, ReasonShape
from edge.configuration.tools import ToolShape

FORMAT = "taktline.plant/1"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
    keep_days: Annotated[int, Field(strict=True, ge=0, le=36500)] = Field(
        100,
        description="Days after which facts that sync has acknowledged move to archive files "
        "beside the store; 0 for never. All of it stays readable, hour totals stay where they are",
        examples=[100],
    )
    pki: Text = Field(
        "pki",
        description="Folder of its certificates and of the servers that it trusts, relative to "
        "this file; see taktline certificates",
        examples=["pki"],
    )
    snapshots: Text = Field(
        "snapshots",
        description="Folder of the store's snapshots, relative to this file; best on another disk",
        examples=["snapshots"],
    )
    snapshots_hourly: int = Field(
        24,
        ge=0,
        le=1000,
        description="How many hourly snapshots are kept; 0 makes none",
        examples=[24],
    )
    snapshots_daily: int = Field(
        7,
        ge=0,
        le=1000,
        description="Of how many days the last snapshot is kept too",
        examples=[7],
    )
    ballast_mb: int = Field(
        16,
        ge=0,
        le=1024,
        description="Size in MB of the file beside the store that gives way when the disk is full; "
        "0 for none",
        examples=[16],
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
    days: list[Annotated[str, one_of(*DAYS)]] = Field(
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
    holidays: HolidaysShape | None = Field(
        None, description="Public holidays; without it none is closed"
    )
    shift: list[ShiftShape] = Field([], description="Its shifts, one table each")


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
    area: Id | None = Field(
        None, description="Area whose figures it is added up to; else the site", examples=["hall1"]
    )
    capacity_per_hour: DecimalText | None = Field(
        None,
        description="Pieces that it could make in an hour, for its equipment load ratio; "
        "a decimal as text",
        examples=["720"],
    )
    device: Id | None = Field(
        None,
        description="Id of its device; may be left out only with counting = manual",
        examples=["press1"],
    )
    calendar: Id = Field(description="Id of its calendar", examples=["day_shift"])
    dispatch: Dispatch = Field(
        "operator",
        description="Who loads the next job: the edge (automatic), the machine by itself, "
        "or the operator",
        examples=["automatic"],
    )
    counting: Counting = Field(
        "device",
        description="What counts its pieces: its device, or people who report by hour (manual)",
        examples=["manual"],
    )
    skills: list[Id] = Field(
        [],
        description="Skills of which each must be held by somebody there before a job starts",
        examples=[["press"]],
    )
    micro_stop_s: DecimalText = Field(
        "0",
        description="A stop of at most so many seconds counts as production: a deviation from "
        "ISO 22400-2, flagged; 0: none does",
        examples=["5"],
    )
    setup_pieces: SetupPieces = Field(
        "good",
        description="What pieces of set-up count as: good; scrap; or scrap until somebody approves "
        "them. But for good, set-up lasts until somebody ends it",
        examples=["approval"],
    )
    parallel: int = Field(
        1,
        ge=1,
        le=20,
        description="So many jobs can be on it at once; above 1 only with dispatch = operator",
        examples=[2],
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
    changeover: list[ChangeoverShape] = Field([], description="Standard times of changeovers")
    board: BoardShape = Field(BoardShape(), description="The hour-by-hour board")  # type: ignore[call-arg]
    planning: PlanningShape = Field(PlanningShape(), description="When it is planned again")  # type: ignore[call-arg]
    people: PeopleShape = Field(PeopleShape(), description="Rules for people")  # type: ignore[call-arg]
    person: list[PersonShape] = Field([], description="People who work here")
    tool: list[ToolShape] = Field([], description="Tools and how long they last")
    maintenance: list[MaintenanceShape] = Field([], description="Maintenance that comes round")
    gauge: list[GaugeShape] = Field([], description="Gauges that inspections are made with")
    materials: MaterialsShape = Field(MaterialsShape(), description="Rules for materials and lots")  # type: ignore[call-arg]
    label: list[LabelShape] = Field([], description="Labels for lots, pallets and single pieces")
    device: list[DeviceShape] = Field([], description="Devices")
    work_center: list[WorkCenterShape] = Field(min_length=1, description="Work centers")
