"""The twelve invariants of a plan, each worked out again from the schedule and the calendars.

They share nothing with the solver and nothing with the checker but the scenario's model
and the plant's calendars; the checker has to agree with them.
"""

import json
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from math import ceil, floor
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.calendars import CompiledCalendar, compile_calendar
from edge.domain.clock import MICROS, parse_time, to_datetime
from edge.domain.hours import DAY, HOUR, hour_start, next_hour
from edge.domain.intervals import subtract, union
from edge.planning.checking.check import check
from edge.planning.efforts import Effort, Search
from edge.planning.scenario.model import Operation, Order
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.full_scenarios import full_scenario, starts

Json = dict[str, Any]
Key = tuple[str, int]


def plan(document: Json, **more: Any) -> Json:
    found: Json = json.loads(json.dumps(solve(parse(document), **more)))
    return found


class Worked:
    """Working time of a work center, summed interval by interval."""

    def __init__(self, calendar: CompiledCalendar, holes: Any) -> None:
        self.spans = subtract(calendar.working, union(holes))
        self.starts = [one.start for one in self.spans]
        self.sums = [0, *accumulate(one.length for one in self.spans)]

    def between(self, start: int, end: int) -> int:
        return self._until(max(end, start)) - self._until(start)

    def _until(self, at: int) -> int:
        index = bisect_right(self.starts, at)
        if index == 0:
            return 0
        return self.sums[index - 1] + min(at, self.spans[index - 1].end) - self.starts[index - 1]

    def is_open(self, at: int) -> bool:
        return self.between(at, at + 1) == 1


def credit(block: Json) -> Fraction:
    """Microseconds that the first piece of a block has behind it."""
    return Fraction(block["credit_s"]) * MICROS


class Plan:
    """A scenario beside its schedule."""

    def __init__(self, document: Json, schedule: Json) -> None:
        self.document, self.schedule, self.scenario = document, schedule, parse(document)
        self.blocks: dict[Key, dict[str, list[Json]]] = defaultdict(lambda: defaultdict(list))
        for block in schedule["blocks"]:
            times = {"from": parse_time(block["start"]), "to": parse_time(block["end"])}
            self.blocks[block["order"], block["seq"]][block["kind"]].append({**block, **times})
        self.steps: dict[Key, tuple[Order, Operation]] = {
            (one.id, step.seq): (one, step)
            for one in self.scenario.orders
            for step in one.operations
        }
        self.starts: dict[Key, int] = {}
        for one in document["orders"]:
            counts = starts(one["quantity"], one["operations"])
            for step, count in zip(one["operations"], counts, strict=True):
                self.starts[one["id"], step["seq"]] = count

    @cached_property
    def worked(self) -> dict[str, Worked]:
        calendars = {one.id: one for one in self.scenario.calendars}
        last = max(
            [self.scenario.horizon, *(parse_time(one["end"]) for one in self.schedule["blocks"])]
        )
        span = (self.scenario.plan_start - DAY, last + DAY)
        return {
            one.id: Worked(compile_calendar(calendars[one.calendar], *span), one.maintenance)
            for one in self.scenario.work_centers
        }

    def runs(self, key: Key) -> list[Json]:
        return sorted(self.blocks[key]["run"], key=lambda one: one["from"])

    def cycle_us(self, block: Json) -> Fraction:
        _, step = self.steps[block["order"], block["seq"]]
        (found,) = [one for one in step.alternatives if one.work_center == block["work_center"]]
        return found.cycle * MICROS

    def outside(self, key: Key) -> list[tuple[int, int]]:
        """When each piece goes out and comes back; those of a transfer batch as they come."""
        (block,) = self.runs(key)
        order, step = self.steps[key]
        index = order.operations.index(step)
        if step.transfer_batch is None or index == 0:
            return [(block["from"], block["to"])] * int(block["quantity"])
        lead, found = step.lead_time_us or 0, []
        for first, last, there in self.batches((order.id, order.operations[index - 1].seq)):
            leaves = max(block["from"], there + step.min_gap_us)
            found += [(leaves, leaves + lead)] * (last - first)
        assert found[0][0] == block["from"], "goes out with the first pieces"
        assert found[-1][1] == block["to"], "is back with the last"
        return found

    def progress(self, key: Key, at: int) -> Fraction:
        """Pieces' worth of work that a run has behind it at a moment, exact."""
        total = Fraction(0)
        for block in self.runs(key):
            if at >= block["to"]:
                total += block["quantity"]
            elif at > block["from"]:
                done = self.worked[block["work_center"]].between(block["from"], at) + credit(block)
                total += min(done / self.cycle_us(block), Fraction(block["quantity"]))
        return total

    def begun(self, key: Key, at: int) -> int:
        """Pieces that are begun before a moment."""
        if self.steps[key][1].lead_time_us is not None:
            return sum(leaves < at for leaves, _ in self.outside(key))
        finished, found = 0, 0
        blocks = self.runs(key)
        for block, following in zip(blocks, [*blocks[1:], None], strict=True):
            if block["from"] >= at:
                break
            time = self.worked[block["work_center"]]
            done = time.between(block["from"], min(at, block["to"])) + credit(block)
            gone_on_with = following is not None and credit(following) > 0
            most = block["quantity"] + gone_on_with
            found = finished + min(ceil(done / self.cycle_us(block)), most)
            finished += block["quantity"]
        return found

    def reaches(self, key: Key, pieces: int) -> int:
        """The first moment by which an operation has so many pieces started and finished."""
        if self.steps[key][1].lead_time_us is not None:
            return self.outside(key)[pieces - 1][1]
        low: int = self.runs(key)[0]["from"]
        high: int = self.runs(key)[-1]["to"]
        while low < high:
            middle = (low + high) // 2
            if self.progress(key, middle) >= pieces:
                high = middle
            else:
                low = middle + 1
        return low

    def batches(self, key: Key) -> Iterator[tuple[int, int, int]]:
        """Of the batches that an operation passes on: first piece, last piece, arrival."""
        step = self.steps[key][1]
        out = floor(self.starts[key] * step.yield_)
        size = min(step.transfer_batch or out, out)
        for last in sorted({*range(size, out, size), out}) if out else ():
            first = (last - 1) // size * size
            yield first, last, self.reaches(key, ceil(last / step.yield_))

    def flows(self) -> Iterator[tuple[Key, Key, Operation]]:
        for order in self.scenario.orders:
            for before, after in pairwise(order.operations):
                if self.starts[order.id, after.seq]:
                    yield (order.id, before.seq), (order.id, after.seq), after


