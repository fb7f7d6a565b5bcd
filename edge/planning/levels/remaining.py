"""What lots of the plan before have still to bring, so that a plan made again cuts them alike."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor

from edge.domain.clock import MICROS
from edge.planning.levels.pitches import Pitch
from edge.planning.levels.shares import even_shares
from edge.planning.placing.tasks import Key, Problem, needed_good, starts_for
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Block, Order


@dataclass(frozen=True)
class Rest:
    """A lot of the plan before: its number, when its run begins, pieces that it still starts."""

    number: int
    start: int
    pieces: int


def rests_of(problem: Problem, capacity: Capacity) -> Mapping[Key, Sequence[Rest]]:
    """By operation the lots that are not done at the fence by the plan before, by number."""
    begun: dict[tuple[str, int, int], int] = {}
    left: dict[tuple[str, int, int], int] = defaultdict(int)
    cycles = {
        (task.key, way.work_center): way.cycle_us
        for chain in problem.chains.values()
        for task in chain
        for way in task.operation.alternatives
    }
    centers = {one.id: one for one in problem.scenario.work_centers}
    for block in problem.scenario.previous_blocks:
        if block.lot is None or block.kind != "run":
            continue
        name, made = (block.order, block.seq, block.lot), 0
        cycle = cycles.get(((block.order, block.seq), str(block.work_center)))
        if block.end <= problem.fence:
            made = block.quantity
        elif cycle and block.start < problem.fence:
            amount = capacity.timeline(centers[str(block.work_center)]).amount
            worked = amount(problem.fence) - amount(block.start)
            made = min(floor((worked + block.credit * MICROS) / cycle), block.quantity)
        begun[name] = min(begun.get(name, block.start), block.start)
        left[name] += block.quantity - made
    found: dict[Key, list[Rest]] = defaultdict(list)
    for (order, seq, number), pieces in sorted(left.items()):
        if pieces:
            found[order, seq].append(Rest(number, begun[order, seq, number], pieces))
    return found


def by_pitch(rests: Sequence[Rest], found: Sequence[Pitch]) -> list[int]:
    """Pieces of lots by the pitch in which their run begins."""
    pieces, starts = [0] * len(found), [one.start for one in found]
    for one in rests:
        pieces[max(bisect_right(starts, one.start) - 1, 0)] += one.pieces
    return pieces


def shares_again(
    quantity: int, found: Sequence[Pitch], before: Sequence[int], phase: tuple[int, int]
) -> list[int]:
    """The share of each pitch where the plan before gave them `before`.

    Later pitches keep theirs as long as that is level, and the pitch that runs has what is left
    beside them: what was made in it counts. One that begins now is as level as the others.
    """
    runs, rest = found[0], found[1:]
    first = 0
    if not rest:
        return [quantity]
    if runs.worked < runs.whole:
        length = max(one.worked for one in found)
        most = -(-quantity * length // sum(one.worked for one in rest)) + 1
        first = min(max(quantity - sum(before[1:]), 0), most, quantity)
    else:
        rest, before = found, (0, *before)
    level = even_shares(quantity - first, [one.worked for one in rest], phase)
    kept = list(before[1:])
    is_level = all(abs(one - other) <= 1 for one, other in zip(kept, level, strict=True))
    later = kept if is_level and sum(kept) == quantity - first else level
    return later if rest is found else [first, *later]


def pieces_of(lot: Order) -> dict[int, int]:
    """What a lot starts of each of its operations."""
    wanted = zip(lot.operations, needed_good(lot), strict=True)
    return {step.seq: starts_for(step, good) for step, good in wanted}


def renamed(
    blocks: Sequence[Block],
    lots: Mapping[str, Sequence[Order]],
    rests: Mapping[Key, Sequence[Rest]],
    fence: int,
) -> list[Block]:
    """The blocks of the plan before as those of the lots that are planned now.

    Where an operation has as many lots as before they are those; but one that was begun, only if
    as many pieces of it are left. What else was begun stays with the order, and says what stands
    on a work center.
    """
    names = dict[tuple[str, int, int], str]()
    for order, cut in lots.items():
        pieces = {lot.id: pieces_of(lot) for lot in cut}
        for seq in {step.seq for lot in cut for step in lot.operations}:
            now = [lot.id for lot in cut if seq in pieces[lot.id]]
            before = rests.get((order, seq), ())
            for lot, one in zip(now, before, strict=False) if len(now) == len(before) else ():
                if one.start >= fence or one.pieces == pieces[lot][seq]:
                    names[order, seq, one.number] = lot
    found = []
    for block in blocks:
        if block.order not in lots:
            found.append(block)
        elif name := names.get((block.order, block.seq, block.lot or 0)):
            if block.work_center is not None:
                found.append(replace(block, order=name, lot=None))
        elif block.start < fence:
            found.append(replace(block, lot=block.lot or 0))
    return found
