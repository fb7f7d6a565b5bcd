"""The board's arithmetic: exact, and never asks for what is not missing."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.board import HOUR_US, expected, is_red, recovery

pieces = st.integers(0, 10**6)
times = st.integers(0, 12 * HOUR_US)


@given(pieces, pieces, times)
def test_at_the_required_rate_the_shift_makes_its_plan_exactly(
    wanted: int, made: int, left: int
) -> None:
    found = recovery(wanted, made, left)
    rate = found.per_hour
    if made >= wanted:
        assert (found.pieces, rate) == (0, Fraction(0))
    elif left == 0:
        assert rate is None
    else:
        assert rate is not None
        assert made + rate * left / HOUR_US == wanted


@given(pieces, pieces, times, times)
def test_less_time_never_needs_less(wanted: int, made: int, one: int, other: int) -> None:
    short, long = sorted((one, other))
    fast, slow = recovery(wanted, made, short).per_hour, recovery(wanted, made, long).per_hour
    assert slow is None or fast is None or fast >= slow


@given(pieces, st.integers(1, HOUR_US), st.integers(0, HOUR_US))
def test_what_is_expected_is_the_plans_share_of_the_time_rounded_down(
    plan: int, worked: int, stopped: int
) -> None:
    share = Fraction(plan * max(worked - stopped, 0), worked)
    assert 0 <= share - expected(plan, worked, stopped) < 1
    assert expected(plan, worked, 0) == plan


@given(pieces, st.integers(-(10**6), 10**6), st.integers(0, 100))
def test_an_hour_is_red_exactly_below_its_share(wanted: int, difference: int, red: int) -> None:
    behind = Fraction(-difference * 100, wanted) if wanted else Fraction(0)
    assert is_red(wanted, difference, red) == (behind > red)
