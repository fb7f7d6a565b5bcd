"""What people say of an hour of the board, calls for help, and time of which nothing is known.

Also the arithmetic of the board: exact, in whole pieces and fractions. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

HOUR_US = 3_600_000_000


@dataclass(frozen=True, kw_only=True)
class HourSignature:
    """An hour of a work center: its cause, and its figures as they were signed.

    `signed_seq` is the seq of the fact that signed it, None while it is not signed.
    """

    equipment_id: str
    hour: int
    cause: str = ""
    note: str = ""
    cause_by: str = ""
    cause_at: int | None = None
    signed_seq: int | None = None
    signed_at: int | None = None
    signed_by: str = ""
    plan: int | None = None
    expected: int | None = None
    good: int | None = None
    scrap: int | None = None
    difference: int | None = None
    events: int = 0


@dataclass(frozen=True, kw_only=True)
class AndonCall:
    """A call for help; `id` is the seq of its fact. Open until it is closed."""

    equipment_id: str
    id: int
    topic: str
    note: str
    called_at: int
    called_by: str
    acknowledged_at: int | None = None
    acknowledged_by: str = ""
    closed_at: int | None = None
    closed_by: str = ""
    closing_note: str = ""


@dataclass(frozen=True, kw_only=True)
class DataGap:
    """Time of which something is not known; `seq` is that of its fact."""

    equipment_id: str
    seq: int
    start: int
    end: int
    reason: str
    detail: str


class BoardReader(Protocol):
    """What the board reads beside pieces and stops."""

    def hour_signatures(
        self, equipment_id: str, start: int, end: int
    ) -> Sequence[HourSignature]: ...
    def andon_calls(
        self, equipment_id: str | None = None, *, open_: bool | None = None
    ) -> Sequence[AndonCall]:
        """Calls of a work center (None: of all), oldest first; `open_` None: all."""
        ...

    def andon_call(self, id_: int) -> AndonCall | None: ...
    def data_gaps(self, equipment_id: str, start: int, end: int) -> Sequence[DataGap]:
        """Gaps that touch [start, end)."""
        ...


def expected(plan: int, worked: int, stopped: int) -> int:
    """Of an hour's planned pieces those for the time that planned stops leave, rounded down.

    `worked` is the hour's working time, `stopped` what of it planned stops take (any unit).
    """
    if worked <= 0:
        return plan
    return plan * max(worked - stopped, 0) // worked


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """What the rest of a shift must bring: `pieces` good ones in `time` us of work."""

    pieces: int
    time: int

    @property
    def per_hour(self) -> Fraction | None:
        """Pieces an hour, exact; None where no time is left. 0 where nothing is missing."""
        if self.pieces <= 0:
            return Fraction(0)
        return Fraction(self.pieces * HOUR_US, self.time) if self.time > 0 else None


def recovery(wanted: int, made: int, time_left: int) -> Recovery:
    """What is missing to the shift's plan so far, and the working time that is left for it."""
    return Recovery(pieces=max(wanted - made, 0), time=max(time_left, 0))


def is_red(wanted: int, difference: int, red_percent: int) -> bool:
    """Whether an hour fell behind what was wanted of it by more than the plant allows."""
    return wanted > 0 and -difference * 100 > wanted * red_percent
