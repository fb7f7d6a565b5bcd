"""What contradicts itself between the fields of a scenario, checked on what was read.

Fields that have a fault of their own are BAD and are passed over, so that every
fault is named at once and none twice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from edge.domain.calendars import WorkCalendar, calendar_faults
from edge.domain.clock import to_datetime
from edge.domain.faults import Fault
from edge.planning.scenario.closing import holiday_faults
from edge.planning.scenario.crosschecks_flow import flow_faults
from edge.planning.scenario.crosschecks_people import gap_faults, people_faults
from edge.planning.scenario.reading import BAD

Record = Mapping[str, Any]
BACKLOG = "move plan_start before it, and say as `now` from when on is planned"


def cross_faults(scenario: Record, calendars: Mapping[str, WorkCalendar]) -> Iterator[Fault]:
    """Faults between fields; `calendars` are those that could be built."""
    for name, calendar in calendars.items():
        for fault in calendar_faults(calendar):
            place = f"calendars.{name}.{fault.place}"
            yield Fault(place, fault.value, fault.message, fault.mend)
        yield from _ends_early(name, calendar, scenario)
    yield from holiday_faults(scenario)
    centers, orders = _records(scenario["work_centers"]), _records(scenario["orders"])
    yield from _twice("work_centers", [one["id"] for one in centers])
    yield from _twice("orders", [one["id"] for one in orders])
    people = _records(scenario["people"])
    yield from _twice("people", [one["id"] for one in people])
    for name, users in (("work_centers", centers), ("people", people)):
        for user in users:
            yield from _known_calendar(f"{name}[{user['id']}]", user, scenario["calendars"])
    known = {one["id"] for one in centers}
    for order in orders:
        yield from _order(order, scenario, known)
        yield from flow_faults(order, scenario)
    yield from people_faults(scenario, calendars)
    yield from gap_faults(scenario, calendars)
    yield from _levelling(scenario, known)
    yield from _replan(scenario, orders, known)


def _records(value: Any) -> list[Record]:
    return [] if value is BAD else [one for one in value if one is not BAD]


def _twice(place: str, ids: list[Any]) -> Iterator[Fault]:
    for one, times in Counter(one for one in ids if one is not BAD).items():
        if times > 1:
            yield Fault(place, str(one), f"stands {times} times", "give each its own id")


def _known_calendar(place: str, user: Record, calendars: Any) -> Iterator[Fault]:
    name = user["calendar"]
    if calendars is not BAD and name is not BAD and name not in calendars:
        mend = "use one of " + (", ".join(sorted(calendars)) or "none: add calendars")
        yield Fault(f"{place}.calendar", name, "unknown calendar", mend)


def _ends_early(name: str, calendar: WorkCalendar, scenario: Record) -> Iterator[Fault]:
    """A calendar without weekly shifts has only its exceptions, and these end."""
    if calendar.always or calendar.shifts:
        return
    last = max((one.end for one in calendar.open), default=None)
    dues = [order["due"] for order in _records(scenario["orders"])]
    ends = [one for one in [scenario["plan_end"], *dues] if isinstance(one, int)]
    if last is None or (ends and last < max(ends)):
        value = "no working time" if last is None else _written(last, scenario)
        message = "the calendar ends before the plan's horizon"
        yield Fault(f"calendars.{name}", value, message, "give it weekly shifts or always")


def _written(at: int, scenario: Record) -> str:
    """A time in the scenario's zone; in UTC where it names none."""
    name = scenario["timezone"]
    zone = UTC if name is BAD else ZoneInfo(name)
    return to_datetime(at).astimezone(zone).isoformat()


