"""Pass two: what fields say together. Each rule looks at what is sound and says the rest."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from edge.configuration.build import build_calendar, is_loopback, parse_exception, parse_listen
from edge.configuration.faults import Fault, Finder
from edge.configuration.gauges import gauge_faults
from edge.configuration.holidays import holidays_faults
from edge.configuration.lines import line_faults
from edge.configuration.maintenance import maintenance_faults
from edge.configuration.materials import label_faults
from edge.configuration.model import COUNTER_ROLES, SENSOR_ROLES, SETPOINT_ROLES
from edge.configuration.people import people_faults
from edge.configuration.planning import planning_faults
from edge.configuration.rows import Row, repeated
from edge.configuration.shape import CalendarShape
from edge.configuration.stops import stop_faults
from edge.configuration.tags import device_faults
from edge.configuration.tools import tool_faults
from edge.domain.calendars import calendar_faults

COUNTING_ROLES = (*COUNTER_ROLES, *SENSOR_ROLES)
NEEDED_FOR = {
    "automatic": ("state", "order", *SETPOINT_ROLES),
    "machine": ("state", "order"),
}


def cross_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    """Every fault between fields."""
    yield from _site_faults(plant, finder)
    yield from _api_faults(plant.table("api"), finder)
    yield from _sync_faults(plant.table("sync"), finder)
    for name in ("calendar", "device", "work_center"):
        yield from _repeated_ids(plant.rows(name), finder)
    yield from stop_faults(plant, finder)
    for calendar in plant.rows("calendar"):
        # In an unknown zone the clock of a week is still the clock of a week.
        yield from _calendar_faults(calendar, _zone(plant) or "UTC", finder)
    for device in plant.rows("device"):
        yield from device_faults(device, finder)
    yield from line_faults(plant.rows("device"), finder)
    yield from _work_center_faults(plant, finder)
    yield from people_faults(plant, finder)
    yield from label_faults(plant, finder)
    yield from maintenance_faults(plant, finder)
    yield from gauge_faults(plant, finder)
    yield from tool_faults(plant, finder)
    yield from planning_faults(plant, finder)


def _zone(plant: Row) -> str | None:
    zone = plant.table("site").get("timezone")
    return zone if zone in _listed_zones() or zone in available_timezones() else None


@cache
def _listed_zones() -> frozenset[str]:
    """The zones of the package `tzdata`, as it lists them; to look through all files takes long."""
    return frozenset(files("tzdata").joinpath("zones").read_text().split())


def _site_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    site = plant.table("site")
    zone = site.get("timezone")
    if zone is not None and _zone(plant) is None:
        mend = 'write an IANA name, for example "Europe/Berlin"'
        yield finder.fault(site.at("timezone"), zone, "is no time zone that is known", mend)


def _api_faults(api: Row, finder: Finder) -> Iterator[Fault]:
    listen = api.get("listen")
    if listen is None:
        return
    try:
        host, _ = parse_listen(listen)
    except ValueError as error:
        mend = 'write for example "127.0.0.1:8811"'
        yield finder.fault(api.at("listen"), listen, str(error), mend)
        return
    if not is_loopback(host) and "token_env" not in api.data:
        message = "lets other machines in, and nothing asks them for a token"
        mend = "add token_env, or listen on 127.0.0.1"
        yield finder.fault(api.at("listen"), listen, message, mend)


def _sync_faults(sync: Row, finder: Finder) -> Iterator[Fault]:
    url = sync.get("url")
    if url is None:
        return
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        sound = sound and parts.port != 0 and not parts.query
    except ValueError:  # a port that is no number
        sound = False
    if not sound:
        mend = 'write for example "http://127.0.0.1:8080"; the token stands in token_env'
        yield finder.fault(sync.at("url"), url, "is no http or https url", mend)


def _repeated_ids(rows: tuple[Row, ...], finder: Finder) -> Iterator[Fault]:
    for row, first in repeated(rows, "id"):
        message = f"stands in {first.key} too"
        yield finder.fault(row.at("id"), row.get("id"), message, "give it another id")


def _calendar_faults(row: Row, zone: str, finder: Finder) -> Iterator[Fault]:
    if not row.sound:
        return
    for shift, first in repeated(row.rows("shift"), "name"):
        message = f"stands in {first.key} too"
        yield finder.fault(shift.at("name"), shift.get("name"), message, "give it another name")
    shape = CalendarShape.model_validate(row.data)
    wrong = list(_exception_faults(row, zone, finder))
    unknown = list(holidays_faults(row, shape.holidays, finder))
    yield from (*wrong, *unknown)
    if not shape.always and not shape.shift and not shape.open:
        mend = "add [[calendar.shift]], or write always = true"
        yield finder.fault(row.key, shape.id, "has no working time", mend)
    exceptions = {} if wrong else {"closed": shape.closed, "open": shape.open}
    kept = {"holidays": None if unknown else shape.holidays}
    calm = shape.model_copy(update={**(exceptions or {"closed": [], "open": []}), **kept})
    for fault in calendar_faults(build_calendar(calm, zone)):
        yield finder.fault(_key_in(row, fault.place), fault.value, fault.message, fault.mend)


def _exception_faults(row: Row, zone: str, finder: Finder) -> Iterator[Fault]:
    for name in ("closed", "open"):
        for key, text in row.items(name):
            try:
                parse_exception(text, ZoneInfo(zone))
            except ValueError:
                message = (
                    "is no span of time: a date does not exist, or the end is not after the start"
                )
                mend = 'write for example "2026-12-25" or "2026-12-28/2026-12-31"'
                yield finder.fault(key, text, message, mend)


def _key_in(calendar: Row, place: str) -> str:
    """`calendar[0].shift[1].breaks` of the domain's `shift early.breaks`."""
    if not place.startswith("shift "):
        return calendar.at("shift" if place == "shifts" else place)
    named, _, field = place.removeprefix("shift ").rpartition(".")
    keys = [shift.key for shift in calendar.rows("shift") if shift.get("name") == named]
    return f"{keys[0]}.{field}" if keys else calendar.key


