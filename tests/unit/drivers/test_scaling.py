"""Scales are exact, both ways; what has no exact value is refused, never rounded."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES, exact_decimal
from plc_drivers.reading import Value
from plc_drivers.scaling import held, told
from plc_drivers.writing import reject_all, reject_tag

INTEGERS = sorted(name for name, kind in DATA_TYPES.items() if kind.is_integer)
SCALES = st.decimals("-1000", "1000", places=3).filter(lambda scale: scale != 0)
OFFSETS = st.decimals("-100000", "100000", places=2)


def tag(type: str = "int16", **given: object) -> TagConfig:  # noqa: A002
    return TagConfig(id="T", address="a", type=type, write=True, **given)  # type: ignore[arg-type]


@given(st.data(), st.sampled_from(INTEGERS), SCALES, OFFSETS)
def test_an_integer_comes_back_through_any_scale(
    data: st.DataObject, kind: str, scale: Decimal, offset: Decimal
) -> None:
    raw = data.draw(st.integers(DATA_TYPES[kind].low, DATA_TYPES[kind].high))
    one = tag(kind, scale=scale, offset=offset)
    assert held(one, told(one, raw)) == raw


@given(st.floats(-1e6, 1e6, width=32), st.sampled_from(["0.1", "10", "-2.5"]))
def test_a_float_comes_back_through_a_scale(number: float, scale: str) -> None:
    one = tag("float32", scale=Decimal(scale))
    raw = exact_decimal(number, 32)
    assert held(one, told(one, raw)) == raw


@pytest.mark.parametrize(
    ("raw", "scale", "offset", "shown"),
    [
        (215, "0.1", "0", Decimal("21.5")),
        (65, "1", "-40", 25),
        (3, "10", "0", 30),
        (True, "10", "1", True),
        ("A", "10", "1", "A"),
    ],
)
def test_what_is_told(raw: Value, scale: str, offset: str, shown: Value) -> None:
    found = told(tag(scale=Decimal(scale), offset=Decimal(offset)), raw)
    assert (found, type(found)) == (shown, type(shown))


def test_what_lies_between_two_steps_is_refused() -> None:
    one = tag(scale=Decimal("0.5"))
    assert reject_tag(one, Decimal("1.5")) == ""
    assert "no whole step" in reject_tag(one, Decimal("1.3"))
    assert "outside" in reject_tag(one, 40_000)
    third = tag("float32", scale=Decimal(3))
    assert "exactly" in reject_tag(third, Decimal(1))
    assert "exactly" in reject_tag(tag("float32", scale=Decimal("0.1")), Decimal("0.123456789"))
    assert "finite" in reject_tag(third, Decimal("NaN"))


def test_limits_are_those_of_what_is_told() -> None:
    one = tag(scale=Decimal("0.1"), write_min=Decimal(10), write_max=Decimal(20))
    assert reject_tag(one, 10) == reject_tag(one, Decimal("20.0")) == ""
    assert reject_all([one], {"T": 21}) == {"T": "21 is above write_max = 20"}
    assert reject_all([one], {"T": Decimal("9.9")}) == {"T": "9.9 is below write_min = 10"}
