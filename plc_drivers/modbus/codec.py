"""Registers to values and back, in the four byte orders that devices use.

A 32-bit value 0xAABBCCDD is sent as the registers AABB CCDD (ABCD, as the Modbus
specification has it), CCDD AABB (CDAB), BBAA DDCC (BADC) or DDCC BBAA (DCBA); 64-bit values
likewise; of 16-bit values only the bytes can change places. Each order is its own inverse.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import exact_decimal
from plc_drivers.modbus.address import Address, width
from plc_drivers.reading import Value
from plc_drivers.scaling import told

FORMATS = {
    "bool": "H",
    "uint16": "H",
    "int16": "h",
    "bits": "H",
    "uint32": "I",
    "int32": "i",
    "uint64": "Q",
    "int64": "q",
    "float32": "f",
    "float64": "d",
    "bcd16": "H",
    "bcd32": "I",
}
_BCD = ("bcd16", "bcd32")
_WORDS_REVERSED = ("CDAB", "DCBA")
_BYTES_SWAPPED = ("BADC", "DCBA")

Convert = Callable[[Any], Value]


@dataclass(frozen=True, slots=True)
class Field:
    """How the value of a tag is taken out of its registers.

    `form` is struct's, `places` are its bytes in their order of weight; what struct makes of
    them becomes the value by `convert` (None: it is the value). ValueError if it is none.
    """

    form: str
    places: tuple[int, ...]
    convert: Convert | None

    @property
    def straight(self) -> bool:
        """Whether the bytes are sent in their order of weight."""
        return self.places == tuple(range(len(self.places)))


def field_of(tag: TagConfig, address: Address) -> Field:
    """How a tag in registers is decoded."""
    words = _arrange([2 * at << 8 | 2 * at + 1 for at in range(width(tag))], tag.order)
    places = tuple(place for word in words for place in (word >> 8, word & 0xFF))
    form = f"{2 * width(tag)}s" if tag.type == "string" else FORMATS[tag.type]
    convert = _conversion(tag, address)
    if not tag.scaled:
        return Field(form, places, convert)
    if convert is None:
        return Field(form, places, lambda held: told(tag, held))
    return Field(form, places, lambda held: told(tag, convert(held)))


def encode(tag: TagConfig, value: Value) -> tuple[int, ...]:
    """The registers (or the coil) of a value that the device is to hold (`scaling.held`).

    Raises ValueError if it does not fit.
    """
    if tag.type == "bool":
        return (int(bool(value)),)
    if tag.type == "string":
        raw = str(value).encode()
        if len(raw) > tag.length:
            raise ValueError(f"{value!r} is longer than {tag.length} bytes")
        raw = raw.ljust(width(tag) * 2, b"\0")
    else:
        number = int(str(value), 16) if tag.type in _BCD else value
        raw = _pack(f">{FORMATS[tag.type]}", number)
    words = [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
    return tuple(_arrange(words, tag.order))


def _conversion(tag: TagConfig, address: Address) -> Convert | None:
    """What makes a value of a tag's type from what struct makes of its bytes."""
    if address.bit is not None:
        mask = 1 << address.bit
        return lambda word: bool(word & mask)
    if tag.type == "string":
        length = tag.length
        return lambda raw: str(raw[:length].split(b"\0")[0].decode())
    if tag.type in _BCD:
        return lambda number: int(f"{number:x}")  # ValueError for a digit above 9
    if tag.type in ("float32", "float64"):
        bits = 8 * 2 * width(tag)
        return lambda number: exact_decimal(number, bits)
    return None


def _pack(form: str, value: Value) -> bytes:
    number = float(value) if form in (">f", ">d") and value is not None else value
    assert isinstance(value, (int, Decimal))  # `reject` has seen to it
    try:
        return struct.pack(form, number)
    except (struct.error, OverflowError) as error:
        raise ValueError(f"{value} does not fit: {error}") from error


def _arrange(words: Sequence[int], order: str) -> Sequence[int]:
    if order == "ABCD":
        return words
    ordered = list(reversed(words)) if order in _WORDS_REVERSED else list(words)
    if order in _BYTES_SWAPPED:
        return [(word & 0xFF) << 8 | word >> 8 for word in ordered]
    return ordered
