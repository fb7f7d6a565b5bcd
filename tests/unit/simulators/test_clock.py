"""The simulators' own clock."""

import pytest

from simulators.clock import (
    MICROS,
    PlantClock,
    SystemClock,
    parse_plant_clock,
    parse_time,
    to_datetime,
    to_micros,
)


def test_plant_time_runs_faster_from_its_anchor() -> None:
    anchor = SystemClock().monotonic()
    clock = parse_plant_clock(f"2026-06-08T06:00:00+02:00,240,{anchor}")
    origin = parse_time("2026-06-08T04:00:00+00:00")
    before, now, after = SystemClock().monotonic(), clock.now(), SystemClock().monotonic()
    assert before - anchor <= (now - origin) / 240 / MICROS + 1e-6
    assert (now - origin) / 240 / MICROS <= after - anchor + 1e-6


def test_an_anchor_in_the_future_is_time_before_the_origin() -> None:
    ahead = SystemClock().monotonic() + 1000
    clock = PlantClock(origin=0, speed=2.0, anchor=ahead)
    assert -2000 * MICROS <= clock.now() < -1900 * MICROS


def test_without_a_text_it_is_the_systems_time() -> None:
    before = SystemClock().now()
    assert before <= parse_plant_clock("").now() <= SystemClock().now()


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-08T06:00:00+02:00",
        "2026-06-08T06:00:00,240,1",
        "2026-06-08T06:00:00+02:00,0,1",
        "2026-06-08T06:00:00+02:00,-1,1",
        "2026-06-08T06:00:00+02:00,inf,1",
        "2026-06-08T06:00:00+02:00,1,nan",
        "2026-06-08T06:00:00+02:00,fast,1",
        "yesterday,240,1",
    ],
)
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_plant_clock(text)


def test_times_are_exact() -> None:
    micros = parse_time("2026-06-08T06:00:00.000001+02:00")
    assert micros % 10 == 1
    assert to_micros(to_datetime(micros)) == micros
