"""Whole numbers as people write them; what can be read in two ways is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_sync.planfiles.cells import Broken
from erp_sync.planfiles.numbers import NotWhole, whole_number


@pytest.mark.parametrize(
    ("said", "decimal", "number"),
    [
        ("1200", "", 1200),
        (" 1 200 ", "", 1200),
        ("1 234 567", "", 1234567),
        ("1 234,00", "", 1234),
        ("1’234’567.0", "", 1234567),
        ("12_000", "", 12000),
        ("100\n", "", 100),
        ("−5", "", -5),
        ("١٢٠٠", "", 1200),
        ("1\u202f200", "", 1200),
        ("1'200", "", 1200),
        ("１２００", "", 1200),
        ("1,234,567", "", 1234567),
        ("1.234.567", "", 1234567),
        ("1.234,00", "", 1234),
        ("1,234.00", "", 1234),
        ("1200,0", "", 1200),
        ("1200.000", "", 1200),
        ("1,200", "point", 1200),
        ("1.200", "comma", 1200),
        ("1,000", "comma", 1),
        ("-5", "", -5),
        (1200.0, "", 1200),
        (7, "", 7),
    ],
)
def test_a_whole_number_is_read(said: str | float, decimal: str, number: int) -> None:
    assert whole_number(said, decimal) == number


@pytest.mark.parametrize(
    ("said", "decimal", "why"),
    [
        ("1,200", "", "1200 with , between thousands and 1.200"),
        ("1.000", "", "1000 with . between thousands and 1.000"),
        ("1,200", "comma", "not a whole number"),
        ("1.234,00", "point", "decimal one"),
        ("1,234,567", "comma", "decimal one"),
        ("12,5", "", "not a whole number"),
        ("12,5", "point", "where point was said"),
        ("0,500", "", "not a whole number"),
        ("12.5.1", "", "no number"),
        ("many", "", "no number"),
        ("100\n200", "", "groups of three"),
        ("100\r\n200", "", "groups of three"),
        ("100\t200", "", "groups of three"),
        ("100\u2028200", "", "groups of three"),
        ("12 34", "", "groups of three"),
        ("1 2", "", "groups of three"),
        ("1'2", "", "groups of three"),
        ("1_2", "", "groups of three"),
        ("1  200", "", "groups of three"),
        ("1 200'300", "", "groups of three"),
        ("1200 300", "", "groups of three"),
        ("0 100", "", "groups of three"),
        ("1 200 30", "", "groups of three"),
        ("10²", "", "has ², which is no digit"),
        ("①②", "", "has ①, which is no digit"),
        ("1½", "", "has ½, which is no digit"),
        ("⒈", "", "has ⒈, which is no digit"),
        ("", "", "no number"),
        (12.5, "", "not a whole number"),
        (1e18, "", "more digits"),
        (float("nan"), "", "more digits"),
        (True, "", "no number"),
        (Broken("#REF!"), "", "formula that failed"),
        (Broken("=2*150"), "", "saved no value"),
        ("99999999999999999999", "", "more digits"),
    ],
)
def test_what_is_none_or_two_is_refused(said: object, decimal: str, why: str) -> None:
    with pytest.raises(NotWhole) as refused:
        whole_number(said, decimal)  # type: ignore[arg-type]
    assert why in refused.value.message
    assert refused.value.mend


@given(st.integers(-(10**14), 10**14), st.sampled_from([("point", ","), ("comma", ".")]))
def test_a_number_with_its_marks_is_that_number(number: int, way: tuple[str, str]) -> None:
    decimal, thousands = way
    grouped = f"{number:,}".replace(",", thousands)
    mark = "." if decimal == "point" else ","
    assert whole_number(grouped, decimal) == number
    assert whole_number(f"{grouped}{mark}00", decimal) == number
    assert whole_number(float(number)) == number


@given(st.text(max_size=12) | st.floats() | st.text("0123456789.,' ", max_size=12))
def test_anything_is_a_number_or_refused(said: str | float) -> None:
    with suppress(NotWhole):
        assert isinstance(whole_number(said), int)


@given(st.text(alphabet="0123456789 '’_.,\n\t²①½-", max_size=12))
def test_digits_are_neither_lost_nor_joined(said: str) -> None:
    """What is read has the digits that are written, in groups of three where they are apart."""
    with suppress(NotWhole):
        number = whole_number(said)
        signs = said.strip().lstrip("+-").replace("’", "'").replace("_", "'").replace(" ", "'")
        first, *groups = signs.replace(",", ".").replace(".", "'").split("'")
        decimals = groups.pop() if groups and set(groups[-1]) == {"0"} else ""
        assert all(len(one) == 3 for one in groups)
        whole = first + "".join(groups)
        assert abs(number) in {int(whole), int(whole + decimals)}
