"""What is asked of the adviser and what it answers; times in us.

Questions come from the edge's own process beside it, as they are (pickled); answers are JSON.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from edge.planning.promises.beside import Base
from edge.planning.promises.booking import Booking
from edge.planning.promises.inserting import Slot, Wish
from edge.planning.promises.limiting import Limit
from edge.planning.promises.promising import Promised
from edge.planning.scenario.model import Scenario

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Learn:
    """The plan in force, as the problem that is left with its blocks before."""

    key: str
    scenario: Scenario


@dataclass(frozen=True, kw_only=True)
class AskPromise:
    """When could it be done, beside the plan `key`? `wanted`: how much of it by then."""

    key: str
    wish: Wish
    bookings: tuple[Booking, ...] = ()
    may_move: bool = False
    wanted: int | None = None


@dataclass(frozen=True, kw_only=True)
class AskWhatIf:
    """What would change in the plan of a scenario, by changes of `comparing.what_if`?

    `feasible`: the schedule that does it is wanted, too.
    """

    scenario: Scenario
    changes: Sequence[Mapping[str, Any]]
    feasible: bool = False


def promised_json(asked: AskPromise, found: Promised, base: Base) -> Json:
    """What was found; `by_wanted`: the pieces of it that are done by the wanted date."""
    wanted = asked.wanted
    return {
        "date": found.date,
        "kept": found.kept,
        "slots": [vars(one) for one in found.slots],
        "limits": [_limit(one) for one in found.limits],
        "late": dict(found.late or {}),
        "by_wanted": None if wanted is None else done_by(asked.wish, found.slots, wanted, base),
    }


def _limit(one: Limit) -> Json:
    return {name: value for name, value in vars(one).items() if value is not None}


def done_by(wish: Wish, slots: Iterable[Slot], at: int, base: Base) -> int:
    """Good pieces of the last operation that are done by a moment."""
    last, operation = tuple(slots)[-1], wish.operations[-1]
    if at >= last.end:
        return wish.quantity
    center = next((one for one in base.scenario.work_centers if one.id == last.work_center), None)
    if center is None or at <= last.run_start:
        return 0
    cycle = next(
        one.cycle_us for one in operation.alternatives if one.work_center == last.work_center
    )
    amount = base.capacity.timeline(center).amount
    started = min(floor((amount(at) - amount(last.run_start)) / cycle), last.quantity)
    return min(floor(started * operation.yield_), wish.quantity)
