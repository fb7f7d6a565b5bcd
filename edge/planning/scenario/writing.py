"""Scenarios and parts of schedules as JSON; the canonical form gives the input's hash."""

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.domain.calendars import ShiftPattern, WorkCalendar
from edge.domain.clock import MICROS, to_datetime
from edge.domain.hours import DAY, HOUR, offset_at
from edge.domain.intervals import Interval
from edge.planning.scenario.model import (
    SCENARIO_FORMAT,
    Actual,
    Alternative,
    Block,
    HourRow,
    Levelling,
    Operation,
    Order,
    Person,
    Scenario,
    Unchecked,
    WorkCenter,
)
from edge.planning.scenario.reading import DAYS

Json = dict[str, Any]
SAME_TIMES = 4096  # the hours of half a year: a plan names each many times
SAME_DAYS = 8192
MINUTE = 60 * MICROS
HOURS = tuple(f"T{hour:02}:" for hour in range(24))
CLOCK = tuple(f"{minute:02}:{second:02}" for minute in range(60) for second in range(60))


def iso(at: int, zone: ZoneInfo) -> str:
    """Local time with offset; a plan writes hundreds of thousands of them."""
    offset, suffix = _offset(at // DAY, zone)
    if not suffix:
        return to_datetime(at).astimezone(zone).isoformat()
    day, rest = divmod(at + offset, DAY)
    seconds, micros = divmod(rest, MICROS)
    hour, second = divmod(seconds, 3600)
    if micros:
        return f"{_date(day)}{HOURS[hour]}{CLOCK[second]}.{micros:06}{suffix}"
    return f"{_date(day)}{HOURS[hour]}{CLOCK[second]}{suffix}"


@lru_cache(maxsize=SAME_DAYS)
def _offset(day: int, zone: ZoneInfo) -> tuple[int, str]:
    """Offset (us) of a day of UTC with its text; an empty text where the clock changes in it."""
    quarters = range(day * DAY, (day + 1) * DAY + 1, 6 * HOUR)
    offsets = {offset_at(at, zone) for at in quarters}
    if len(offsets) > 1 or min(offsets) % MINUTE:
        return 0, ""
    return min(offsets), to_datetime(day * DAY).astimezone(zone).isoformat()[19:]


@lru_cache(maxsize=SAME_DAYS)
def _date(day: int) -> str:
    return to_datetime(day * DAY).date().isoformat()


@lru_cache(maxsize=SAME_TIMES)
def utc(at: int) -> str:
    return to_datetime(at).isoformat()


def exact_seconds(micros: int) -> int | str:
    """Seconds as an integer, or as a fraction where they are not whole."""
    whole, rest = divmod(micros, MICROS)
    return str(Fraction(micros, MICROS)) if rest else whole


def whole_seconds(micros: int) -> int:
    """Seconds, rounded up: a late order is late by at least 1."""
    return -(-micros // MICROS)


def input_hash(scenario: Scenario) -> str:
    """SHA-256 of the canonical scenario; the order of the input's lists does not change it."""
    text = msgspec.json.encode(scenario_json(scenario), order="sorted")
    return hashlib.sha256(text).hexdigest()


def scenario_json(scenario: Scenario) -> Json:
    """The scenario as `taktline.scenario/1`; parsing it gives the same scenario again."""
    zone = scenario.zone
    times = {
        "plan_end": scenario.plan_end,
        "now": scenario.now,
        "frozen_until": scenario.frozen_until,
    }
    return {
        "format": SCENARIO_FORMAT,
        "timezone": scenario.timezone,
        "calendars": {one.id: _calendar(one, zone) for one in scenario.calendars},
        "work_centers": [_center(one, zone) for one in scenario.work_centers],
        "plan_start": iso(scenario.plan_start, zone),
        **{name: iso(at, zone) for name, at in times.items() if at is not None},
        "orders": [_order(one, zone) for one in scenario.orders],
        "actuals": [_actual(one) for one in scenario.actuals],
        "previous": {
            "hours": [row_json(one) | _said(owed=one.owed) for one in scenario.previous],
            "blocks": [block_json(one, zone) for one in scenario.previous_blocks],
        },
        "objective": scenario.objective,
        **_said(
            people=[_person(one, zone) for one in scenario.people],
            follow=[vars(one) for one in scenario.follow],
            levelling=[_levelling(one) for one in scenario.levelling],
        ),
    }


def _said(**fields: Any) -> Json:
    """Those of the fields that say something; a scenario without them keeps its hash."""
    return {name: value for name, value in fields.items() if value not in (None, [])}


def row_json(row: HourRow, *, frozen: bool | None = None) -> Json:
    """An hour's instruction; `frozen` overrides the row's own."""
    found: Json = {
        "order": row.order,
        "seq": row.seq,
        "work_center": row.work_center,
        "hour": row.written or utc(row.hour),
        "label": row.label,
        "quantity": row.quantity,
        "setup_s": row.setup_s,
        "frozen": row.frozen if frozen is None else frozen,
    }
    return found | {"unchecked": True} if row.unchecked else found


def block_json(block: Block, zone: ZoneInfo) -> Json:
    found: Json = {
        "order": block.order,
        "seq": block.seq,
        "work_center": block.work_center,
        "kind": block.kind,
        "start": iso(block.start, zone),
        "end": iso(block.end, zone),
    }
    if block.kind == "run":
        found |= {"quantity": block.quantity, "credit_s": str(block.credit), "used": block.used}
    return found | _said(person=block.person, lot=block.lot, unchecked=block.unchecked or None)


def _calendar(calendar: WorkCalendar, zone: ZoneInfo) -> Json:
    return {
        "weekly": [_shift(one) for one in calendar.shifts],
        "always": calendar.always,
        "closed": _spans(calendar.closed, zone),
        "open": _spans(calendar.open, zone),
    }


def _shift(shift: ShiftPattern) -> Json:
    return {
        "name": shift.name,
        "days": [DAYS[day] for day in sorted(shift.days)],
        "start": f"{shift.start:%H:%M}",
        "end": f"{shift.end:%H:%M}",
        "breaks": [[f"{begin:%H:%M}", f"{end:%H:%M}"] for begin, end in shift.breaks],
    }


def _spans(spans: Iterable[Interval], zone: ZoneInfo) -> list[list[str]]:
    return [[iso(one.start, zone), iso(one.end, zone)] for one in spans]


def _center(center: WorkCenter, zone: ZoneInfo) -> Json:
    return {
        "id": center.id,
        "calendar": center.calendar,
        "initial_family": center.initial_family,
        "maintenance": _spans(center.maintenance, zone),
        "setup_matrix_s": {
            family: {other: exact_seconds(micros) for other, micros in row.items()}
            for family, row in center.setup_matrix_us.items()
        },
    }


def _person(person: Person, zone: ZoneInfo) -> Json:
    return {
        "id": person.id,
        "calendar": person.calendar,
        "skills": list(person.skills),
        "absent": _spans(person.absent, zone),
    }


def _order(order: Order, zone: ZoneInfo) -> Json:
    material = [{"from": iso(one.at, zone), "quantity": one.quantity} for one in order.material]
    times = {"due": order.due, "release": order.release, "material_from": order.material_from}
    return {
        "id": order.id,
        "product": order.product,
        "family": order.family,
        "quantity": order.quantity,
        "weight": order.weight,
        **{name: iso(at, zone) for name, at in times.items() if at is not None},
        **_said(material=material),
        "operations": [_operation(one, zone) for one in order.operations],
    }


def _operation(operation: Operation, zone: ZoneInfo) -> Json:
    found: Json = {
        "seq": operation.seq,
        "alternatives": [
            *(_alternative(one) for one in operation.alternatives),
            *(_unchecked(one) for one in operation.unchecked),
        ],
        "transfer_batch": operation.transfer_batch,
        "yield": _fraction(operation.yield_),
        "min_gap_s": exact_seconds(operation.min_gap_us),
    }
    if operation.lead_time_us is not None:
        found["lead_time_s"] = exact_seconds(operation.lead_time_us)
    if operation.wip_limit is not None:
        found["wip_limit"] = operation.wip_limit
    if operation.max_gap_us is not None:
        found["max_gap_s"] = exact_seconds(operation.max_gap_us)
    if operation.skills:
        found["skills"] = list(operation.skills)
    if operation.family is not None:
        found["family"] = operation.family
    if operation.not_before is not None:
        found["not_before"] = iso(operation.not_before, zone)
    return found


def _alternative(one: Alternative) -> Json:
    return {
        "work_center": one.work_center,
        "cycle_s": _fraction(one.cycle),
        "setup_s": exact_seconds(one.setup_us),
    }


def _unchecked(one: Unchecked) -> Json:
    setup = exact_seconds(one.setup_us)
    return {"work_center": one.work_center, "cycle_s": None, "setup_s": setup}


def _levelling(one: Levelling) -> Json:
    found: Json = {"pitch_s": "day" if one.pitch_us is None else exact_seconds(one.pitch_us)}
    names = ("products", "families", "work_centers")
    return found | {name: list(getattr(one, name)) for name in names if getattr(one, name)}


def _fraction(value: Fraction) -> str:
    over, under = value.numerator, value.denominator
    return str(over) if under == 1 else f"{over}/{under}"


def _actual(one: Actual) -> Json:
    return {
        "order": one.order,
        "seq": one.seq,
        "good": one.good,
        "scrap": one.scrap,
        "ended": one.ended,
        "running_on": one.running_on,
        "setup_left_s": exact_seconds(one.setup_left_us),
    }
