"""Material of an hour: what hours stage adds up to what the order needs, to the last decimal."""

from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.bom import Drawing, Material, Program
from edge.domain.instructions import (
    BLANK,
    Sheet,
    decimal_text,
    needed,
    sheet_from,
    sheet_json,
    sheet_key,
    sheet_text,
    staged,
)

QUANTITIES = st.builds(Fraction, st.integers(1, 10**6), st.integers(1, 999))
HOURS = st.lists(st.integers(0, 5_000), min_size=1, max_size=40)


def material(quantity: Fraction | str, unit: str = "kg", tracked: str = "none") -> Material:
    return Material(id="M", revision="A", quantity=Fraction(quantity), unit=unit, tracked=tracked)


@given(QUANTITIES, st.sampled_from(["kg", "pcs", "m", "ST", "个"]), st.integers(0, 999), HOURS)
def test_hours_stage_what_the_order_needs(
    quantity: Fraction, unit: str, begun: int, hours: list[int]
) -> None:
    one = material(quantity, unit)
    ends = [begun, *accumulate(hours, initial=begun)][1:]
    parts = [staged((one,), start, end - start)[0].quantity for start, end in pairwise(ends)]
    assert sum(parts, Fraction(0)) == needed(one, ends[-1]) - needed(one, begun)
    assert all(part >= 0 for part in parts)
    assert all(10**6 % part.denominator == 0 for part in parts)
    # Never short: at the end of each hour there is what its pieces have taken.
    for end in ends:
        assert 0 <= needed(one, end) - quantity * end < 1
    assert all(Fraction(decimal_text(part)) == part for part in parts)


@pytest.mark.parametrize(
    ("quantity", "unit", "pieces", "wanted"),
    [
        ("0.125", "kg", 91, "11.375"),  # exact: nothing is rounded
        ("1/8", "pcs", 91, "12"),  # the twelfth carton is begun
        ("2", "Stk", 91, "182"),
        ("1/3", "kg", 91, "30.333334"),  # rounded up once, at the end
        ("1/3", "kg", 90, "30"),
    ],
)
def test_whole_units_and_finite_decimals(
    quantity: str, unit: str, pieces: int, wanted: str
) -> None:
    assert decimal_text(needed(material(quantity, unit), pieces)) == wanted


def test_what_has_serial_numbers_is_counted_whatever_its_unit_is_called() -> None:
    assert needed(material("1/2", "motors", "serial"), 3) == 2


def test_a_sheet_is_the_same_after_its_json_and_has_one_name() -> None:
    sheet = Sheet(
        product="HINGE",
        revision="B",
        description="Hinge: Bend",
        takt_s="125/48",
        tool="T7",
        recipe=1010,
        program=Program(id="P1", revision="3"),
        documents=(Drawing(id="DRW", revision="C", title="Hinge"),),
        materials=(material("1/8"),),
    )
    assert sheet_from(sheet_json(sheet)) == sheet
    assert sheet_key(sheet_text(sheet)) == sheet_key(sheet_text(sheet_from(sheet_json(sheet))))
    assert sheet.rate == "6912/5"
    assert (BLANK.rate, sheet_json(BLANK)) == ("", {})
