"""A counter is known by how it moves, whatever its start, rate, pauses and wraps."""

from itertools import accumulate, pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from plc_drivers.discovery.series import MICROS, Series, series_of

LOOKS = st.lists(st.integers(0, 9), min_size=20, max_size=80)


def counter(start: int, steps: list[int], bits: int) -> Series:
    values = [value % (1 << bits) for value in accumulate(steps, initial=start)]
    times = [at * MICROS // 5 for at in range(len(values))]
    return series_of(times, values, bits)


@given(start=st.integers(0, 2**32), steps=LOOKS, bits=st.sampled_from([16, 32]))
def test_what_only_goes_forward_counts_and_adds_up(start: int, steps: list[int], bits: int) -> None:
    assume(sum(1 for step in steps if step) >= 3)
    series = counter(start, steps, bits)
    assert series.counts
    assert series.total == sum(steps)


@given(values=st.lists(st.integers(0, 60_000), min_size=20, max_size=80))
def test_what_goes_up_and_down_does_not_count(values: list[int]) -> None:
    series = series_of([at * MICROS for at in range(len(values))], values, 16)
    falls = sum(b < a for a, b in pairwise(values))
    assume(falls > 4)
    assert not series.counts


@given(rate=st.integers(1, 50), start=st.integers(0, 2**16), offset=st.integers(0, MICROS))
def test_a_clock_is_straight_also_over_its_wrap(rate: int, start: int, offset: int) -> None:
    times = [at * MICROS // 5 for at in range(100)]
    values = [(start + (at + offset) * rate // MICROS) % (1 << 16) for at in times]
    series = series_of(times, values, 16)
    assume(len(series.moves) >= 12)
    assert series.straight


@given(steps=st.lists(st.integers(1, 3), min_size=30, max_size=60), rest=st.integers(10, 30))
def test_a_counter_that_rested_is_no_clock(steps: list[int], rest: int) -> None:
    assert not counter(5, [*steps, *[0] * rest, *steps], 16).straight


def test_a_bit_that_goes_to_and_fro_is_a_heartbeat() -> None:
    times = [at * MICROS // 5 for at in range(60)]
    assert series_of(times, [at // 3 % 2 for at in range(60)], 1).toggles
    seldom = [0] * 20 + [1] * 10 + [0] * 30
    assert not series_of(times, seldom, 1).toggles


def test_what_could_not_be_read_is_left_out() -> None:
    series = series_of([0, 1, 2, 3], [1, None, 2, -1], 16)
    assert series.values == (1, 2, 65535)
    assert series.times == (0, 2, 3)
