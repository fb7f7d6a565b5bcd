"""Registers to values and back: every type in every byte order, to the bit."""

import math
import struct
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import BYTE_ORDERS, DATA_TYPES, exact_decimal
from plc_drivers.modbus.address import Address, parse_address, width
from plc_drivers.modbus.codec import encode
from plc_drivers.reading import Value
from plc_drivers.writing import reject
from tests.unit.drivers.one_tag import decode

OTHERS = {"bool", "string", "float32", "float64", "uint8", "int8", "datetime"}
INTEGERS = sorted(set(DATA_TYPES) - OTHERS)
PLACE = Address("holding", 0)


def tag(kind: str, order: str = "ABCD", length: int = 0) -> TagConfig:
    return TagConfig(id="t", address="holding:0", type=kind, order=order, length=length)


def numbers(kind: str) -> st.SearchStrategy[int]:
    return st.integers(DATA_TYPES[kind].low, DATA_TYPES[kind].high)


@given(st.data(), st.sampled_from(INTEGERS), st.sampled_from(BYTE_ORDERS))
def test_integers_survive_in_every_order(data: st.DataObject, kind: str, order: str) -> None:
    value = data.draw(numbers(kind))
    words = encode(tag(kind, order), value)
    assert len(words) == width(tag(kind))
    assert all(0 <= word <= 0xFFFF for word in words)
    assert decode(tag(kind, order), PLACE, words) == value
    assert reject(kind, value) == ""


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("ABCD", (0xAABB, 0xCCDD)),
        ("CDAB", (0xCCDD, 0xAABB)),
        ("BADC", (0xBBAA, 0xDDCC)),
        ("DCBA", (0xDDCC, 0xBBAA)),
    ],
)
def test_the_four_orders_are_those_of_their_names(order: str, words: tuple[int, ...]) -> None:
    assert decode(tag("uint32", order), PLACE, words) == 0xAABBCCDD
    assert encode(tag("uint32", order), 0xAABBCCDD) == words


def test_sixty_four_bits_and_single_registers() -> None:
    value = 0x1122_3344_5566_7788
    assert encode(tag("uint64", "CDAB"), value) == (0x7788, 0x5566, 0x3344, 0x1122)
    assert encode(tag("uint64", "DCBA"), value) == (0x8877, 0x6655, 0x4433, 0x2211)
    assert encode(tag("uint16", "CDAB"), 0x1234) == (0x1234,)
    assert encode(tag("uint16", "BADC"), 0x1234) == (0x3412,)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.sampled_from(BYTE_ORDERS))
def test_float32_becomes_the_shortest_decimal_that_reads_back(value: float, order: str) -> None:
    words = encode(tag("float32", order), exact_decimal(value, 32))
    back = decode(tag("float32", order), PLACE, words)
    assert isinstance(back, Decimal)
    assert struct.pack(">f", float(back)) == struct.pack(">f", value) or value == 0


def single(value: float) -> float:
    """The 32-bit number next to a number."""
    return float(struct.unpack(">f", struct.pack(">f", value))[0])


@given(
    st.floats(width=32, allow_nan=False).filter(lambda value: abs(value) < 3e38)
    | st.floats(-1e-37, 1e-37).map(single)
    | st.integers(-9_999_999, 9_999_999).map(lambda value: single(value / 100))
)
def test_float32_is_shown_with_as_few_digits_as_tell_it_from_others(value: float) -> None:
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    shortest = next(text for text in texts if single(float(text)) == value)
    assert str(exact_decimal(value, 32)) == str(Decimal(shortest))


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(BYTE_ORDERS))
def test_float64_becomes_the_shortest_decimal_that_reads_back(value: float, order: str) -> None:
    back = decode(tag("float64", order), PLACE, encode(tag("float64", order), Decimal(value)))
    assert isinstance(back, Decimal)
    assert float(back) == value


def test_a_float32_is_not_shown_with_digits_that_it_does_not_have() -> None:
    assert exact_decimal(struct.unpack(">f", struct.pack(">f", 0.1))[0], 32) == Decimal("0.1")
    assert exact_decimal(16_777_216.0, 32) == 16_777_216
    biggest = struct.unpack(">f", b"\x7f\x7f\xff\xff")[0]
    assert float(exact_decimal(biggest, 32)) == pytest.approx(biggest)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_is_no_value(value: float) -> None:
    raw = struct.pack(">f", value)
    words = [int.from_bytes(raw[:2]), int.from_bytes(raw[2:])]
    with pytest.raises(ValueError, match="not a finite number"):
        decode(tag("float32"), PLACE, words)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20))
def test_strings_survive_in_both_orders(text: str) -> None:
    length = max(1, len(text.encode()))
    for order in ("ABCD", "BADC"):
        config = tag("string", order, length)
        words = encode(config, text)
        assert len(words) == width(config)
        assert decode(config, PLACE, words) == text


def test_a_string_that_is_too_long_or_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 2 bytes"):
        encode(tag("string", length=2), "abc")
    with pytest.raises(ValueError):
        decode(tag("string", length=2), PLACE, [0xFFFE])


@given(st.integers(0, 0xFFFF), st.integers(0, 15), st.sampled_from(BYTE_ORDERS))
def test_a_bit_of_a_register_counts_from_the_lowest(word: int, bit: int, order: str) -> None:
    address = parse_address(f"holding:7.{bit}")
    shown = word if order in ("ABCD", "CDAB") else (word & 0xFF) << 8 | word >> 8
    assert decode(tag("bool", order), address, [word]) is bool(shown >> bit & 1)


@given(st.data(), st.sampled_from(INTEGERS))
def test_what_does_not_fit_is_rejected(data: st.DataObject, kind: str) -> None:
    low, high = DATA_TYPES[kind].low, DATA_TYPES[kind].high
    beyond = data.draw(st.integers(max_value=low - 1) | st.integers(min_value=high + 1))
    assert "outside" in reject(kind, beyond)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint16", True),
        ("uint16", "1"),
        ("uint16", Decimal(1)),
        ("uint16", None),
        ("bool", 1),
        ("string", 1),
        ("float32", True),
        ("float32", Decimal("NaN")),
    ],
)
def test_a_value_of_another_type_is_rejected(kind: str, value: Value) -> None:
    assert reject(kind, value)


def test_a_decimal_beyond_float32_does_not_fit() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode(tag("float32"), Decimal("1e300"))
