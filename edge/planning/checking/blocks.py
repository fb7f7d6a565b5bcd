"""Rules of blocks: who runs where and when, without overlap, in working time, in sequence."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil

from edge.planning.checking.before import NONE, Key
from edge.planning.checking.ground import Ground, Violation
from edge.planning.checking.runs import Run
from edge.planning.scenario.model import Block

EXACT = 1  # microseconds: work is rounded up to whole ones where a stretch of it ends


def block_violations(ground: Ground) -> Iterator[Violation]:
    """All of them; blocks of unknown operations are named and passed over by the rest."""
    known: list[Block] = []
    for block in ground.schedule["blocks"]:
        fault = ground.unknown(block)
        if fault:
            yield Violation("UNKNOWN", place_of(block), fault)
        else:
            known.append(block)
        if block.unchecked:
            yield Violation("UNCHECKED", place_of(block), "has a cycle time, and is marked")
    yield from _twice(ground)
    yield from _quantities(ground)
    for block in known:
        if block.work_center is not None:
            yield from _open(ground, block)
    for key in ground.steps:
        yield from _starts(ground, key)
    for run in ground.runs.values():
        yield from _outside(ground, run) if run.time is None else _work(ground, run)
    for center, blocks in _by_center(known).items():
        yield from _sequence(ground, center, blocks)


def place_of(block: Block) -> str:
    return f"{block.order}.{block.seq} {block.kind} on {block.work_center}"


def _twice(ground: Ground) -> Iterator[Violation]:
    """Set-up and run are one block each, unless the operation may be interrupted."""
    for key in ground.steps:
        pieces = [ground.runs[key].blocks if key in ground.runs else (), ground.setups.get(key, ())]
        for blocks in pieces:
            if len(blocks) > 1 and not may_be_interrupted(ground, key):
                yield Violation("QUANTITY", place_of(blocks[1]), "stands twice")
        centers = {block.work_center for blocks in pieces for block in blocks}
        if len(centers) > 1:
            names = " and ".join(sorted(str(one) for one in centers))
            yield Violation("SEQUENCE", f"{key[0]}.{key[1]}", f"is split over {names}")


def may_be_interrupted(ground: Ground, key: Key) -> bool:
    """Where stock or time between operations is limited, where people are asked for, where
    material comes by date, and what goes out in batches.
    """
    order, operation = ground.steps[key]
    index = order.operations.index(operation)
    around = order.operations[index : index + 2]
    limited = any(
        one.wip_limit is not None or one.max_gap_us is not None for one in (operation, *around[1:])
    )
    staffed = bool(operation.skills and ground.scenario.people)
    supplied = index == 0 and bool(order.material)
    return limited or staffed or supplied or operation.lead_time_us is not None


def _quantities(ground: Ground) -> Iterator[Violation]:
    for key, left in ground.lefts.items():
        run = ground.runs.get(key)
        made = run.quantity if run else 0
        if made != left.left:
            message = f"{made} pieces are planned, {left.left} are left"
            yield Violation("QUANTITY", f"{key[0]}.{key[1]}", message)


def used_violations(ground: Ground) -> Iterator[Violation]:
    """Each run says the pieces of its operation that came before, lot after lot; of the schedule
    as it is written.
    """
    used = {key: left.used for key, left in ground.lefts.items()}
    blocks = [one for one in ground.schedule["blocks"] if one.kind == "run"]
    for block in sorted(blocks, key=lambda one: (one.lot or 0, one.start, one.end)):
        key = (block.order, block.seq)
        if key not in used:
            continue
        if block.used != used[key]:
            message = f"says that {block.used} pieces came before, {used[key]} did"
            yield Violation("QUANTITY", place_of(block), message)
        used[key] += block.quantity


def _open(ground: Ground, block: Block) -> Iterator[Violation]:
    """Blocks start and end in working time."""
    time = ground.worktime[str(block.work_center)]
    if not time.works_at(block.start) or not time.works_at(block.end - 1):
        message = "starts or ends while the work center is closed"
        yield Violation("CLOSED", place_of(block), message)


def _work(ground: Ground, run: Run) -> Iterator[Violation]:
    """Each block holds the work of its pieces; what is over is gone on with in the next."""
    assert run.time is not None
    yield from _credit(ground, run)
    over = Fraction(0)
    for index, block in enumerate(run.blocks):
        if index and block.credit * 1_000_000 not in ({over} if over >= EXACT else {over, 0}):
            message = f"credit of {block.credit} s, the block before leaves {over} us"
            yield Violation("WORK", place_of(block), message)
        last = index == len(run.blocks) - 1
        need = block.quantity * run.cycle_us - block.credit * 1_000_000
        worked = run.time.between(block.start, block.end)
        over = worked - need
        if not 0 <= over < (EXACT if last else run.cycle_us):
            message = f"holds {worked} us of work, {block.quantity} pieces need {ceil(need)}"
            yield Violation("WORK", place_of(block), message)


def _credit(ground: Ground, run: Run) -> Iterator[Violation]:
    """Only the piece that was in work when planning began has work behind it, as much as can be."""
    block, key = run.blocks[0], (run.order, run.seq)
    center = str(run.work_center)
    most = NONE if key in ground.setups else ground.before.most_credit(key, center, run.cycle)
    if block.credit > most or block.credit >= run.cycle:
        message = f"credit of {block.credit} s, the piece in work has {most} s behind it at most"
        yield Violation("WORK", place_of(block), message)


def _outside(ground: Ground, run: Run) -> Iterator[Violation]:
    """Back after the lead time, that of the last piece where they go out as they come.

    What was out when planning began comes back as the plan before had it.
    """
    lead = ground.steps[run.order, run.seq][1].lead_time_us or 0
    out, first = run.out, 0
    for block in run.blocks:
        until = first + block.quantity
        if first < until <= out.count:
            if block.end < out.back(until - 1):
                yield Violation("WORK", place_of(block), "is back before it can be")
        else:
            wait = block.end - lead - (block.start if run.leaves is None else run.leaves(until - 1))
            if wait and not (first < out.count and wait > 0 and block.end <= out.latest):
                yield Violation("WORK", place_of(block), "does not take the lead time")
        first = until
    block = run.blocks[0]
    if run.leaves is not None and not out.count and block.start < run.leaves(0):
        message = "goes out before the operation before has passed it on"
        yield Violation("PRECEDENCE", place_of(block), message)


def _starts(ground: Ground, key: Key) -> Iterator[Violation]:
    """Nothing starts before it may; what was out when planning began has started."""
    for block in ground.setups.get(key, ()):
        yield from _start(ground, block, block.start)
    first, run = 0, ground.runs.get(key)
    for block in run.blocks if run else ():
        until = first + block.quantity
        if run and (until > run.out.count or not run.out.count):
            begun = run.begun_at(run.out.count) if first < run.out.count else block.start
            yield from _start(ground, block, begun)
        first = until


def _start(ground: Ground, block: Block, begun: int) -> Iterator[Violation]:
    order, operation = ground.steps[block.order, block.seq]
    first = order.operations[0].seq == block.seq
    earliest = {"the plan's begin or the frozen window's end": ground.fence}
    if first and order.release is not None:
        earliest["its release"] = order.release
    if first and order.material_from is not None:
        earliest["its material"] = order.material_from
    if operation.not_before is not None:
        earliest["what it may not begin before"] = operation.not_before
    for name, at in earliest.items():
        if begun < at:
            yield Violation("RELEASE", place_of(block), f"starts before {name}")


def _by_center(blocks: list[Block]) -> Mapping[str, list[Block]]:
    found: dict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        if block.work_center is not None:
            found[block.work_center].append(block)
    return found


def _sequence(ground: Ground, center: str, blocks: list[Block]) -> Iterator[Violation]:
    """No overlap; each set-up directly before its run, and as long as the change needs."""
    ordered = sorted(blocks, key=lambda one: (one.start, one.end))
    latest = ordered[0]
    for block in ordered[1:]:
        if block.start < latest.end:
            yield Violation("OVERLAP", place_of(block), f"overlaps {place_of(latest)}")
        latest = max(latest, block, key=lambda one: one.end)
    runs = sorted(
        (run for run in ground.runs.values() if run.work_center == center),
        key=lambda one: (one.start, one.end),
    )
    for one, following in pairwise(runs):
        yield from _held(ground, one, following)
    before: Run | None = None
    for index, run in enumerate(runs):
        key = (run.order, run.seq)
        if key in ground.setups:
            yield from _directly_before(ground, run)
        yield from _setup(ground, center, run, before)
        if index and run.blocks[0].credit:
            message = "has work behind it, and is not the first here"
            yield Violation("WORK", place_of(run.blocks[0]), message)
        before = run


def _held(ground: Ground, run: Run, following: Run) -> Iterator[Violation]:
    """A work center whose run is interrupted is held: nothing else comes between."""
    setups = ground.setups.get((following.order, following.seq), ())
    start = min([following.start, *(one.start for one in setups)])
    if start < run.end and len(run.blocks) > 1:
        block = following.blocks[0]
        message = f"comes between the blocks of {run.order}.{run.seq}"
        yield Violation("HELD", place_of(block), message)


def _directly_before(ground: Ground, run: Run) -> Iterator[Violation]:
    """Set-up, then its run; in between no working time, unless it may be interrupted."""
    key = (run.order, run.seq)
    time = ground.worktime[str(run.work_center)]
    end = max(one.end for one in ground.setups[key])
    idle = 0 if may_be_interrupted(ground, key) else time.between(end, run.start)
    if end > run.start or idle:
        message = "does not follow its set-up directly"
        yield Violation("SEQUENCE", place_of(run.blocks[0]), message)


def _setup(ground: Ground, center: str, run: Run, before: Run | None) -> Iterator[Violation]:
    key = (run.order, run.seq)
    blocks = ground.setups.get(key, ())
    done = sum(ground.worktime[center].between(one.start, one.end) for one in blocks)
    wanted = _needed(ground, center, key, (before.order, before.seq) if before else None)
    if done not in wanted:
        message = f"set-up takes {done} us, the change needs {sorted(wanted)}"
        yield Violation("SETUP", place_of(run.blocks[0]), message)


def _needed(ground: Ground, center: str, key: Key, before: Key | None) -> set[int]:
    """Microseconds of set-up that an operation may have behind the one before (None: it is the
    first one there).
    """
    alternative = ground.alternative(key, center)
    assert alternative is not None
    order, step = ground.steps[key]
    standing: set[str | None] = {ground.centers[center].initial_family}
    if before is None:
        standing |= ground.before.families(center)
    else:
        other, last = ground.steps[before]
        if step.lot_of is not None and step.lot_of == last.lot_of:
            return {0}  # it stands there as the lot before has left it
        standing = {other.family_of(last)}
    row, to = ground.centers[center].setup_matrix_us, order.family_of(step)
    wanted = {alternative.setup_us + row.get(one or "", {}).get(to, 0) for one in standing}
    if before is None and step.lot_of is not None and ground.before.left_by(center) == step.lot_of:
        wanted.add(0)  # the lot that was there last was one of the plan before
    return wanted | ground.before.setups_left(key, center) if before is None else wanted
