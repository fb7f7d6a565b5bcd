"""Windows of KPI reports: whole hours and whole shifts, whatever was asked for."""

from dataclasses import replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.domain.figures import Place
from edge.domain.intervals import Interval
from edge.domain.production import HourQuantity
from edge.domain.states import StateInterval
from edge.kpi.book import Book, Question
from edge.kpi.cells import Ledger
from edge.kpi.scopes import Level, Period
from edge.kpi.windows import reports as kpi_reports
from edge.kpi.windows import to_read

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = 60_000_000
HOUR = 60 * MINUTE
SIX = parse_time("2026-06-08T06:00:00+02:00")
UNTIL = SIX + 12 * HOUR


def state(opened: int, start: int, end: int | None, shift: str) -> StateInterval:
    return StateInterval(
        equipment_id="L1",
        opened=opened,
        start=start,
        end=end,
        state=6,
        mode=1,
        fault=None,
        time_class="APT" if shift else "OFF",
        job_order_id="",
        shift=shift,
        production_day="2026-06-08" if shift else "",
    )


def made(hour: int, shift: str, good: int) -> HourQuantity:
    return HourQuantity(
        equipment_id="L1",
        hour=SIX + hour * HOUR,
        job_order_id="WO1.10",
        run_time_per_item="10",
        shift=shift,
        production_day="2026-06-08",
        good=good,
        scrap=0,
        rework=0,
    )


def ledger(start: int, end: int) -> Ledger:
    """An early shift from 06:30 to 14:30, a late one from there on that nobody has ended.

    Pieces of every hour of both: 360 an hour, 180 of each shift where they meet.
    """
    intervals = [
        state(1, SIX - HOUR, SIX + 30 * MINUTE, ""),
        state(2, SIX + 30 * MINUTE, SIX + 510 * MINUTE, "early"),
        state(3, SIX + 510 * MINUTE, None, "late"),
    ]
    pieces = [
        made(0, "early", 180),
        *(made(hour, "early", 360) for hour in range(1, 8)),
        made(8, "early", 180),
        made(8, "late", 180),
        *(made(hour, "late", 360) for hour in range(9, 12)),
    ]
    asked = Interval(start, end)
    return Ledger(
        equipment_id="L1",
        asked=asked,
        until=UNTIL,
        intervals=intervals,
        pieces=pieces,
        zone=BERLIN,
        read=to_read(asked, UNTIL),
        place=Place(equipment_id="L1", line="A", area="s1", site="s1"),
    )


def reports(one: Ledger, by: str) -> list[dict[str, Any]]:
    question = Question(level=Level.UNIT, by=Period(by), asked=one.asked)
    return kpi_reports(Book(ledgers=[one], until=UNTIL, zone=BERLIN), question)


def line_reports(ledgers: list[Ledger], by: str) -> list[dict[str, Any]]:
    question = Question(level=Level.LINE, by=Period(by), asked=ledgers[0].asked)
    return kpi_reports(Book(ledgers=ledgers, until=UNTIL, zone=BERLIN), question)


def sums(items: list[dict[str, Any]]) -> dict[str, int]:
    return {
        name: sum(item["elements"][name] for item in items)
        for name in ("planned_busy_time", "off_time", "good_quantity", "standard_time_good")
    }


def test_a_shift_is_reported_whole_whatever_part_of_it_was_asked_for() -> None:
    asked = ledger(SIX + 100 * MINUTE, SIX + 101 * MINUTE)
    [early] = reports(asked, "shift")
    assert (early["from"], early["to"]) == (SIX + 30 * MINUTE, SIX + 510 * MINUTE)
    assert early["label"] == "2026-06-08 early"
    assert early["kpis"]["oee"] == "1.000000"


def test_a_shift_that_still_lasts_ends_where_knowledge_ends() -> None:
    [late] = reports(ledger(SIX + 10 * HOUR, SIX + 20 * HOUR), "shift")
    assert late["to"] == UNTIL
    assert late["kpis"]["oee"] == "1.000000"


