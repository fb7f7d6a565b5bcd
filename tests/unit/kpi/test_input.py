"""Run times as they are written, and the projections as input."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.production import HourQuantity
from edge.domain.states import StateInterval
from edge.kpi.elements import elements
from edge.kpi.errors import RunTimeInvalid
from edge.kpi.projections import quantities_of, spans_of
from edge.kpi.run_time import parse_run_time


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.5", Fraction(5, 2)), ("125/48", Fraction(125, 48)), ("3", 3), ("", None), (None, None)],
)
def test_run_times(text: str | None, value: Fraction | None) -> None:
    assert parse_run_time(text) == value


@pytest.mark.parametrize(
    "text", ["0", "0/5", "5/0", "-1", "1e3", " 2", "2,5", "2.5/3", "٣", 2.5, 3]
)
def test_what_is_no_run_time_is_refused_with_the_value_and_what_would_be_right(text: str) -> None:
    with pytest.raises(RunTimeInvalid, match="write seconds as"):
        parse_run_time(text)


@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_fractions_are_read_exactly(numerator: int, denominator: int) -> None:
    assert parse_run_time(f"{numerator}/{denominator}") == Fraction(numerator, denominator)


def test_projections_become_elements() -> None:
    hour = 3_600_000_000
    ledger = [_interval(1, 0, 1800_000_000, "ASUT"), _interval(2, 1800_000_000, None, "APT")]
    spans = list(spans_of(ledger, now=2 * hour))
    first = elements(spans, quantities_of([_bucket(0, "125/48", 480)]), 0, hour)
    second = elements(spans, quantities_of([_bucket(hour, "", 1)]), hour, 2 * hour)
    assert (first.actual_unit_setup_time, first.actual_production_time) == (hour // 2, hour // 2)
    assert (first.good_quantity, first.standard_time_good) == (480, Fraction(1_250_000_000))
    assert (second.actual_production_time, second.unrated_quantity) == (hour, 1)


def _interval(opened: int, start: int, end: int | None, time_class: str) -> StateInterval:
    return StateInterval(
        equipment_id="L1",
        opened=opened,
        start=start,
        end=end,
        state=6,
        mode=1,
        fault=0,
        time_class=time_class,
        job_order_id="WO1.10",
        shift="early",
        production_day="2026-06-08",
    )


def _bucket(hour: int, run_time: str, good: int) -> HourQuantity:
    return HourQuantity(
        equipment_id="L1",
        hour=hour,
        job_order_id="WO1.10",
        run_time_per_item=run_time,
        shift="early",
        production_day="2026-06-08",
        good=good,
        scrap=0,
        rework=0,
    )
