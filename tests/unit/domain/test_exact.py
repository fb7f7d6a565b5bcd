"""Numbers of texts are read exactly, and only so long as a plant has use for."""

import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.exact import exact


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (42, 42),
        (2.5, Fraction(5, 2)),
        (1e-05, Fraction(1, 100_000)),
        (Decimal("0.1"), Fraction(1, 10)),
        ("2.5", Fraction(5, 2)),
        ("125/3", Fraction(125, 3)),
        ("-7", -7),
        ("1e3", 1000),
        ("999999999999999999", 10**18 - 1),
    ],
)
def test_numbers_are_exact(said: object, read: Fraction | int) -> None:
    assert exact(said) == read


@pytest.mark.parametrize(
    "said",
    [
        "1e5000000", "1e-300000", Decimal("1e5000000"), Decimal("NaN"), 10**4000, "9" * 4000,
        "0." + "0" * 4000 + "1", "1/0", "1 2", "1_000", "١", "²", "", "x", True,
        None, [], float("inf"), float("nan"), 1e300, "1E20", 10**20, "1e18", 10**18,
    ],
)  # fmt: skip
def test_what_has_no_use_is_none_at_once(said: object) -> None:
    begun = time.process_time()
    assert exact(said) is None
    assert time.process_time() - begun < 0.1


@given(st.fractions(max_denominator=10**17).filter(lambda one: abs(one.numerator) < 10**18))
def test_each_fraction_that_is_written_is_read(said: Fraction) -> None:
    assert exact(str(said)) == said


@given(
    st.from_regex(r"[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
    | st.from_regex(r"[0-9]{1,18}/[1-9][0-9]{0,17}", fullmatch=True)
)
def test_what_was_read_is_written_and_read_again(said: str) -> None:
    found = exact(said)
    assert found is None or exact(str(found)) == found


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(said: str) -> None:
    found = exact(said)
    assert found is None or found == Fraction(said)
