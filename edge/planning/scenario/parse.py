"""Scenario JSON becomes the frozen model, or every fault is named at once."""

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from edge.domain.calendars import ShiftPattern, WorkCalendar
from edge.domain.faults import Fault
from edge.domain.intervals import Interval, union
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.closing import Span, closed_by, plan_days
from edge.planning.scenario.crosschecks import cross_faults
from edge.planning.scenario.fields import SCENARIO
from edge.planning.scenario.formats import refuse_other
from edge.planning.scenario.model import (
    SCENARIO_FORMAT,
    Actual,
    Alternative,
    Block,
    HourRow,
    Levelling,
    MaterialArrival,
    Operation,
    Order,
    Person,
    Scenario,
    Turn,
    Unchecked,
    WorkCenter,
)
from edge.planning.scenario.reading import BAD, Faults, clean

Record = Mapping[str, Any]


def load(text: str | bytes) -> Any:
    """JSON with exact decimals. Raises ScenarioInvalid if it is no JSON."""
    try:
        return json.loads(text, parse_float=Decimal)
    except RecursionError as error:
        fault = Fault("file", "", "is nested too deeply", "write the JSON of the format")
        raise ScenarioInvalid((fault,)) from error
    except ValueError as error:
        fault = Fault("file", "", f"is not JSON: {error}", "write one JSON object")
        raise ScenarioInvalid((fault,)) from error


def parse(document: Any) -> Scenario:
    """The scenario of a JSON document. Raises ScenarioInvalid with every fault."""
    refuse_other(document, SCENARIO_FORMAT)
    faults: Faults = []
    read = SCENARIO(document, "", faults)
    if read is BAD:
        raise ScenarioInvalid(tuple(faults))
    calendars = _calendars(read)
    faults += cross_faults(read, calendars)
    if faults:
        raise ScenarioInvalid(tuple(faults))
    return Scenario(
        timezone=read["timezone"],
        calendars=tuple(calendars[name] for name in sorted(calendars)),
        work_centers=tuple(sorted(map(_center, read["work_centers"]), key=lambda one: one.id)),
        plan_start=read["plan_start"],
        plan_end=read["plan_end"],
        orders=tuple(sorted(map(_order, read["orders"]), key=lambda one: one.id)),
        now=read["now"],
        frozen_until=read["frozen_until"],
        actuals=_actuals(read["actuals"]),
        previous=tuple(map(_row, read["previous"]["hours"])),
        previous_blocks=tuple(map(_block, read["previous"]["blocks"])),
        objective=read["objective"],
        follow=tuple(Turn(**one) for one in read["follow"]),
        levelling=tuple(map(_levelling, read["levelling"])),
        people=tuple(sorted(map(_person, read["people"]), key=lambda one: one.id)),
    )


def _calendars(read: Record) -> dict[str, WorkCalendar]:
    """Those calendars whose own fields are without fault."""
    if read["calendars"] is BAD or read["timezone"] is BAD:
        return {}
    days = plan_days(read)
    return {
        name: _calendar(name, one, read["timezone"], days)
        for name, one in read["calendars"].items()
        if clean(one)
    }


def _calendar(name: str, read: Record, timezone: str, days: Span | None) -> WorkCalendar:
    closed = closed_by(read["holidays"], days, timezone)
    return WorkCalendar(
        id=name,
        timezone=timezone,
        shifts=tuple(_shift(one) for one in read["weekly"]),
        always=read["always"],
        closed=_spans([*read["closed"], *closed]),
        open=_spans(read["open"]),
    )


def _shift(read: Record) -> ShiftPattern:
    name = read["name"] or f"{read['start']:%H:%M}-{read['end']:%H:%M}"
    days, breaks = frozenset(read["days"]), tuple(sorted(read["breaks"]))
    return ShiftPattern(name, days, read["start"], read["end"], breaks)


def _spans(read: list[Interval]) -> tuple[Interval, ...]:
    return tuple(sorted(read))


def _center(read: Record) -> WorkCenter:
    return WorkCenter(
        id=read["id"],
        calendar=read["calendar"],
        initial_family=read["initial_family"],
        maintenance=_spans(read["maintenance"]),
        setup_matrix_us=read["setup_matrix_s"],
    )


def _person(read: Record) -> Person:
    return Person(
        id=read["id"],
        calendar=read["calendar"],
        skills=tuple(sorted(set(read["skills"]))),
        absent=union(read["absent"]),
    )


def _order(read: Record) -> Order:
    return Order(
        id=read["id"],
        product=read["product"],
        family=read["family"] or read["product"],
        quantity=read["quantity"],
        due=read["due"],
        operations=tuple(sorted(map(_operation, read["operations"]), key=lambda one: one.seq)),
        weight=read["weight"],
        release=read["release"],
        material_from=read["material_from"],
        material=_material(read["material"]),
    )


def _material(read: list[Record]) -> tuple[MaterialArrival, ...]:
    """By time; an arrival that adds nothing says nothing."""
    found: list[MaterialArrival] = []
    for one in sorted(read, key=lambda row: (row["from"], row["quantity"])):
        if one["quantity"] > (found[-1].quantity if found else 0):
            found.append(MaterialArrival(at=one["from"], quantity=one["quantity"]))
    return tuple(found)


def _operation(read: Record) -> Operation:
    ways = sorted(read["alternatives"], key=lambda one: one["work_center"])
    return Operation(
        seq=read["seq"],
        alternatives=tuple(_alternative(one) for one in ways if one["cycle_s"] is not None),
        unchecked=tuple(_unchecked(one) for one in ways if one["cycle_s"] is None),
        transfer_batch=read["transfer_batch"],
        yield_=Fraction(read["yield"]),
        min_gap_us=read["min_gap_s"],
        lead_time_us=read["lead_time_s"],
        wip_limit=read["wip_limit"],
        max_gap_us=read["max_gap_s"],
        skills=tuple(sorted(set(read["skills"]))),
        not_before=read["not_before"],
        family=read["family"] or None,
    )


def _alternative(read: Record) -> Alternative:
    return Alternative(
        work_center=read["work_center"], cycle=Fraction(read["cycle_s"]), setup_us=read["setup_s"]
    )


def _unchecked(read: Record) -> Unchecked:
    return Unchecked(work_center=read["work_center"], setup_us=read["setup_s"])


def _levelling(read: Record) -> Levelling:
    names = ("products", "families", "work_centers")
    return Levelling(
        pitch_us=read["pitch_s"], **{name: tuple(sorted(set(read[name]))) for name in names}
    )


def _actuals(read: list[Record]) -> tuple[Actual, ...]:
    actuals = [
        Actual(
            order=one["order"],
            seq=one["seq"],
            good=one["good"],
            scrap=one["scrap"],
            ended=one["ended"],
            running_on=one["running_on"],
            setup_left_us=one["setup_left_s"],
        )
        for one in read
    ]
    return tuple(sorted(actuals, key=lambda one: (one.order, one.seq)))


def _row(read: Record) -> HourRow:
    hour, written = read["hour"]
    return HourRow(**{**read, "hour": hour, "written": written})


def _block(read: Record) -> Block:
    rest = {key: value for key, value in read.items() if key != "credit_s"}
    return Block(**rest, credit=Fraction(read["credit_s"]))
