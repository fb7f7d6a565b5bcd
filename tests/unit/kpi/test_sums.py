"""Sums that hold for every plant: time tiles, and each level and period is the sum of its parts."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.domain.figures import Place
from edge.domain.hours import DAY, HOUR, hour_start
from edge.domain.intervals import Interval
from edge.domain.production import HourQuantity
from edge.domain.states import StateInterval
from edge.domain.vocabulary import TimeClass
from edge.kpi.book import Book, Question
from edge.kpi.cells import Ledger, local_day
from edge.kpi.elements import Elements
from edge.kpi.scopes import Level, Period
from edge.kpi.windows import figures, to_read

BERLIN = ZoneInfo("Europe/Berlin")
# A Sunday on which the clocks go back lies in the middle.
START = parse_time("2026-10-23T00:00:00+02:00")
END = parse_time("2026-10-28T00:00:00+01:00")
SHIFTS = ("early", "late", "")
TIMES = ("planned_busy_time", "off_time", "actual_production_time", "unknown_time")
PLACES = {"P1": ("A", "hall1"), "P2": ("A", "hall1"), "P3": ("B", "hall2")}


@st.composite
def ledgers(draw: st.DrawFn, unit: str) -> Ledger:
    """States with gaps over five days, and pieces of hours; each state lies in one shift."""
    cuts = draw(st.lists(st.integers(0, (END - START) // 60_000_000), max_size=12, unique=True))
    borders = [START + minute * 60_000_000 for minute in sorted(cuts)]
    intervals, pieces = [], []
    for opened, (start, end) in enumerate(pairwise(borders), start=1):
        if draw(st.booleans()):
            shift = draw(st.sampled_from(SHIFTS))
            day = local_day(start, BERLIN) if shift else ""
            intervals.append(_state(unit, opened, start, end, draw(st.sampled_from(TimeClass)),
                                    shift, day))  # fmt: skip
            pieces.append(_made(unit, hour_start(start, BERLIN), shift, day,
                                draw(st.integers(0, 90))))  # fmt: skip
    asked = Interval(START, END)
    line, area = PLACES[unit]
    return Ledger(
        equipment_id=unit, asked=asked, until=END, intervals=intervals, pieces=pieces,
        zone=BERLIN, read=to_read(asked, END, Period.WEEK),
        place=Place(equipment_id=unit, line=line, area=area, site="s1"),
    )  # fmt: skip


def _state(
    unit: str, opened: int, start: int, end: int, time_class: str, shift: str, day: str
) -> StateInterval:
    return StateInterval(
        equipment_id=unit, opened=opened, start=start, end=end, state=6, mode=1, fault=None,
        time_class=time_class, job_order_id="", shift=shift, production_day=day,
    )  # fmt: skip


def _made(unit: str, hour: int, shift: str, day: str, good: int) -> HourQuantity:
    return HourQuantity(
        equipment_id=unit, hour=hour, job_order_id="", run_time_per_item="5/3", shift=shift,
        production_day=day, good=good, scrap=good // 7, rework=0,
    )  # fmt: skip


plants = st.tuples(*(ledgers(unit) for unit in PLACES))


def asked(plant: tuple[Ledger, ...], level: Level, by: Period) -> dict[tuple[str, str], Elements]:
    book = Book(ledgers=plant, until=END, zone=BERLIN)
    question = Question(level=level, by=by, asked=Interval(START, END))
    return {(group.of, group.key): of for group, _, of in figures(book, question)}


def whole(found: dict[tuple[str, str], Elements]) -> Elements:
    return sum(found.values(), start=Elements())


@given(plants)
@settings(max_examples=12, deadline=None)
def test_hours_tile_the_calendar_and_add_up_to_the_facts(plant: tuple[Ledger, ...]) -> None:
    hours = asked(plant, Level.UNIT, Period.HOUR)
    for ledger in plant:
        of = sum(
            (one for (unit, _), one in hours.items() if unit == ledger.equipment_id), Elements()
        )
        assert of.calendar_time == END - START
        assert of.good_quantity == sum(row.good for row in ledger.pieces)
        lasted = sum((one.end or END) - one.start for one in ledger.intervals)
        recorded = sum(
            (one.end or END) - one.start
            for one in ledger.intervals
            if one.time_class == TimeClass.UNKNOWN
        )
        assert of.unknown_time - recorded == END - START - lasted
    assert len({key for _, key in hours}) == 24 * 5 + 1  # one of the days has 25


@given(plants)
@settings(max_examples=12, deadline=None)
def test_days_are_hours_weeks_are_days_and_spans_are_all_of_them(plant: tuple[Ledger, ...]) -> None:
    span = whole(asked(plant, Level.UNIT, Period.SPAN))
    assert whole(asked(plant, Level.UNIT, Period.HOUR)) == span
    days = asked(plant, Level.UNIT, Period.DAY)
    weeks = asked(plant, Level.UNIT, Period.WEEK)
    for (unit, week), of in weeks.items():
        monday = date.fromisocalendar(int(week[:4]), int(week[-2:]), 1)
        mine = {(monday + timedelta(days=n)).isoformat() for n in range(7)}
        inside = [one for (id_, day), one in days.items() if id_ == unit and day in mine]
        later = {"planned_busy_time", "off_time", "unknown_time"}  # before what is asked: unknown
        total = sum(inside, start=Elements())
        for name in set(TIMES) - later | {"good_quantity", "standard_time_good"}:
            assert getattr(total, name) == getattr(of, name), name


@given(plants)
@settings(max_examples=12, deadline=None)
def test_a_day_is_its_shifts_and_what_lies_outside(plant: tuple[Ledger, ...]) -> None:
    days = asked(plant, Level.UNIT, Period.DAY)
    shifts = asked(plant, Level.UNIT, Period.SHIFT)
    for (unit, day), of in days.items():
        mine = [one for (id_, key), one in shifts.items() if id_ == unit and key.split()[0] == day]
        inside = sum(mine, start=Elements())
        outside = [
            row.good
            for ledger in plant
            if ledger.equipment_id == unit
            for row in ledger.pieces
            if not row.shift and local_day(row.hour, BERLIN) == day
        ]
        assert of.good_quantity == inside.good_quantity + sum(outside)
        assert of.actual_production_time >= inside.actual_production_time


@given(plants)
@settings(max_examples=12, deadline=None)
def test_the_site_is_its_areas_is_its_units(plant: tuple[Ledger, ...]) -> None:
    for by in (Period.HOUR, Period.DAY, Period.SPAN):
        site = whole(asked(plant, Level.SITE, by))
        assert site == whole(asked(plant, Level.AREA, by))
        assert site == whole(asked(plant, Level.UNIT, by))
        assert site == whole(asked(plant, Level.LINE, by))


@given(plants)
@settings(max_examples=12, deadline=None)
def test_a_serial_line_is_its_constraint_alone(plant: tuple[Ledger, ...]) -> None:
    first, *others = plant
    serial = (replace(first, place=replace(first.place, constraint=True)), *others)
    lines: dict[tuple[str, str], Any] = dict(asked(serial, Level.LINE, Period.SPAN))
    units = asked(serial, Level.UNIT, Period.SPAN)
    line, unit = lines["A", ""], units["P1", ""]
    for name in (*TIMES, "good_quantity", "standard_time_good"):
        assert getattr(line, name) == getattr(unit, name)
    assert DAY == 24 * HOUR
