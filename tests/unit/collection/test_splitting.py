"""Shares of a delta: exact in sum, fair to a piece, joined in the raw range."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.collection.calendar_window import CalendarWindow
from edge.collection.splitting import share_out, split, weights_of
from edge.domain.clock import MICROS
from edge.domain.intervals import Interval
from tests.unit.collection.bench_machine import DAY_SHIFT, ZONE, after

weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(any)


@given(st.integers(0, 10**6), weights)
def test_shares_add_up_and_are_fair_to_a_piece(quantity: int, by: list[int]) -> None:
    shares = share_out(quantity, by)
    assert sum(shares) == quantity
    for share, weight in zip(shares, by, strict=True):
        assert abs(share * sum(by) - quantity * weight) < sum(by)
        assert share == 0 or weight > 0


@given(
    st.integers(1, 5000),
    st.integers(0, 65535),
    st.sampled_from([None, 1024, 65536]),
    st.lists(st.integers(1, 10**9), min_size=1, max_size=8),
)
def test_raw_ranges_join(quantity: int, raw: int, modulus: int | None, lengths: list[int]) -> None:
    raw = raw if modulus is None else raw % modulus
    edges = [sum(lengths[:at]) for at in range(len(lengths) + 1)]
    segments = [Interval(a, b) for a, b in pairwise(edges)]
    parts = split(quantity, raw, modulus, segments, lengths)
    assert sum(part.steps for part in parts) == quantity
    for part in parts:
        assert part.steps > 0
        assert part.raw_from == raw
        width = part.raw_to - part.raw_from
        assert (width if modulus is None else width % modulus) in {
            part.steps,
            part.steps % (modulus or 1),
        }
        raw = part.raw_to


@given(st.integers(0, 10 * 86_400), st.integers(1, 3 * 86_400))
def test_segments_cover_the_span_and_never_cross_a_border(start: int, seconds: int) -> None:
    window = CalendarWindow(DAY_SHIFT, ZONE)
    begin, end = after(start), after(start + seconds)
    segments = window.segments(begin, end)
    assert (segments[0].start, segments[-1].end) == (begin, end)
    for one, following in pairwise(segments):
        assert one.end == following.start
    for one in segments:
        assert window.hour(one.start) == window.hour(one.end - 1)
        assert window.body(one.start) == window.body(one.end - 1)
        assert window.in_work(one.start) == window.in_work(one.end - 1)


def test_weights_are_running_time_then_working_time_then_all_time() -> None:
    segments = [Interval(0, 10), Interval(10, 30)]
    assert weights_of(segments, [Interval(5, 12)], [Interval(0, 30)]) == (5, 2)
    assert weights_of(segments, None, [Interval(20, 30)]) == (0, 10)
    assert weights_of(segments, (), ()) == (10, 20)


def test_nothing_to_share_by_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot share 3"):
        share_out(3, [0, 0])


def test_a_piece_over_a_weekend_is_counted_in_working_time() -> None:
    """From Friday's last minute to Monday's first: nothing falls on the days between."""
    window = CalendarWindow(DAY_SHIFT, ZONE)
    friday_end, monday = after(4 * 86_400 + 8 * 3600), after(7 * 86_400)
    span = (friday_end - 60 * MICROS, monday + 60 * MICROS)
    segments = window.segments(*span)
    shares = share_out(10, weights_of(segments, None, window.working(*span)))
    assert sum(shares) == 10
    assert (shares[0], shares[-1]) == (5, 5)
