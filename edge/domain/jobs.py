"""What execution keeps of job orders beside their progress: tolerance, questions, what was told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Any, Protocol

HUNDRED = 100


class Beyond(StrEnum):
    """What is done beyond the tolerance of a product's quantity."""

    ALLOW = "allow"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, kw_only=True)
class Completion:
    """How far an order may be ended below its quantity, or made above it, in percent of it."""

    under_percent: Fraction = Fraction(0)
    over_percent: Fraction = Fraction(0)
    beyond: Beyond = Beyond.ALLOW

    def least(self, quantity: int) -> int:
        """The fewest good pieces that complete `quantity` within the tolerance."""
        return ceil(quantity * (HUNDRED - self.under_percent) / HUNDRED)

    def most(self, quantity: int) -> int:
        """The most good pieces that `quantity` may have within the tolerance."""
        return floor(quantity * (HUNDRED + self.over_percent) / HUNDRED)


ANY_NUMBER = Completion()


def completion_from(content: Mapping[str, Any] | None) -> Completion:
    """`completion` of an operations definition (contracts, section 3)."""
    if not content:
        return ANY_NUMBER
    return Completion(
        under_percent=Fraction(content.get("under_percent") or 0),
        over_percent=Fraction(content.get("over_percent") or 0),
        beyond=Beyond(content.get("beyond") or Beyond.ALLOW),
    )


class About(StrEnum):
    """What a supervisor is asked about."""

    CUT = "cut"  # the ERP wants fewer than are made
    CANCELLED = "cancelled"  # the ERP does not want it any more, and work has begun
    SHORT = "short"  # ended at the machine with too few
    OVER = "over"  # more were made than the tolerance allows


class Choice(StrEnum):
    """What a supervisor can answer."""

    CLOSE = "close"  # at what is made; all of it goes on
    AS_PLANNED = "as_planned"  # make the rest
    STOCK = "stock"  # end it; what is too much goes to stock


CHOICES: Mapping[About, tuple[Choice, ...]] = {
    About.CUT: (Choice.CLOSE, Choice.AS_PLANNED, Choice.STOCK),
    About.CANCELLED: (Choice.CLOSE, Choice.AS_PLANNED, Choice.STOCK),
    About.SHORT: (Choice.CLOSE, Choice.AS_PLANNED),
    About.OVER: (Choice.CLOSE, Choice.STOCK),
}
# Answers that nobody gave: the ERP has changed its mind, or asks for something else.
WITHDRAWN, SUPERSEDED = "withdrawn", "superseded"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question about an order, put at one of its job orders; `id` is the seq of its fact.

    `made`: good pieces when it was asked, `wanted` what the ERP wants now, `was` what it wanted
    before. `answered` is the seq of the answer, None while it is open. With the answer the
    order's quantity is `kept` as long as the ERP wants `against`; None: it is as the ERP says.
    """

    job_order_id: str
    id: int
    order_id: str
    asked_at: int
    about: str
    made: int
    wanted: int
    was: int
    answered: int | None
    answered_at: int | None
    actor: str | None
    answer: str | None
    note: str | None
    surplus: int | None
    against: int | None
    kept: int | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a job had when its machine was told last: good pieces, and pieces in all; `seq` of
    the fact."""

    seq: int
    good: int
    used: int


@dataclass(frozen=True, kw_only=True)
class ToolLife:
    """A tool and its life in strokes; `worn`: whether it warns or forbids once that is over."""

    id: str
    strokes: int
    warn_at: int
    worn: str


@dataclass(frozen=True, kw_only=True)
class SetupHour:
    """Pieces that a job made in set-up, by hour, and how many of them were approved."""

    job_order_id: str
    hour: int
    run_time_per_item: str
    shift: str
    production_day: str
    pieces: int
    approved: int

    @property
    def left(self) -> int:
        """Those that are not approved."""
        return max(self.pieces - self.approved, 0)


class JobsReader(Protocol):
    """What execution reads of job orders beside their progress."""

    def questions(self, *, open_: bool | None = None) -> Sequence[Question]:
        """Questions, oldest first; `open_` None: all."""
        ...

    def question(self, id_: int) -> Question | None: ...
    def told(self, job_order_id: str) -> Told | None:
        """What a job had when its machine was told; None before the first time."""
        ...

    def setup_hours(self, job_order_id: str) -> Sequence[SetupHour]:
        """What a job made in set-up, by hour."""
        ...

    def tool_pieces(self, tool: str) -> Sequence[tuple[str, int]]:
        """Pieces that a tool has made, each with the pieces of a stroke ("4", "1/2")."""
        ...

    def tool_changed_at(self, tool: str) -> str:
        """The strokes of all time at its last change, a fraction; "0" before the first."""
        ...

    def shared(self, equipment_id: str, opened: int) -> Mapping[int, Sequence[str]]:
        """By seq of the state fact, from `opened` on: the jobs that were on, if several."""
        ...


class NothingKept:
    """Where nothing is kept."""

    def questions(self, *, open_: bool | None = None) -> Sequence[Question]:
        return ()

    def question(self, id_: int) -> Question | None:
        return None

    def told(self, job_order_id: str) -> Told | None:
        return None

    def setup_hours(self, job_order_id: str) -> Sequence[SetupHour]:
        return ()

    def tool_pieces(self, tool: str) -> Sequence[tuple[str, int]]:
        return ()

    def tool_changed_at(self, tool: str) -> str:
        return "0"

    def shared(self, equipment_id: str, opened: int) -> Mapping[int, Sequence[str]]:
        return {}


@dataclass(frozen=True)
class Kept:
    """A quantity that a supervisor holds to, as long as the ERP wants `against`."""

    against: int
    quantity: int


def kept_of(questions: Iterable[Question]) -> dict[str, Kept]:
    """By order, the quantity that the last answer holds to."""
    kept: dict[str, Kept] = {}
    for one in questions:
        if one.answered is not None and one.against is not None and one.kept is not None:
            kept[one.order_id] = Kept(one.against, one.kept)
    return kept
