"""How much of what a late order lacks would make it be on time, found by halving.

Hours more on a work center before the due date, or material so much sooner: each amount
that is named is the smallest that was found, and was itself solved again: with exactly
that, the order is on time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from edge.domain.intervals import Interval, subtract, union
from edge.planning.explaining.lifting import with_material_by, with_overtime
from edge.planning.explaining.proving import Proof, solve_again, told
from edge.planning.placing.solver import Plan
from edge.planning.placing.timeline import Timeline
from edge.planning.scenario.model import Order, Scenario

HOUR: Final = 3_600_000_000
MOST_HOURS: Final = 64
MOST_DAYS_SOONER: Final = 64 * 24


@dataclass(frozen=True)
class Remedy:
    """`hours` more on `work_center` by `by`, or the material there by `by`; and its proof."""

    hours: int
    by: int
    work_center: str | None
    scenario: Scenario
    proof: Proof


@dataclass(frozen=True)
class Again:
    """The scenario that is changed, and how what comes of it is solved for the order."""

    scenario: Scenario
    solve: Callable[[Scenario], Proof | None]


def by_sequences(plan: Plan, order: str) -> Again:
    """Solved with the sequences of the plan, or anew by due date."""
    sequences = told(plan)
    return Again(
        plan.problem.scenario,
        lambda changed: solve_again(changed, sequences, order, widely=False),
    )


def overtime(plan: Plan, order: Order, center: str, again: Again) -> Remedy | None:
    """The fewest whole hours of overtime on a work center that make the order be on time.

    They are taken where it is closed before the due date, the last such time first, each
    from its beginning: the shift goes on. None if no such hours are enough.
    """
    due = order.due
    if due is None:
        return None
    station = next(one for one in plan.stations if one.center.id == center)
    gaps = _gaps(station.timeline, plan.problem.fence, due, station.center.maintenance)
    room = sum(one.length for one in gaps) // HOUR

    def attempt(hours: int) -> Remedy | None:
        spans = _last(gaps, hours * HOUR)
        longer = with_overtime(again.scenario, center, spans)
        proof = again.solve(longer)
        if proof is None or proof.completion > due:
            return None
        return Remedy(hours, max(one.end for one in spans), center, longer, proof)

    return _least(attempt, min(room, MOST_HOURS))


def sooner(plan: Plan, order: Order, again: Again) -> Remedy | None:
    """The material so many whole hours sooner, as few as make the order be on time."""
    due, fence = order.due, plan.problem.fence
    comes = max([order.material_from or fence, *(one.at for one in order.material)])
    if due is None or comes <= fence:
        return None

    def attempt(hours: int) -> Remedy | None:
        at = max(comes - hours * HOUR, fence)
        earlier = with_material_by(again.scenario, order.id, at)
        proof = again.solve(earlier)
        if proof is None or proof.completion > due:
            return None
        return Remedy(hours, at, None, earlier, proof)

    return _least(attempt, min(-(-(comes - fence) // HOUR), MOST_DAYS_SOONER))


def _gaps(
    timeline: Timeline, start: int, end: int, maintenance: tuple[Interval, ...]
) -> list[Interval]:
    """When it is closed between two moments, but for maintenance, which overtime cannot use."""
    timeline.amount(end)
    if start >= end:
        return []
    return list(subtract([Interval(start, end)], union([*timeline.working, *maintenance])))


def _last(gaps: list[Interval], length: int) -> list[Interval]:
    """So much of the gaps, of the last one first, each from its beginning."""
    found: list[Interval] = []
    for gap in reversed(gaps):
        if length <= 0:
            break
        taken = min(gap.length, length)
        found.append(Interval(gap.start, gap.start + taken))
        length -= taken
    return sorted(found)


def _least(attempt: Callable[[int], Remedy | None], most: int) -> Remedy | None:
    """The smallest amount of 1 to `most` that is enough, if more never does less; what is
    returned was tried, whether or not that is so."""
    if most < 1 or (best := attempt(most)) is None:
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        found = attempt(middle)
        if found is None:
            low = middle + 1
        else:
            best, high = found, middle
    return best
