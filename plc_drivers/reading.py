"""A reading: what one tag showed at one moment, and how far to trust it."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

Value = bool | int | Decimal | str | None
"""A tag's value. Floating-point numbers of devices arrive as exact decimals, so that no
float ever enters a fact; None only where the quality is bad."""


class Quality(StrEnum):
    """How far a value can be trusted (the three severities of OPC 10000-4, 7.39)."""

    GOOD = "good"
    UNCERTAIN = "uncertain"
    BAD = "bad"


class Reading(NamedTuple):
    """One tag's value; all times in microseconds UTC.

    `source_time` and `server_time` are the device's own clocks (None where the protocol has
    none) and may be wrong; `edge_time` is when the reply arrived, the same for all readings
    of one request. `detail` says in words why the quality is not good. A tuple, because a poll
    makes many: a frozen dataclass takes four times as long to make.
    """

    tag: str
    value: Value
    quality: Quality
    source_time: int | None
    server_time: int | None
    edge_time: int
    detail: str = ""
