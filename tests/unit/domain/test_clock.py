"""Plant time runs at its speed; the monotonic clock is never scaled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.clock import (
    ManualClock,
    PlantClock,
    SystemClock,
    parse_plant_clock,
    parse_time,
    to_datetime,
    to_micros,
)


@given(st.integers(0, 4_000_000_000_000_000))
def test_microseconds_and_datetimes_are_exact_both_ways(micros: int) -> None:
    assert to_micros(to_datetime(micros)) == micros


def test_plant_time_before_and_after_its_anchor() -> None:
    monotonic = SystemClock().monotonic()
    early = PlantClock(0, 240.0, monotonic + 10)
    late = PlantClock(0, 240.0, monotonic - 10)
    assert -2_400_000_000 <= early.now() < -2_300_000_000
    assert 2_400_000_000 <= late.now() < 2_500_000_000


def test_plant_clock_is_read_from_its_text() -> None:
    assert parse_plant_clock("2026-06-08T06:00:00+02:00,240,12.5") == PlantClock(
        parse_time("2026-06-08T04:00:00+00:00"), 240.0, 12.5
    )
    assert isinstance(parse_plant_clock(""), SystemClock)


@pytest.mark.parametrize("text", ["x", "2026-06-08T06:00+02:00,0,1", "2026-06-08T06:00,240,1"])
def test_a_wrong_plant_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_plant_clock(text)


def test_a_manual_clock_moves_both() -> None:
    clock = ManualClock()
    clock.advance(1.5)
    assert (clock.now(), clock.monotonic()) == (1_500_000, 1.5)
