"""What the hour that runs still owes: what it says less what was made, as far as time is left.

A share of the hour's working time would be wrong wherever something in it begins or ends, as
after a set-up. What is missing beyond the time that is left is planned later.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from edge.domain.clock import MICROS
from edge.domain.hours import next_hour
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Actual, Alternative, HourRow, Scenario

Key = tuple[str, int]


def owing(scenario: Scenario, made: Mapping[Key, int], waits: Collection[Key] = ()) -> Scenario:
    """The scenario whose rows of the hour that runs say what is still to come of them.

    `made`: pieces of each operation that were made in that hour, whatever became of them. Nothing
    comes of what `waits`, being on hold.
    """
    begin, zone = scenario.begin, scenario.zone
    rows: dict[str, list[HourRow]] = defaultdict(list)
    for row in scenario.previous:
        if row.hour < begin < next_hour(row.hour, zone):
            rows[row.work_center].append(row)
    if not rows:
        return scenario
    capacity, found = Capacity(scenario), dict[HourRow, HourRow]()
    centers = {one.id: one for one in scenario.work_centers}
    ways = {
        (order.id, step.seq, way.work_center): way
        for order in scenario.orders
        for step in order.operations
        for way in step.alternatives
    }
    actuals = {(one.order, one.seq): one for one in scenario.actuals}
    made = dict(made)  # what one row has is no other's, where an operation is on two work centers
    for center in sorted(rows.keys() & centers.keys()):
        amount = capacity.timeline(centers[center]).amount
        rest = amount(next_hour(rows[center][0].hour, zone)) - amount(begin)
        stays = [row for row in rows[center] if (row.order, row.seq) in waits]
        found |= {row: replace(row, owed=0) for row in stays}
        goes_on = [row for row in rows[center] if row not in found]
        found |= _owed(goes_on, rest, ways, actuals, made)
    return replace(scenario, previous=tuple(found.get(one, one) for one in scenario.previous))


def _owed(
    rows: Sequence[HourRow],
    rest: int,
    ways: Mapping[tuple[str, int, str], Alternative],
    actuals: Mapping[Key, Actual],
    made: dict[Key, int],
) -> dict[HourRow, HourRow]:
    """Of one work center, with so much working time left: what is under way goes first. What has
    no cycle time takes none, and all of it may still come. Takes what it finds from `made`."""
    found: dict[HourRow, HourRow] = {}
    for row in sorted(rows, key=lambda one: not _runs(one, actuals)):
        key = (row.order, row.seq)
        there = min(row.quantity, made.get(key, 0))
        made[key] = made.get(key, 0) - there
        wanted = row.quantity - there
        way = ways.get((*key, row.work_center))
        if way is None:
            found[row] = replace(row, owed=wanted)
            continue
        actual = actuals.get(key)
        is_begun = actual is not None and actual.begun
        if wanted:
            rest -= actual.setup_left_us if actual and is_begun else row.setup_s * MICROS
        over, under = way.cycle_parts
        owed = min(wanted, -(-max(rest, 0) * under // over))
        # The piece in work may be nearly done: what comes after it is not to lose its time.
        rest -= max(owed - is_begun, 0) * over // under
        found[row] = replace(row, owed=owed)
    return found


def _runs(row: HourRow, actuals: Mapping[Key, Actual]) -> bool:
    actual = actuals.get((row.order, row.seq))
    return actual is not None and actual.running_on == row.work_center