def sums_of_hours(plan: Plan) -> None:
    """1: hours are whole pieces and add up to what the operation starts."""
    sums: dict[Key, int] = defaultdict(int)
    for row in plan.schedule["hours"]:
        assert isinstance(row["quantity"], int)
        assert row["quantity"] >= 0
        sums[row["order"], row["seq"]] += row["quantity"]
    for key, count in plan.starts.items():
        if plan.steps[key][1].lead_time_us is None:
            assert sums[key] == count
        assert sum(one["quantity"] for one in plan.runs(key)) == count
        order, step = plan.steps[key]
        if step is order.operations[-1]:
            assert floor(count * step.yield_) == order.quantity


def no_overlap(plan: Plan) -> None:
    """2: a work center does one thing at a time."""
    by_center: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for block in plan.schedule["blocks"]:
        if block["work_center"] is not None:
            by_center[block["work_center"]].append(
                (parse_time(block["start"]), parse_time(block["end"]))
            )
    for spans in by_center.values():
        for one, following in pairwise(sorted(spans)):
            assert one[1] <= following[0]


def nothing_in_closed_time(plan: Plan) -> None:
    """3: blocks begin and end in working time, and an hour with work has some."""
    zone = plan.scenario.zone
    for block in plan.schedule["blocks"]:
        if block["work_center"] is not None:
            time = plan.worked[block["work_center"]]
            assert time.is_open(parse_time(block["start"]))
            assert time.is_open(parse_time(block["end"]) - 1)
    for row in plan.schedule["hours"]:
        hour = parse_time(row["hour"])
        there = plan.worked[row["work_center"]].between(hour, next_hour(hour, zone))
        assert there > 0
        assert row["setup_s"] * MICROS < there + MICROS


def worked_time_is_the_work(plan: Plan) -> None:
    """4: what is worked in a run is its pieces x cycle, rounded up to the microsecond; where it
    is interrupted, what is over stands behind the first piece of what follows.
    """
    for key in plan.steps:
        blocks = [one for one in plan.runs(key) if one["work_center"] is not None]
        for block, following in zip(blocks, [*blocks[1:], None], strict=False):
            worked = plan.worked[block["work_center"]].between(block["from"], block["to"])
            over = worked + credit(block) - block["quantity"] * plan.cycle_us(block)
            assert over >= 0
            if following is None or credit(following) == 0:
                assert over < 1
            else:
                assert over == credit(following)


