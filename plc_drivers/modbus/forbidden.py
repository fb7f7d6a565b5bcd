"""Ranges that a device must never be asked for: `holding:100-199`, `coil:7`."""

import re
from dataclasses import dataclass

from plc_drivers.modbus.address import LAST

_PATTERN = re.compile(r"(holding|input|coil|discrete):(0|[1-9]\d{0,4})(?:-(0|[1-9]\d{0,4}))?")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """From `first` to `last` of one table, both included."""

    table: str
    first: int
    last: int

    def meets(self, table: str, start: int, end: int) -> bool:
        """Whether it has a place in `start` to before `end`."""
        return table == self.table and start <= self.last and self.first < end

    def __str__(self) -> str:
        return f"{self.table}:{self.first}-{self.last}"


def parse_forbidden(text: str) -> Forbidden:
    """The range; ValueError if it is none."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise ValueError("is no range of addresses")
    first, last = int(match[2]), int(match[3] or match[2])
    if not first <= last <= LAST:
        raise ValueError(f"does not go up, or ends beyond {LAST}")
    return Forbidden(match[1], first, last)
