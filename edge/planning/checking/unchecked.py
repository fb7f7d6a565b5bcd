"""Steps without a cycle time, as the other rules can read them: they take the time of their block.

That they begin where they may, last as long as their share of the time to the due date, and
are spread evenly over it is judged here. Nothing of the solver is used.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from edge.domain.clock import parse_time, to_datetime
from edge.domain.hours import hour_start, next_hour
from edge.planning.checking.before import Key
from edge.planning.checking.ground import DAY, Ground, Violation
from edge.planning.scenario.model import Operation, Order, Scenario

Json = dict[str, Any]
Row = Mapping[str, Any]
MOST_OFF: Final = 2  # pieces that an hour may lie off its even share


@dataclass(frozen=True)
class Unfolded:
    """A scenario and a schedule (JSON) without lots and unchecked steps, and what was wrong."""

    scenario: Scenario
    schedule: Any
    violations: tuple[Violation, ...] = ()


def without_unchecked(ground: Ground, schedule: Json, found: list[Violation]) -> Unfolded:
    keys = {
        (order.id, step.seq): step
        for order in ground.scenario.orders
        for step in order.operations
        if step.unchecked
    }
    kept, new = new_hours(ground, schedule)
    for row in (*schedule["blocks"], *new):
        if not row.get("unchecked") and (row["order"], row["seq"]) in keys:
            place = f"{row['order']}.{row['seq']}"
            message = "has no cycle time, and is not marked"
            found.append(Violation("UNCHECKED", place, message))
    lasting: dict[Key, int] = {}
    blocks: list[Json] = []
    for block in schedule["blocks"]:
        key = (block["order"], block["seq"])
        if key not in keys:
            blocks.append(block)
            continue
        lasting[key] = parse_time(block["end"]) - parse_time(block["start"])
        if block["work_center"] not in {one.work_center for one in keys[key].unchecked}:
            message = "the work center is no alternative of the operation"
            found.append(Violation("UNKNOWN", f"{key[0]}.{key[1]}", message))
        said = {name: value for name, value in block.items() if name != "unchecked"}
        blocks.append({**said, "work_center": None})
        found += _lasts(ground, key, block)
        found += _spread(ground, key, block, [r for r in new if (r["order"], r["seq"]) == key])
    orders = tuple(
        replace(order, operations=tuple(_timed(order, lasting))) for order in ground.scenario.orders
    )
    rest = [row for row in new if (row["order"], row["seq"]) not in keys]
    return Unfolded(
        replace(ground.scenario, orders=orders),
        {**schedule, "blocks": blocks, "hours": [*kept, *rest]},
    )


def _lasts(ground: Ground, key: Key, block: Row) -> Iterator[Violation]:
    """What waits for no operation that is checked has at least its share of the time to the due
    date, less the gaps and lead times after it, shared with those after it that have none; a day
    where there is no such time and nothing is before it.
    """
    order, step = ground.steps[key]
    left = [one for one in order.operations if ground.lefts[order.id, one.seq].left]
    before = [one for one in left if one.seq < step.seq]
    start, end = parse_time(block["start"]), parse_time(block["end"])
    if any(not one.unchecked for one in before):
        return
    share = 0 if before else DAY
    after = [one for one in left if one.seq > step.seq]
    passes = sum(one.min_gap_us + (one.lead_time_us or 0) for one in after)
    if order.due is not None and order.due - passes > start:
        sharing = sum(1 for one in after if one.lead_time_us is None) + 1
        share = (order.due - passes - start) // sharing
    if end - start < share:
        message = f"lasts {end - start} us, its share of the time to the due date is {share}"
        yield Violation("WORK", f"{key[0]}.{key[1]}", message)


def _timed(order: Order, lasting: Mapping[Key, int]) -> Iterator[Operation]:
    """An unchecked step takes all pieces at once, and gives them on at once."""
    for index, step in enumerate(order.operations):
        following = order.operations[index + 1 : index + 2]
        one = step
        if step.unchecked or (following and following[0].unchecked):
            one = replace(step, transfer_batch=None)
        if step.unchecked:
            lasts = lasting.get((order.id, step.seq), 0)
            one = replace(one, unchecked=(), lead_time_us=lasts)
        yield one


def new_hours(ground: Ground, schedule: Row) -> tuple[list[Json], list[Json]]:
    """Kept rows and new ones."""
    count = len(ground.kept)
    return schedule["hours"][:count], schedule["hours"][count:]


def _spread(ground: Ground, key: Key, block: Row, rows: list[Json]) -> Iterator[Violation]:
    """Pieces of an unchecked step: all of them, evenly over the working time of its block."""
    place, center = f"{key[0]}.{key[1]}", block["work_center"]
    total, left = sum(row["quantity"] for row in rows), ground.lefts[key].left
    if total != left:
        yield Violation("SUM", place, f"the hours add up to {total}, {left} are left")
    if center not in ground.worktime:
        return
    time, zone = ground.worktime[center], ground.scenario.zone
    start, end = parse_time(block["start"]), parse_time(block["end"])
    whole = time.between(start, end)
    for row in rows:
        hour = parse_time(row["hour"])
        worked = time.between(max(hour, start), min(next_hour(hour, zone), end))
        share = Fraction(left * worked, max(whole, 1))
        if row["work_center"] != center or worked <= 0 or abs(row["quantity"] - share) >= MOST_OFF:
            message = f"{row['quantity']} pieces, its even share is {float(share):.2f}"
            yield Violation("HOUR", f"{place} hour {row['hour']}", message)
        yield from named_hour(ground, row, place)
    for hour, times in Counter(row["hour"] for row in rows).items():
        if times > 1:
            yield Violation("SUM", place, f"hour {hour} stands twice")


def named_hour(ground: Ground, row: Row, place: str) -> Iterator[Violation]:
    hour, zone = parse_time(row["hour"]), ground.scenario.zone
    label = to_datetime(hour).astimezone(zone).isoformat(timespec="minutes")[11:]
    if row["label"] != label or hour_start(hour, zone) != hour or row["frozen"]:
        message = f"label {row['label']!r} is to be {label!r}, on a clock hour, not frozen"
        yield Violation("LABEL", f"{place} hour {row['hour']}", message)