def set_up_is_that_of_the_sequence(plan: Plan) -> None:
    """5: set-up is the operation's own and that of the change of family before it."""
    for center in plan.scenario.work_centers:
        runs = [
            one for key in plan.steps for one in plan.runs(key) if one["work_center"] == center.id
        ]
        family, seen, total = center.initial_family, set(), 0
        for run in sorted(runs, key=lambda one: one["from"]):
            key = (run["order"], run["seq"])
            if key in seen:
                continue  # the same run, gone on with
            seen.add(key)
            order, step = plan.steps[key]
            own = next(one for one in step.alternatives if one.work_center == center.id)
            change = center.setup_matrix_us.get(family or "", {}).get(order.family, 0)
            wanted = own.setup_us + change
            blocks = plan.blocks[key]["setup"]
            done = sum(plan.worked[center.id].between(one["from"], one["to"]) for one in blocks)
            assert done == wanted
            assert all(one["to"] <= run["from"] for one in blocks)
            family, total = order.family, total + done
        rows = [one for one in plan.schedule["hours"] if one["work_center"] == center.id]
        assert sum(one["setup_s"] for one in rows) == total // MICROS


def transfer_and_stock(plan: Plan) -> None:
    """6: no piece is begun before its batch is there, and no more wait than may."""
    for before, key, after in plan.flows():
        for first, last, arrives in plan.batches(before):
            assert plan.begun(key, arrives + after.min_gap_us) <= first
            if after.wip_limit is not None:
                assert last - plan.begun(key, arrives + 1) <= after.wip_limit


def release_material_and_gaps(plan: Plan) -> None:
    """7: nothing before release and material, and no piece waits longer than it may."""
    for order in plan.scenario.orders:
        key = (order.id, order.operations[0].seq)
        blocks = [one for kind in plan.blocks[key].values() for one in kind]
        for block in blocks:
            held = (order.release, order.material_from, plan.scenario.plan_start)
            assert block["from"] >= max(at for at in held if at is not None)
        there = 0
        for arrival in order.material:
            assert plan.begun(key, arrival.at) <= there
            there = arrival.quantity
    for before, key, after in plan.flows():
        if after.max_gap_us is not None:
            for first, _, arrives in plan.batches(before):
                assert plan.begun(key, arrives + after.max_gap_us + 1) > first


def late_is_after_due(plan: Plan) -> None:
    """8: an order is late if and only if it is complete after its due date."""
    rows = {one["id"]: one for one in plan.schedule["orders"]}
    for order in plan.scenario.orders:
        row, runs = rows[order.id], plan.runs((order.id, order.operations[-1].seq))
        end = max((one["to"] for one in runs), default=None)
        assert (row["completion"] is None) == (end is None) == (order.quantity == 0)
        assert order.due is not None
        late = end is not None and end > order.due
        assert (row["tardiness_s"] > 0) == late == (row["late_quantity"] > 0)
        if end is not None:
            assert parse_time(row["completion"]) == end
            assert row["tardiness_s"] == ceil(Fraction(max(end - order.due, 0), MICROS))


def hours_are_clock_hours(plan: Plan) -> None:
    """9: buckets of 3,600 s, shorter only at a clock change; they tile days of any length."""
    zone = plan.scenario.zone
    for row in plan.schedule["hours"]:
        hour = parse_time(row["hour"])
        local = to_datetime(hour).astimezone(zone)
        assert row["label"] == local.isoformat(timespec="minutes").partition("T")[2]
        assert hour_start(hour, zone) == hour
        length = next_hour(hour, zone) - hour
        day = local.replace(hour=0, minute=0, fold=0)
        midnight = to_datetime(parse_time(day.isoformat())).astimezone(zone)
        following = (midnight.replace(tzinfo=None) + (LONG_DAY)).date()
        total, at = 0, parse_time(midnight.isoformat())
        while to_datetime(at).astimezone(zone).date() < following:
            at, total = next_hour(at, zone), total + next_hour(at, zone) - at
        assert total in DAYS
        assert length == HOUR or (length < HOUR and total != DAY)


