"""Rules of blocks: who runs where and when, without overlap, in working time, in sequence."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil

from edge.planning.check_ground import Ground, Key, Violation
from edge.planning.model import Alternative, Block


def block_violations(ground: Ground) -> Iterator[Violation]:
    """All of them; blocks of unknown operations are named and passed over by the rest."""
    known: list[Block] = []
    for block in ground.schedule["blocks"]:
        fault = _unknown(ground, block)
        if fault:
            yield Violation("UNKNOWN", _place(block), fault)
        else:
            known.append(block)
    yield from _twice(known)
    yield from _quantities(ground)
    for block in known:
        yield from _time(ground, block)
        yield from _start(ground, block)
    for center, blocks in _by_center(known).items():
        yield from _sequence(ground, center, blocks)


def _place(block: Block) -> str:
    return f"{block.order}.{block.seq} {block.kind} on {block.work_center}"


def _unknown(ground: Ground, block: Block) -> str | None:
    key = (block.order, block.seq)
    if key not in ground.steps:
        return "no such operation in the scenario"
    _, operation = ground.steps[key]
    outside = block.work_center is None and operation.lead_time_us is not None
    if not outside and ground.alternative(key, block.work_center) is None:
        return "the work center is no alternative of the operation"
    return None if block.start <= block.end else "ends before it starts"


def _twice(blocks: list[Block]) -> Iterator[Violation]:
    seen: set[tuple[str, int, str]] = set()
    for block in blocks:
        key = (block.order, block.seq, block.kind)
        if key in seen:
            yield Violation("QUANTITY", _place(block), "stands twice")
        seen.add(key)


def _quantities(ground: Ground) -> Iterator[Violation]:
    for key, left in ground.lefts.items():
        run = ground.runs.get(key)
        made = run.quantity if run else 0
        if made != left.left:
            message = f"{made} pieces are planned, {left.left} are left"
            yield Violation("QUANTITY", f"{key[0]}.{key[1]}", message)


def _time(ground: Ground, block: Block) -> Iterator[Violation]:
    """Blocks start and end in working time, and hold the work that they need."""
    if block.work_center is None:
        yield from _outside(ground, block)
        return
    time = ground.worktime[block.work_center]
    if not time.works_at(block.start) or not time.works_at(block.end - 1):
        yield Violation("CLOSED", _place(block), "starts or ends while the work center is closed")
    if block.kind == "run":
        alternative = ground.alternative((block.order, block.seq), block.work_center)
        assert alternative is not None
        yield from _credit(ground, block, alternative)
        work = ceil((block.quantity * alternative.cycle - block.credit) * 1_000_000)
        worked = time.between(block.start, block.end)
        if worked != work:
            message = f"holds {worked} us of work, {block.quantity} pieces need {work}"
            yield Violation("WORK", _place(block), message)


def _credit(ground: Ground, block: Block, alternative: Alternative) -> Iterator[Violation]:
    """Only a piece that was in work when planning began has work behind it."""
    place = (block.order, block.seq, block.work_center)
    allowed = any(
        (one.order, one.seq, one.work_center) == place for one in ground.scenario.previous_blocks
    )
    after_setup = (block.order, block.seq) in ground.setups
    if block.credit and (after_setup or not allowed or block.credit >= alternative.cycle):
        yield Violation(
            "WORK", _place(block), f"credit of {block.credit} s without a piece in work"
        )


def _outside(ground: Ground, block: Block) -> Iterator[Violation]:
    _, operation = ground.steps[block.order, block.seq]
    underway = block.start < ground.scenario.begin or block.end == ground.fence
    seen = any(
        (b.order, b.seq) == (block.order, block.seq) for b in ground.scenario.previous_blocks
    )
    if block.end - block.start != operation.lead_time_us and not (underway or seen):
        yield Violation("WORK", _place(block), "does not take the lead time")


def _start(ground: Ground, block: Block) -> Iterator[Violation]:
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
        if block.start < at and block.work_center is not None:
            yield Violation("RELEASE", _place(block), f"starts before {name}")


def _by_center(blocks: list[Block]) -> Mapping[str, list[Block]]:
    found: dict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        if block.work_center is not None:
            found[block.work_center].append(block)
    return found


def _sequence(ground: Ground, center: str, blocks: list[Block]) -> Iterator[Violation]:
    """No overlap; each set-up directly before its run, and as long as the change needs."""
    ordered = sorted(blocks, key=lambda one: (one.start, one.end))
    for one, following in pairwise(ordered):
        if following.start < one.end:
            message = f"overlaps {_place(one)}"
            yield Violation("OVERLAP", _place(following), message)
    runs = [one for one in ordered if one.kind == "run"]
    family: str | None = None
    for index, run in enumerate(runs):
        key = (run.order, run.seq)
        setup = ground.setups.get(key)
        if setup:
            yield from _directly_before(ground, setup, run)
        yield from _setup(ground, center, run, family if index else None, first=index == 0)
        family = ground.steps[key][0].family


def _directly_before(ground: Ground, setup: Block, run: Block) -> Iterator[Violation]:
    time = ground.worktime[str(run.work_center)]
    idle = time.between(setup.end, run.start)
    if setup.work_center != run.work_center or setup.end > run.start or idle:
        yield Violation("SEQUENCE", _place(run), "does not follow its set-up directly")


def _setup(
    ground: Ground, center: str, run: Block, family: str | None, *, first: bool
) -> Iterator[Violation]:
    key = (run.order, run.seq)
    alternative, block = ground.alternative(key, center), ground.setups.get(key)
    assert alternative is not None
    done = ground.worktime[center].between(block.start, block.end) if block else 0
    matrix = next(one for one in ground.scenario.work_centers if one.id == center).setup_matrix_us
    before = _families_before(ground, center) if first else {family}
    to = ground.steps[key][0].family
    wanted = {alternative.setup_us + matrix.get(one or "", {}).get(to, 0) for one in before}
    said = {
        one.setup_left_us
        for one in ground.scenario.actuals
        if (one.order, one.seq, one.running_on) == (*key, center)
    }
    if first and _underway(ground, key) and (done <= max(wanted) or done in said):
        return
    if done in wanted:
        return
    message = f"set-up takes {done} us, the change needs {sorted(wanted)}"
    yield Violation("SETUP", _place(run), message)


def _families_before(ground: Ground, center: str) -> set[str | None]:
    """What a work center may be set up for when planning begins."""
    configured = next(one for one in ground.scenario.work_centers if one.id == center)
    found: set[str | None] = {configured.initial_family}
    names = {one.order for one in ground.scenario.previous if one.work_center == center}
    names |= {one.order for one in ground.scenario.previous_blocks if one.work_center == center}
    names |= {one.order for one in ground.scenario.actuals if one.running_on == center}
    names |= {one.order for one in ground.scenario.actuals if one.good + one.scrap}
    return found | {ground.orders[name].family for name in names if name in ground.orders}


def _underway(ground: Ground, key: Key) -> bool:
    """Whether an operation may have been set up before planning began."""
    previous = {(one.order, one.seq) for one in ground.scenario.previous}
    previous |= {(one.order, one.seq) for one in ground.scenario.previous_blocks}
    running = {(one.order, one.seq) for one in ground.scenario.actuals if one.running_on}
    return ground.lefts[key].used > 0 or key in previous | running


def flow_violations(ground: Ground) -> Iterator[Violation]:
    """No piece is used before the step before has passed it on."""
    for order in ground.scenario.orders:
        for one, following in pairwise(order.operations):
            run = ground.runs.get((order.id, following.seq))
            known = run and (
                run.work_center is None
                or ground.alternative((order.id, following.seq), run.work_center)
            )
            if run and known:
                yield from _flow(ground, (order.id, one.seq), run)


def _flow(ground: Ground, producer: Key, run: Block) -> Iterator[Violation]:
    """Each batch is there, its gap over, when the run begins its first piece."""
    step, taker = ground.steps[producer][1], ground.steps[run.order, run.seq][1]
    source, own = ground.lefts[producer], ground.lefts[run.order, run.seq]
    together = step.lead_time_us is not None or run.work_center is None
    size = max(source.out, 1) if together else step.transfer_batch or max(source.out, 1)
    last_piece = max(source.out - 1, 0)
    first = min(own.used, last_piece) // size
    last = min(own.used + max(own.left, 1) - 1, last_piece) // size
    for batch in range(first, last + 1):
        arrives = _made_at(ground, producer, min((batch + 1) * size, source.out))
        piece = max(batch * size - own.used, 0)
        if arrives is not None and _begun(ground, run, piece, arrives + taker.min_gap_us):
            message = f"begins piece {own.used + piece + 1} before {producer[1]} has passed it on"
            yield Violation("PRECEDENCE", _place(run), message)
            return


def _made_at(ground: Ground, key: Key, amount: int) -> int | None:
    """When an operation has so many good pieces; None if it has them when planning begins."""
    source, run = ground.lefts[key], ground.runs.get(key)
    if amount <= source.good or run is None:
        return None
    alternative = ground.alternative(key, run.work_center)
    if run.work_center is None or alternative is None:
        return run.end
    starts = min(ceil((amount - source.good) / ground.steps[key][1].yield_), source.left)
    work = ceil((starts * alternative.cycle - run.credit) * 1_000_000)
    return _after(ground, run, work)


def _after(ground: Ground, run: Block, work: int) -> int:
    """The first moment of a run by which so much was worked, found by halving."""
    time, low, high = ground.worktime[str(run.work_center)], run.start, run.end
    while low < high:
        middle = (low + high) // 2
        if time.between(run.start, middle) >= work:
            high = middle
        else:
            low = middle + 1
    return low


def _begun(ground: Ground, run: Block, piece: int, at: int) -> bool:
    """Whether a run has begun its piece (from 0) before a moment."""
    if at <= run.start:
        return False
    alternative = ground.alternative((run.order, run.seq), run.work_center)
    if run.work_center is None or alternative is None:
        return True
    if piece == 0 and run.credit:
        return False
    worked = Fraction(ground.worktime[run.work_center].between(run.start, at), 1_000_000)
    return worked > piece * alternative.cycle - run.credit
