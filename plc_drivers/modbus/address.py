"""Modbus addresses as plant.toml writes them: `holding:100`, `input:20`, `coil:3`.

Numbers count from 0, as on the wire (the `40001` of many manuals is `holding:0`). One bit
of a register is `holding:100.3`; bit 0 is the lowest.
"""

import re
from dataclasses import dataclass

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES

TABLES = ("holding", "input", "coil", "discrete")
BIT_TABLES = ("coil", "discrete")
WRITABLE_TABLES = ("holding", "coil")
LAST = 65_535
_PATTERN = re.compile(r"(holding|input|coil|discrete):(0|[1-9]\d{0,4})(?:\.(\d|1[0-5]))?")


@dataclass(frozen=True, slots=True)
class Address:
    """A place in one of the four tables; `bit` only within a register."""

    table: str
    number: int
    bit: int | None = None

    def __str__(self) -> str:
        bit = "" if self.bit is None else f".{self.bit}"
        return f"{self.table}:{self.number}{bit}"


def parse_address(text: str) -> Address:
    """The address; ValueError if it is none."""
    match = _PATTERN.fullmatch(text)
    if match is None or int(match[2]) > LAST or (match[3] and match[1] in BIT_TABLES):
        raise ValueError("is no Modbus address")
    return Address(match[1], int(match[2]), int(match[3]) if match[3] else None)


def width(tag: TagConfig) -> int:
    """How many registers (or coils) the tag takes."""
    if tag.type == "string":
        return (tag.length + 1) // 2
    return max(1, DATA_TYPES[tag.type].bits // 16)
