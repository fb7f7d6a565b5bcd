"""Levelled orders (heijunka): a little of each in every pitch, instead of one campaign.

What is left of an order is cut into lots, one a pitch of the working time up to its due
date, in whole pieces by largest remainder; orders of one mix take turns. The lots are
ordinary orders to the solver: due at the end of their pitch, so that each pitch has its
mix and families are grouped within it. An operation before the last one has its lot a
pitch earlier, so that it pulls what the pitch needs; no operation of a lot begins before
its pitch. Set-ups count as they come; a lot that does not fit is late, and said to be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from edge.planning.levels.pitches import Pitch, pitches
from edge.planning.levels.remaining import Rest, by_pitch, shares_again
from edge.planning.levels.shares import even_shares
from edge.planning.placing.tasks import Key, Problem, Task
from edge.planning.scenario.model import Levelling, MaterialArrival, Operation, Order, Scenario

Lots = Mapping[str, tuple[Order, ...]]
MOST_LOTS: Final = 4_000  # of one order: above that its pitches are put together


@dataclass(frozen=True)
class Mix:
    """An order in its mix: which of how many orders with the same rule."""

    order: Order
    rule: Levelling
    which: int
    of: int


def lots_of(scenario: Scenario, problem: Problem, rests: Mapping[Key, Sequence[Rest]]) -> Lots:
    """The lots of each order that is levelled and can be; `rests`: those of the plan before."""
    found: dict[str, tuple[Order, ...]] = {}
    mark = " lot "
    while any(mark in order.id for order in scenario.orders):
        mark = f" {mark}"  # no order is called as a lot is
    for mix in _mixes(scenario):
        if why_not(mix.order, problem):
            continue
        lots = _lots(mix, scenario, problem, rests)
        if lots:
            found[mix.order.id] = tuple(
                replace(one, id=f"{mix.order.id}{mark}{one.lot:05}") for one in lots
            )
    return found


def _mixes(scenario: Scenario) -> list[Mix]:
    """Orders by the first rule that holds them, in the order of their ids."""
    members: dict[int, list[Order]] = {}
    for order in scenario.orders:
        for place, rule in enumerate(scenario.levelling):
            if rule.holds(order):
                members.setdefault(place, []).append(order)
                break
    return [
        Mix(order, scenario.levelling[place], which, len(orders))
        for place, orders in sorted(members.items())
        for which, order in enumerate(orders)
    ]


def why_not(order: Order, problem: Problem) -> str:
    """Why an order is planned as one although it is to be levelled; empty if it is not so."""
    chain = problem.chains[order.id]
    lefts = [task.left for task in chain]
    if not lefts[-1]:
        return "done"
    if any(task.operation.unchecked for task in chain if task.left):
        return "unchecked"
    if any(task.operation.wip_limit is not None for task in chain):
        return "wip_limit"
    if any(one and not later for one, later in pairwise(lefts)):
        return "ended"
    if not chain[-1].operation.alternatives:
        return "outside"
    if order.due is None or order.due <= _start(order, problem):
        return "due"
    return ""


def _start(order: Order, problem: Problem) -> int:
    """From when on pieces can be made: only what has still to begin waits for material."""
    first = problem.chains[order.id][0]
    waits = [order.release or 0, order.material_from or 0] if first.left else []
    return max([problem.fence, *waits])


def _lots(
    mix: Mix, scenario: Scenario, problem: Problem, rests: Mapping[Key, Sequence[Rest]]
) -> tuple[Order, ...]:
    order, chain = mix.order, problem.chains[mix.order.id]
    start = _start(order, problem)
    again = chain[-1].key in rests
    found = _pitches(mix, scenario, chain[-1], start, again=again)
    if not found:
        return ()
    # The pitch of what is made ahead may be over in a plan made again.
    soonest = start if again else found[0].start
    stages = [
        task
        for task, after in pairwise(chain)
        if task.left and task.operation.alternatives and after.operation.max_gap_us is None
    ]
    # Nothing is there yet for the last operation: the first pitches only bring it on its way.
    behind = len(stages) if _in_hand(chain) <= 0 else 0
    behind = min(behind, len(found) - 1)
    before = by_pitch(rests.get(chain[-1].key, ()), found)
    behind = min([behind, *(place for place, pieces in enumerate(before) if pieces)])
    final = found[behind:]
    phase = (mix.which, mix.of)
    if any(before):
        shares = shares_again(chain[-1].left, final, before[behind:], phase)
    else:
        shares = even_shares(chain[-1].left, [one.worked for one in final], phase)
    starts = _starts(chain, shares)
    lots: list[Order] = []
    for place, pitch in enumerate(final):
        if shares[place]:
            begins = [soonest] * len(chain) + [one.start for one in found[: place + behind + 1]]
            steps = _steps(chain, [row[place] for row in starts], begins)
            lots.append(_lot(order, steps, pitch, shares[place], len(lots) + 1, chain))
    return tuple(_supplied(lots, chain[0], [row[0] for row in _by_lot(starts, shares)]))


def _by_lot(starts: Sequence[Sequence[int]], shares: Sequence[int]) -> list[list[int]]:
    """What each lot starts of each operation; a pitch without a share has none."""
    return [[row[place] for row in starts] for place, share in enumerate(shares) if share]


def _supplied(lots: Sequence[Order], first: Task, pieces: Sequence[int]) -> Iterator[Order]:
    """Each lot with the material of its own pieces: those of the lots before it come first."""
    begun = first.used
    for lot, own in zip(lots, pieces, strict=True):
        yield replace(lot, material=_share(first.order.material, begun, own)) if own else lot
        begun += own


def _share(
    arrivals: Sequence[MaterialArrival], begun: int, own: int
) -> tuple[MaterialArrival, ...]:
    """Of a running total of material what is there for `own` pieces behind `begun` others."""
    found: list[MaterialArrival] = []
    for one in arrivals:
        there = min(one.quantity - begun, own)
        if there > 0 and (not found or there > found[-1].quantity):
            found.append(MaterialArrival(at=one.at, quantity=there))
    return tuple(found)


def _pitches(
    mix: Mix, scenario: Scenario, last: Task, start: int, *, again: bool
) -> Sequence[Pitch]:
    """The pitches up to the due date, by the working time of where the order is made last; a plan
    made again keeps those of the one before."""
    first = last.operation.alternatives[0].work_center
    place = first if again else last.pinned or first
    center = next(one for one in scenario.work_centers if one.id == place)
    calendar = next(one for one in scenario.calendars if one.id == center.calendar)
    assert mix.order.due is not None
    found = pitches(calendar, center, mix.rule.pitch_us, start, mix.order.due)
    together = -(-len(found) // MOST_LOTS)
    if together <= 1:
        return found
    groups = [found[at : at + together] for at in range(0, len(found), together)]
    return [
        Pitch(
            one[0].start,
            one[-1].end,
            sum(part.worked for part in one),
            sum(part.whole for part in one),
        )
        for one in groups
    ]


def _in_hand(chain: Sequence[Task]) -> int:
    """Pieces that lie ready for the last operation."""
    return chain[-2].good - chain[-1].used if len(chain) > 1 else chain[-1].left


def _starts(chain: Sequence[Task], shares: Sequence[int]) -> list[list[int]]:
    """What each operation starts for each lot, so that its lots add up to what is left of it.

    From the last operation back: so much that the next one has its pieces, counted from the
    beginning, so that nothing is rounded lot by lot. What kept hours of the next one still wait
    for is made with the first lot of it; a lot without the next operation has none of this one.
    """
    rows = [list(shares)]
    for task, following in zip(chain[-2::-1], chain[:0:-1], strict=True):
        row, wanted, begun = list[int](), following.used, 0
        final = max((place for place, pieces in enumerate(rows[0]) if pieces), default=-1)
        for place, pieces in enumerate(rows[0]):
            if not pieces:
                row.append(0)
                continue
            wanted += pieces
            over = (wanted - task.good) * task.operation.yield_.denominator
            needed = min(max(-(-over // task.operation.yield_.numerator), begun), task.left)
            if place == final:
                needed = task.left
            row.append(needed - begun)
            begun = needed
        rows.insert(0, row)
    return rows


def _steps(
    chain: Sequence[Task], pieces: Sequence[int], begins: Sequence[int]
) -> tuple[Operation, ...]:
    """The operations that a lot needs, each not before its pitch and with the lot's own yield.

    `begins`: when the pitches up to its own do.
    """
    steps: list[Operation] = []
    ahead = 0
    for index in range(len(chain) - 1, -1, -1):
        task = chain[index]
        if not pieces[index]:
            break
        step = task.operation
        comes = pieces[index + 1] if index + 1 < len(chain) else pieces[index]
        steps.insert(
            0,
            replace(
                step,
                yield_=Fraction(comes, pieces[index]),
                not_before=max(begins[-1 - ahead], step.not_before or 0),
                lot_of=task.key,
            ),
        )
        # What it is bound to by a longest gap is made in the same pitch.
        ahead += 1 if step.alternatives and step.max_gap_us is None else 0
    return tuple(steps)


def _lot(
    order: Order,
    steps: tuple[Operation, ...],
    pitch: Pitch,
    pieces: int,
    number: int,
    chain: Sequence[Task],
) -> Order:
    whole = len(steps) == len(chain)
    return replace(
        order,
        quantity=pieces,
        due=pitch.end,
        operations=steps,
        release=order.release if whole else None,
        material_from=order.material_from if whole else None,
        material=(),
        lot_of=order.id,
        lot=number,
    )
