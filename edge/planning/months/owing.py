"""What hours that stay still owe: what they say less what was made, as far as time is left.

A share of the hour's working time would be wrong wherever something in it begins or ends, as
after a set-up. What is missing beyond the time that is left is planned later. Hours behind the
one that runs owe all that they say, unless something stands still in them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from edge.domain.clock import MICROS
from edge.domain.hours import next_hour
from edge.planning.placing.tasks import NOTHING_MADE, good_of
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Actual, Alternative, HourRow, Scenario

Key = tuple[str, int]
NOTHING_WAITS: Mapping[Key, int] = {}


def owing(
    scenario: Scenario, made: Mapping[Key, int], waits: Mapping[Key, int] = NOTHING_WAITS
) -> Scenario:
    """The scenario whose rows of the hour that runs, and of those behind it that cannot bring all
    that they say, say what is still to come of them.

    `made`: pieces of each operation that were made in that hour, whatever became of them. Nothing
    comes of what `waits` until then (us), being on hold, in hours that begin before.
    """
    begin, zone = scenario.begin, scenario.zone
    rows: dict[str, list[HourRow]] = defaultdict(list)
    later: dict[tuple[str, int], list[HourRow]] = defaultdict(list)
    for row in scenario.previous:
        if row.hour < begin < next_hour(row.hour, zone):
            rows[row.work_center].append(row)
        elif row.hour >= begin:
            later[row.work_center, row.hour].append(row)
    if not rows and not later:
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
        goes_on = _without(rows[center], waits, found)
        found |= _owed(goes_on, rest, ways, actuals, made)
    for (center, hour), said in sorted(later.items()):
        goes_on = _without(said, waits, found)
        if center in centers:
            amount = capacity.timeline(centers[center]).amount
            rest = amount(next_hour(hour, zone)) - amount(hour)
            if _needs(goes_on, ways) > rest:
                found |= _owed(goes_on, rest, ways, {}, {})
    _follow(scenario, actuals, found)
    return replace(scenario, previous=tuple(found.get(one, one) for one in scenario.previous))


def _without(
    rows: Sequence[HourRow], waits: Mapping[Key, int], found: dict[HourRow, HourRow]
) -> list[HourRow]:
    """The rows without those that wait, which owe nothing: that is put into `found`."""
    stays = [row for row in rows if waits.get((row.order, row.seq), 0) > row.hour]
    found |= {row: replace(row, owed=0) for row in stays}
    return [row for row in rows if row not in found]


def _follow(
    scenario: Scenario, actuals: Mapping[Key, Actual], found: dict[HourRow, HourRow]
) -> None:
    """Where an operation brings less in the hours behind the one that runs, those after it have
    less to work on there: the latest hours lack it. Puts that into `found`."""
    short = {(row.order, row.seq) for row in found if row.hour >= scenario.begin}
    if not short:
        return
    coming: dict[Key, list[HourRow]] = defaultdict(list)
    for row in scenario.previous:
        if next_hour(row.hour, scenario.zone) > scenario.begin:
            coming[row.order, row.seq].append(found.get(row, row))
    for order in scenario.orders:
        for before, step in pairwise(order.operations):
            key, first = (order.id, step.seq), (order.id, before.seq)
            if first not in short or before.lead_time_us is not None:
                continue
            made, own = actuals.get(first, NOTHING_MADE), actuals.get(key, NOTHING_MADE)
            there = made.good + good_of(before, _sum(coming[first]))
            too_many = _sum(coming[key]) - max(there - own.good - own.scrap, 0)
            for row in sorted(coming[key], key=lambda one: -one.hour):
                if too_many <= 0 or row.hour < scenario.begin:
                    break
                owes = row.quantity if row.owed is None else row.owed
                lacks = min(owes, too_many)
                too_many -= lacks
                said = replace(row, owed=owes - lacks)
                found[replace(row, owed=None)] = said
                coming[key][coming[key].index(row)] = said
                short.add(key)


def _sum(rows: Iterable[HourRow]) -> int:
    return sum(row.quantity if row.owed is None else row.owed for row in rows)


def _needs(rows: Sequence[HourRow], ways: Mapping[tuple[str, int, str], Alternative]) -> int:
    """The least time (us) in which an hour's rows can be made: of each a piece may be in work
    before it, or end behind it."""
    need = 0
    for row in rows:
        if (way := ways.get((row.order, row.seq, row.work_center))) is not None:
            over, under = way.cycle_parts
            need += row.setup_s * MICROS + max(row.quantity - 1, 0) * over // under
    return need


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
