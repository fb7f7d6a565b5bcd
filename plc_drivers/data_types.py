"""The data types that a tag can have, as written in plant.toml."""

import struct
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

BYTE_ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")


@dataclass(frozen=True)
class DataType:
    """One type: its Python class of value, its width, and its range (numbers that count only)."""

    python: type
    bits: int
    low: int = 0
    high: int = 0

    @property
    def is_integer(self) -> bool:
        """Whether it is a number that counts or tells one thing from another; no moment is."""
        return self.python is int and self.high > self.low

    @property
    def modulus(self) -> int | None:
        """How many values a counter of this type has before it wraps; None for no counter."""
        return self.high - self.low + 1 if self.is_integer else None


def _unsigned(bits: int) -> DataType:
    return DataType(int, bits, 0, 2**bits - 1)


def _signed(bits: int) -> DataType:
    return DataType(int, bits, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


DATA_TYPES = {
    "bool": DataType(bool, 1),
    "uint8": _unsigned(8),
    "int8": _signed(8),
    "uint16": _unsigned(16),
    "int16": _signed(16),
    "uint32": _unsigned(32),
    "int32": _signed(32),
    "uint64": _unsigned(64),
    "int64": _signed(64),
    "float32": DataType(Decimal, 32),
    "float64": DataType(Decimal, 64),
    "string": DataType(str, 0),
    "bits": _unsigned(16),
    "bcd16": DataType(int, 16, 0, 9_999),
    "bcd32": DataType(int, 32, 0, 99_999_999),
    "datetime": DataType(int, 64),
}
"""`bits` is one 16-bit word whose bit n is `(value >> n) & 1`; `bcd16` and `bcd32` hold a decimal
digit in each four bits, so that a counter of them wraps at 10,000 and 100,000,000. `datetime` is a
moment, in microseconds UTC: it is only read, and has no range."""

# A decimal of up to 6 digits comes back from a normal 32-bit number (FLT_DIG of C), so if any
# decimal that short reads back as the number, it is the one of 6 digits without its zeros.
_SAFE_DIGITS = 6
_SMALLEST_NORMAL = 2.0**-126
_ALL_FORMS = tuple(f"%.{digits}g" for digits in range(1, 10))
_FORMS = _ALL_FORMS[_SAFE_DIGITS - 1 :]
_NARROW = struct.Struct(">f")


def exact_decimal(value: float, bits: int) -> Decimal:
    """The shortest decimal that reads back as the same 32- or 64-bit number.

    Raises ValueError for infinities and not-a-number: they are no quantities.
    """
    if not isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    if bits == 64:
        return Decimal(repr(value))
    narrow = _NARROW.pack(value)
    (value,) = _NARROW.unpack(narrow)
    for form in _FORMS if abs(value) >= _SMALLEST_NORMAL else _ALL_FORMS:
        text = form % value
        try:
            if _NARROW.pack(float(text)) == narrow:
                return Decimal(text).normalize()
        except OverflowError:  # rounded up beyond the largest 32-bit number: needs more digits
            continue
    raise AssertionError("nine digits tell any 32-bit number from all others")
