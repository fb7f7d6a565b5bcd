"""Registers to values and back, in the four byte orders that devices use.

A 32-bit value 0xAABBCCDD is sent as the registers AABB CCDD (ABCD, as the Modbus
specification has it), CCDD AABB (CDAB), BBAA DDCC (BADC) or DDCC BBAA (DCBA); 64-bit values
likewise; of 16-bit values only the bytes can change places. Each order is its own inverse.
"""

import struct
from collections.abc import Sequence
from decimal import Decimal

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import exact_decimal
from plc_drivers.modbus.address import BIT_TABLES, Address, width
from plc_drivers.reading import Value

FORMATS = {
    "uint16": ">H",
    "int16": ">h",
    "bits": ">H",
    "uint32": ">I",
    "int32": ">i",
    "uint64": ">Q",
    "int64": ">q",
    "float32": ">f",
    "float64": ">d",
    "bcd16": ">H",
    "bcd32": ">I",
}
_BCD = ("bcd16", "bcd32")
_WORDS_REVERSED = ("CDAB", "DCBA")
_BYTES_SWAPPED = ("BADC", "DCBA")


def decode(tag: TagConfig, address: Address, registers: Sequence[int]) -> Value:
    """The value in exactly the registers (or the coil) of a tag.

    Raises ValueError if they hold none of its type.
    """
    if address.table in BIT_TABLES:
        return bool(registers[0])
    if address.bit is not None:
        return bool((_arrange(registers, tag.order)[0] >> address.bit) & 1)
    raw = struct.pack(f">{len(registers)}H", *_arrange(registers, tag.order))
    if tag.type == "string":
        return raw[: tag.length].split(b"\0")[0].decode()
    (value,) = struct.unpack(FORMATS[tag.type], raw)
    if tag.type in _BCD:
        return int(f"{value:x}")  # ValueError for a digit above 9
    if isinstance(value, float):
        return exact_decimal(value, len(raw) * 8)
    return int(value)


def encode(tag: TagConfig, value: Value) -> tuple[int, ...]:
    """The registers (or the coil) of a value that `data_types.reject` let pass.

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
        raw = _pack(FORMATS[tag.type], number)
    words = [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
    return tuple(_arrange(words, tag.order))


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