@pytest.mark.parametrize("by", ["hour", "span"])
@given(start=st.integers(0, 700), length=st.integers(1, 900))
def test_time_and_pieces_of_a_window_are_of_the_same_hours(
    by: str, start: int, length: int
) -> None:
    items = reports(ledger(SIX + start * MINUTE, SIX + (start + length) * MINUTE), by)
    for item in items:
        elements: Any = item["elements"]
        # Running all the time at 10 s a piece: good pieces are its time.
        assert elements["good_quantity"] * 10_000_000 == elements["actual_production_time"]
    assert items[0]["from"] == SIX + start // 60 * HOUR
    assert items[-1]["to"] == min(SIX + -(-(start + length) // 60) * HOUR, UNTIL)


@given(start=st.integers(0, 700), length=st.integers(1, 900))
def test_hours_add_up_to_the_line(start: int, length: int) -> None:
    asked = ledger(SIX + start * MINUTE, SIX + (start + length) * MINUTE)
    assert sums(reports(asked, "hour")) == sums(reports(asked, "span"))


@given(minutes=st.sets(st.integers(31, 509), max_size=40))
def test_each_hour_has_the_states_that_lasted_in_it(minutes: set[int]) -> None:
    whole = ledger(SIX, SIX + 9 * HOUR)
    edges = [SIX + minute * MINUTE for minute in (30, *sorted(minutes), 510)]
    early = [state(10 + at, *ends, "early") for at, ends in enumerate(pairwise(edges))]
    running, stopped = early[::2], [replace(one, time_class="ADET") for one in early[1::2]]
    before, _, late = whole.intervals
    for item in reports(replace(whole, intervals=[late, *stopped, *running, before]), "hour"):
        start: Any = item["from"]
        found: Any = item["elements"]
        lasted = [min(one.end or UNTIL, start + HOUR) - max(one.start, start) for one in stopped]
        assert found["actual_unit_delay_time"] == sum(max(length, 0) for length in lasted)
        assert found["unknown_time"] == 0


@pytest.mark.parametrize("by", ["hour", "shift", "span"])
@given(start=st.integers(0, 700), length=st.integers(1, 900))
def test_what_is_to_be_read_is_all_that_a_report_needs(by: str, start: int, length: int) -> None:
    whole = ledger(SIX + start * MINUTE, SIX + (start + length) * MINUTE)
    read = to_read(whole.asked, whole.until, Period(by))
    part = replace(
        whole,
        read=read,
        intervals=[
            one
            for one in whole.intervals
            if one.start < read.end and read.start < (one.end or read.end)
        ],
        pieces=[one for one in whole.pieces if read.start <= one.hour < read.end],
    )
    assert reports(part, by) == reports(whole, by)


@pytest.mark.parametrize("by", ["hour", "shift", "span"])
def test_parallel_work_centers_of_a_line_add_up_window_by_window(by: str) -> None:
    """Twice the same work center has twice its time and pieces, and the same ratios."""
    one = ledger(SIX, SIX + 9 * HOUR)
    alone: list[dict[str, Any]] = reports(one, by)
    both: list[dict[str, Any]]
    both = line_reports([one, replace(one, equipment_id="L2")], by)
    assert [item["equipment_id"] for item in both] == ["A"] * len(alone)
    for single, double in zip(alone, both, strict=True):
        alike = {name: value for name, value in single["kpis"].items() if name in double["kpis"]}
        assert double["kpis"] == alike
        twice = {name: 2 * value for name, value in single["elements"].items()}
        assert double["elements"] == twice
        assert (single["from"], single["to"]) == (double["from"], double["to"])


def test_a_line_of_one_work_center_is_that_work_center() -> None:
    one = ledger(SIX, SIX + 9 * HOUR)
    for single, line in zip(reports(one, "hour"), line_reports([one], "hour"), strict=True):
        assert line == {**single, "equipment_id": "A", "level": "line"}