def _work_center_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    centers = plant.rows("work_center")
    for row in centers:
        for name in ("device", "calendar"):
            known = [other.data.get("id") for other in plant.rows(name)]
            wanted = row.get(name)
            if wanted is not None and wanted not in known:
                ids = ", ".join(str(each) for each in known if each)
                mend = f"write one of {ids}" if ids else f"add a [[{name}]] of that id"
                yield finder.fault(row.at(name), wanted, f"is no {name} of this file", mend)
        yield from _dispatch_faults(plant, row, finder)
        yield from _counting_faults(plant, row, finder)
    yield from _constraint_faults(centers, finder)
    for row, first in repeated(centers, "device"):
        message = f"is the device of {first.key} too"
        mend = "give each work center a device of its own"
        yield finder.fault(row.at("device"), row.get("device"), message, mend)


def _constraint_faults(centers: Sequence[Row], finder: Finder) -> Iterator[Fault]:
    """A serial line has one constraint."""
    taken: dict[object, Row] = {}
    for row in centers:
        if row.get("constraint") is not True:
            continue
        line = row.get("line") or row.get("id")
        first = taken.setdefault(line, row)
        if first is not row:
            message = f"line {line} has a constraint already, {first.key}"
            yield finder.fault(row.at("constraint"), True, message, "leave it out at one of them")


def _counting_faults(plant: Row, center: Row, finder: Finder) -> Iterator[Fault]:
    """Pieces are counted by a device or reported by people, never both."""
    manual = center.get("counting") == "manual"
    if "device" not in center.data:
        if not manual:
            mend = 'name a device, or write counting = "manual"'
            yield finder.fault(center.at("device"), None, "is missing", mend)
        elif (dispatch := center.get("dispatch")) in NEEDED_FOR:
            message, mend = "there is no machine to load", 'write dispatch = "operator"'
            yield finder.fault(center.at("dispatch"), dispatch, message, mend)
        return
    for device in plant.rows("device") if manual else ():
        if device.get("id") is None or device.get("id") != center.get("device"):
            continue
        tags = device.rows("tag")
        counters = [tag.data.get("id") for tag in tags if tag.data.get("role") in COUNTING_ROLES]
        if counters:
            names = ", ".join(map(str, counters))
            message = f"device {device.get('id')} counts too: {names}"
            mend = 'leave counting out, or give these tags the role "other"'
            yield finder.fault(center.at("counting"), "manual", message, mend)
        for tag in tags:
            if tag.get("id") == "manual":
                message = "is the name of what people report there"
                yield finder.fault(tag.at("id"), "manual", message, "give it another id")


def _dispatch_faults(plant: Row, center: Row, finder: Finder) -> Iterator[Fault]:
    dispatch, parallel = center.get("dispatch") or "operator", center.get("parallel") or 1
    if parallel > 1 and dispatch != "operator":
        message, mend = f"{dispatch} works one job after the other", 'write dispatch = "operator"'
        yield finder.fault(center.at("parallel"), parallel, message, mend)
    if dispatch not in NEEDED_FOR:
        return
    for device in plant.rows("device"):
        if device.get("id") is None or device.get("id") != center.get("device"):
            continue
        present = [tag.data.get("role") for tag in device.rows("tag")]
        missing = [role for role in NEEDED_FOR[dispatch] if role not in present]
        if missing:
            message = f"needs tags that device {device.get('id')} lacks: {', '.join(missing)}"
            mend = 'add them to the device, or write dispatch = "operator"'
            yield finder.fault(center.at("dispatch"), dispatch, message, mend)
