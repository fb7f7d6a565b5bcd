"""Shapes that were found sound become the plant that the edge works with."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.configuration.build_device import build_device
from edge.configuration.gauges import build_gauge
from edge.configuration.holidays import holidays_closed
from edge.configuration.maintenance import build_plan
from edge.configuration.materials import build_materials
from edge.configuration.model import (
    ApiConfig,
    EdgeConfig,
    PlantConfig,
    Reason,
    SiteConfig,
    SyncConfig,
    WorkCenterConfig,
)
from edge.configuration.people import build_people
from edge.configuration.planning import build_planning, build_releases
from edge.configuration.shape import (
    DAYS,
    CalendarShape,
    PlantShape,
    ShiftShape,
    WorkCenterShape,
)
from edge.configuration.stops_shape import ReasonShape
from edge.configuration.tools import build_tool
from edge.domain.calendars import ShiftPattern, WorkCalendar, resolve
from edge.domain.changeover import ChangeoverRule, Changeovers
from edge.domain.clock import MICROS, to_micros
from edge.domain.intervals import Interval


def build_plant(shape: PlantShape, file: Path, sha256: str) -> PlantConfig:
    """The plant of a shape in which nothing is at fault."""
    host, port = parse_listen(shape.api.listen)
    sync = shape.sync
    return PlantConfig(
        file=file,
        sha256=sha256,
        site=SiteConfig(shape.site.id, shape.site.timezone),
        edge=EdgeConfig(
            shape.edge.id,
            file.parent / shape.edge.store,
            file.parent / shape.edge.pki,
            file.parent / shape.edge.snapshots,
            shape.edge.snapshots_hourly,
            shape.edge.snapshots_daily,
            shape.edge.ballast_mb,
            shape.edge.keep_days,
        ),
        api=ApiConfig(host, port, shape.api.token_env),
        sync=SyncConfig(sync.url.rstrip("/"), sync.token_env) if sync else None,
        calendars=tuple(build_calendar(one, shape.site.timezone) for one in shape.calendar),
        reasons=tuple(map(build_reason, shape.reason)),
        devices=tuple(
            build_device(one, file.parent, file.parent / shape.edge.pki) for one in shape.device
        ),
        work_centers=tuple(build_work_center(one) for one in shape.work_center),
        planning=build_planning(shape.planning),
        releases=build_releases(shape.planning),
        people=build_people(shape.people, shape.person),
        materials=build_materials(shape.materials, shape.label, file.parent),
        maintenance=tuple(map(build_plan, shape.maintenance)),
        gauges=tuple(map(build_gauge, shape.gauge)),
        tools=tuple(map(build_tool, shape.tool)),
        red_percent=shape.board.red_percent,
        changeovers=Changeovers(
            rules=tuple(
                ChangeoverRule(
                    from_=one.before,
                    to=one.after,
                    minutes=one.minutes,
                    work_centers=frozenset(one.work_centers),
                )
                for one in shape.changeover
            )
        ),
    )


def build_reason(shape: ReasonShape) -> Reason:
    """A reason; its Chinese is its English if nothing is said."""
    return Reason(
        kind="scrap" if shape.kind == "scrap" else "stop",
        code=shape.code,
        en=shape.en,
        zh=shape.zh or shape.en,
        parent=shape.parent or "",
        loss=shape.loss,
        planned=shape.planned,
        work_centers=tuple(shape.work_centers),
    )


def build_work_center(shape: WorkCenterShape) -> WorkCenterConfig:
    """A work center; its name and line are its id if nothing is said."""
    silence = round(Fraction(shape.unknown_after_s) * MICROS)
    name, line = shape.name or shape.id, shape.line or shape.id
    return WorkCenterConfig(
        shape.id,
        name,
        line,
        shape.constraint,
        shape.device,
        shape.calendar,
        shape.dispatch,
        shape.counting,
        silence,
        skills=frozenset(shape.skills),
        micro_stop_us=round(Fraction(shape.micro_stop_s) * MICROS),
        parallel=shape.parallel,
        area=shape.area or "",
        capacity_per_hour=Fraction(shape.capacity_per_hour or 0) or None,
        setup_pieces=shape.setup_pieces,
    )


def build_calendar(shape: CalendarShape, timezone: str) -> WorkCalendar:
    """A calendar of the site's zone; ValueError if an exception is no span of time."""
    zone = ZoneInfo(timezone)
    return WorkCalendar(
        id=shape.id,
        timezone=timezone,
        shifts=tuple(build_shift(shift) for shift in shape.shift),
        always=shape.always,
        closed=(
            *(parse_exception(text, zone) for text in shape.closed),
            *holidays_closed(shape.holidays, zone),
        ),
        open=tuple(parse_exception(text, zone) for text in shape.open),
    )


def build_shift(shape: ShiftShape) -> ShiftPattern:
    """A shift of the week."""
    pairs = (span.split("-") for span in shape.breaks)
    return ShiftPattern(
        name=shape.name,
        days=frozenset(DAYS.index(day) for day in shape.days),
        start=time.fromisoformat(shape.start),
        end=time.fromisoformat(shape.end),
        breaks=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs),
    )


def parse_exception(text: str, zone: ZoneInfo) -> Interval:
    """A day, days from/to (both included) or moments from/to; ValueError says what is wrong."""
    first, _, last = text.partition("/")
    if "T" in first:
        return Interval(*(to_micros(datetime.fromisoformat(each)) for each in (first, last)))
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    midnight = time(0)
    after = end + timedelta(days=1)
    return Interval(resolve(start, midnight, zone), resolve(after, midnight, zone))


def parse_listen(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`; ValueError says what is wrong. IPv6 stands in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ValueError("is not HOST:PORT")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or (":" in bare and bare == host):
        raise ValueError("is not HOST:PORT")
    return bare, int(port)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
