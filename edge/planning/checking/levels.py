"""Is a levelled order level: its lots are whole, even, and none is made before its pitch."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from math import ceil
from typing import Any

from edge.domain.calendars import compile_calendar
from edge.domain.clock import parse_time
from edge.planning.checking.ground import DAY, Ground, Violation
from edge.planning.scenario.model import Levelling, Order

Lots = Mapping[int, Mapping[int, Mapping[str, Any]]]  # lot -> operation -> run block


def level_violations(ground: Ground, order: Order, lots: Lots) -> Iterator[Violation]:
    """All of an order's lots together."""
    rule = next((one for one in ground.scenario.levelling if one.holds(order)), None)
    if rule is None:
        yield Violation("LEVEL", order.id, "has lots and is not to be levelled")
        return
    for step in order.operations:
        left = ground.lefts[order.id, step.seq].left
        planned = sum(runs[step.seq]["quantity"] for runs in lots.values() if step.seq in runs)
        if planned != left:
            message = f"its lots have {planned} pieces, {left} are left"
            yield Violation("QUANTITY", f"{order.id}.{step.seq}", message)
    yield from _supplied(ground, order)
    if sorted(lots) != list(range(1, len(lots) + 1)):
        yield Violation("LEVEL", order.id, "its lots are not numbered from 1 on")
        return
    last = order.operations[-1].seq
    if any(last not in runs for runs in lots.values()):
        yield Violation("LEVEL", order.id, "a lot does not come to the last operation")
        return
    # The pitches are those of the first work center, or of where it was under way.
    ways = order.operations[-1].alternatives
    judged = [list(_even(ground, order, rule, lots, one.work_center)) for one in ways]
    if judged and all(judged):
        yield from judged[0]


def _supplied(ground: Ground, order: Order) -> Iterator[Violation]:
    """There is material for all of them together; from when on for each is asked of the lot."""
    left, most = ground.lefts[order.id, order.operations[0].seq], order.material
    if most and left.left and left.used + left.left > most[-1].quantity:
        message = (
            f"begins {left.used + left.left} pieces, there is material for {most[-1].quantity}"
        )
        yield Violation("MATERIAL", f"{order.id}.{order.operations[0].seq}", message)


def _even(
    ground: Ground, order: Order, rule: Levelling, lots: Lots, center: str
) -> Iterator[Violation]:
    last = order.operations[-1].seq
    pitches = _pitches(ground, order, rule, center)
    if not pitches:
        yield Violation("LEVEL", order.id, "there is no pitch before it is due")
        return
    longest = max(worked for _, worked in pitches)
    # So many of the first pitches may only bring it on its way to the last operation.
    usable = pitches[min(len(order.operations) - 1, len(pitches) - 1) :]
    if len(usable) > 1 and _had_lots(ground, order):
        usable = usable[1:]  # the one that runs may have had its pieces
    whole = sum(worked for _, worked in usable)
    left = sum(runs[last]["quantity"] for runs in lots.values())
    most = ceil(Fraction(left * longest, whole)) + 1
    for number, runs in sorted(lots.items()):
        run = runs[last]
        if run["quantity"] > most:
            message = f"has {run['quantity']} pieces, a pitch takes {most} at most"
            yield Violation("LEVEL", f"{order.id} lot {number}", message)
        if number <= len(pitches) and parse_time(run["start"]) < pitches[number - 1][0]:
            yield Violation("LEVEL", f"{order.id} lot {number}", "is made before its pitch")


def _had_lots(ground: Ground, order: Order) -> bool:
    """Whether the plan before made it in lots."""
    blocks = ground.scenario.previous_blocks
    return any(one.order == order.id and one.lot is not None for one in blocks)


def _pitches(ground: Ground, order: Order, rule: Levelling, center: str) -> list[tuple[int, int]]:
    """Start and work of each pitch from where the order can begin to its due date."""
    scenario, due = ground.scenario, order.due or 0
    first = ground.lefts[order.id, order.operations[0].seq].left
    waits = [order.release or 0, order.material_from or 0] if first else []
    start = max([ground.fence, *waits])
    place = next((one for one in scenario.work_centers if one.id == center), None)
    if place is None or due <= start:
        return []
    calendar = next(one for one in scenario.calendars if one.id == place.calendar)
    shifts = sorted(
        compile_calendar(calendar, start - DAY, due + DAY).shifts,
        key=lambda one: (one.production_day, one.start),
    )
    time, found = ground.worktime[center], list[tuple[int, int]]()
    for _, same in groupby(shifts, key=lambda one: one.production_day):
        day = list(same)
        begin, end = day[0].start, max(one.end for one in day)
        at = time.until(begin)
        while at < time.until(end):
            until = min(at + (rule.pitch_us or end - begin), time.until(end))
            left, right = max(at, time.until(start)), min(until, time.until(due))
            if left < right:
                found.append((_moment(time, left, begin, end), right - left))
            at = until
    return sorted(found)


def _moment(time: Any, amount: int, low: int, high: int) -> int:
    """The moment after which so much was worked, found by halving."""
    while low < high:
        middle = (low + high) // 2
        if time.until(middle + 1) > amount:
            high = middle
        else:
            low = middle + 1
    return low