LONG_DAY = timedelta(days=1)
DAYS = {23 * HOUR, DAY - HOUR // 2, DAY, DAY + HOUR // 2, 25 * HOUR}
INVARIANTS: tuple[Callable[[Plan], None], ...] = (
    sums_of_hours,
    no_overlap,
    nothing_in_closed_time,
    worked_time_is_the_work,
    set_up_is_that_of_the_sequence,
    transfer_and_stock,
    release_material_and_gaps,
    late_is_after_due,
    hours_are_clock_hours,
)


@settings(max_examples=40)
@given(full_scenario())
def test_invariants_1_to_9_and_the_checker_agree(document: Json) -> None:
    found = Plan(document, plan(document))
    for invariant in INVARIANTS:
        invariant(found)
    assert check(found.scenario, found.schedule) == ()


def what_is_planned(schedule: Json) -> Json:
    names = ("blocks", "hours", "capacity")
    return {name: schedule[name] for name in names} | {
        "orders": [
            {name: one[name] for name in ("id", "completion", "tardiness_s", "late_quantity")}
            for one in schedule["orders"]
            if one["completion"]
        ]
    }


@st.composite
def re_planned(draw: st.DrawFn) -> Json:
    """A first plan; or one beside a plan in force in which the due dates were the other way."""
    document = draw(full_scenario())
    if draw(st.booleans()):
        return document
    before: Json = json.loads(json.dumps(document))
    dues = sorted((one["due"] for one in before["orders"]), reverse=True)
    for order, due in zip(sorted(before["orders"], key=lambda one: one["due"]), dues, strict=True):
        order["due"] = due
    return document | {"now": document["plan_start"], "previous": plan(before)}


@settings(max_examples=16)
@given(
    document=re_planned(),
    seed=st.integers(0, 1000),
    factor=st.sampled_from([2, 3, 10, 1000]),
    many=st.sampled_from([1, 40]),
    effort=st.sampled_from([Effort.FIRST, Effort.FIRST, Effort.NORMAL]),
)
def test_10_input_order_scaled_weights_and_zero_quantities_change_nothing(
    document: Json, seed: int, factor: int, many: int, effort: Effort
) -> None:
    def planned(one: Json) -> Json:
        return what_is_planned(plan(one, search=Search(effort=effort), proofs=0))

    wanted = planned(document)
    other = json.loads(json.dumps(document))
    dice = random.Random(seed)
    for order in other["orders"]:
        dice.shuffle(order["operations"])
        for operation in order["operations"]:
            dice.shuffle(operation.get("alternatives", []))
    dice.shuffle(other["orders"])
    dice.shuffle(other["work_centers"])
    dice.shuffle(other.get("people", []))
    assert planned(other) == wanted
    for order in other["orders"]:
        order["weight"] *= factor
    assert planned(other) == wanted
    for number in range(many):
        like = dice.choice(document["orders"])
        nothing = {**like, "id": f"A nothing {number}", "quantity": 0, "material": []}
        other["orders"].append(nothing)
    assert planned(other) == wanted


def as_planned(document: Json, schedule: Json, now: int) -> list[Json]:
    """Counts at a clock hour if all went as planned: what the hours before it say, and what
    is back from outside, of which there are no hours.
    """
    counts: dict[Key, int] = defaultdict(int)
    found = Plan(document, schedule)
    for key, (_, step) in found.steps.items():
        if step.lead_time_us is not None and found.starts[key]:
            counts[key] = sum(back <= now for _, back in found.outside(key))
    for row in schedule["hours"]:
        made = row["quantity"] if parse_time(row["hour"]) < now else 0
        counts[row["order"], row["seq"]] += made
    return [{"order": one, "seq": seq, "good": made} for (one, seq), made in counts.items()]


@settings(max_examples=15)
@given(full_scenario(), st.integers(1, 40))
def test_11_a_replan_with_actual_as_planned_is_the_identity(document: Json, hours: int) -> None:
    for order in document["orders"]:
        for step in order["operations"]:  # docs: what a schedule does not tell again
            step["yield"] = "1"
            step["min_gap_s"] = 0
            if "lead_time_s" in step:
                step["transfer_batch"] = None  # when each batch went out, too
        if order.get("material"):
            order["material"][-1]["quantity"] = order["quantity"]
    document["orders"] = [one for one in document["orders"] if _limits_hold(one)]
    first = plan(document)
    zone = parse(document).zone
    now = hour_start(parse_time(document["plan_start"]), zone)
    for _ in range(hours):
        now = next_hour(now, zone)
    again = plan(
        {
            **document,
            "now": to_datetime(now).isoformat(),
            "actuals": as_planned(document, first, now),
            "previous": first,
        }
    )
    assert [{**row, "frozen": False} for row in again["hours"]] == first["hours"]
    ends = {row["id"]: row["completion"] for row in first["orders"]}
    assert all(row["completion"] in (None, ends[row["id"]]) for row in again["orders"])


def _limits_hold(order: Json) -> bool:
    """Without loss other batches are passed on: limits were drawn for those with it."""
    try:
        parse(_alone(order))
    except ValueError:
        return False
    return True


def _alone(order: Json) -> Json:
    start = "2026-06-01T00:00+00:00"
    return {
        "format": "taktline.scenario/1",
        "timezone": "UTC",
        "calendars": {"always": {"always": True}},
        "work_centers": [{"id": name, "calendar": "always"} for name in ("L1", "L2", "L3")],
        "plan_start": start,
        "orders": [order],
    }


def worth(schedule: Json) -> tuple[int, int]:
    objective = schedule["objective"]
    return objective["weighted_tardiness_s"], objective["setup_s"]


@settings(max_examples=10)
@given(full_scenario())
def test_12_more_effort_is_never_worse(document: Json) -> None:
    first, normal = plan(document), plan(document, search=Search(effort=Effort.NORMAL))
    assert worth(normal) <= worth(first)
    assert check(parse(document), normal) == ()