def _order(order: Record, scenario: Record, known: set[Any]) -> Iterator[Fault]:
    place = f"orders[{order['id']}]"
    due, start = order["due"], scenario["plan_start"]
    if due is None and scenario["objective"] == "weighted_tardiness":
        yield Fault(f"{place}.due", "", "is missing", "add it")
    if isinstance(due, int) and isinstance(start, int) and due < start:
        value, begin = _written(due, scenario), _written(start, scenario)
        message = f"is due before the plan's start, {begin}"
        yield Fault(f"{place}.due", value, message, BACKLOG)
    if order["operations"] == []:
        message = f"product {order['product']} has no routing"
        yield Fault(f"{place}.operations", "", message, "add at least one operation")
    operations = _records(order["operations"])
    yield from _twice(f"{place}.operations", [one["seq"] for one in operations])
    for operation in operations:
        yield from _operation(operation, f"{place}.operations[{operation['seq']}]", known)


def _operation(operation: Record, place: str, known: set[Any]) -> Iterator[Fault]:
    alternatives = _records(operation["alternatives"])
    outside = operation["lead_time_s"] is not None
    if operation["alternatives"] == [] and not outside:
        message = "has neither alternatives nor lead_time_s"
        yield Fault(place, "", message, "name the work centers that can do it")
    if alternatives and outside:
        message = "has alternatives and lead_time_s"
        yield Fault(place, "", message, "remove one of the two")
    times = {one["cycle_s"] is None for one in alternatives if one["cycle_s"] is not BAD}
    if len(times) > 1:
        message = "some alternatives have a cycle time and some have none"
        mend = "write cycle_s of each, or null in all: then nothing is checked"
        yield Fault(f"{place}.alternatives", "", message, mend)
    yield from _twice(f"{place}.alternatives", [one["work_center"] for one in alternatives])
    for index, one in enumerate(alternatives):
        name = one["work_center"]
        if name is not BAD and name not in known:
            mend = "use one of " + ", ".join(sorted(str(known_id) for known_id in known))
            where = f"{place}.alternatives[{index}].work_center"
            yield Fault(where, name, "unknown work center", mend)


def _levelling(scenario: Record, known: set[Any]) -> Iterator[Fault]:
    for index, one in enumerate(_records(scenario["levelling"])):
        place = f"levelling[{index}]"
        if not any(one[name] for name in ("products", "families", "work_centers")):
            message = "names no products, families or work centers"
            yield Fault(place, "", message, "name what is to be levelled")
        for center in _records(one["work_centers"]):
            if center not in known:
                mend = "use one of " + ", ".join(sorted(str(known_id) for known_id in known))
                yield Fault(f"{place}.work_centers", str(center), "unknown work center", mend)


def _replan(scenario: Record, orders: list[Record], known: set[Any]) -> Iterator[Fault]:
    start, end = scenario["plan_start"], scenario["plan_end"]
    if isinstance(start, int) and isinstance(end, int) and end <= start:
        value = _written(end, scenario)
        yield Fault("plan_end", value, "is not after plan_start", "move it after plan_start")
    late = [key for key in ("frozen_until", "actuals") if scenario[key]]
    if scenario["now"] is None and late:
        yield Fault(
            "now", "", f"is missing beside {' and '.join(late)}", "add the time of the counts"
        )
    steps = {
        (order["id"], one["seq"]): one for order in orders for one in _records(order["operations"])
    }
    actuals = _records(scenario["actuals"])
    keys = [f"{one['order']} {one['seq']}" for one in actuals]
    yield from _twice("actuals", list(keys))
    running = [one["running_on"] for one in actuals if one["running_on"] and not one["ended"]]
    yield from _twice("actuals running_on", running)
    for index, actual in enumerate(actuals):
        key, place = (actual["order"], actual["seq"]), f"actuals[{index}]"
        if BAD not in key and key not in steps:
            value = f"{key[0]} {key[1]}"
            yield Fault(place, value, "no such operation in orders", "remove it or add the order")
        center = actual["running_on"]
        if center not in (None, BAD) and center not in known:
            yield Fault(
                f"{place}.running_on", center, "unknown work center", "name one of the plan"
            )
