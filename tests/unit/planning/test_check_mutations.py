"""The checker says nothing of sound plans, and tells one thing that is changed by its rule."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any

from hypothesis import given, settings

from edge.domain.clock import MICROS, parse_time, to_datetime
from edge.domain.hours import DAY, HOUR
from edge.domain.intervals import Interval
from edge.planning.checking.check import check
from edge.planning.scenario.model import MaterialArrival, Operation, Order, Scenario
from edge.planning.scenario.parse import parse
from tests.unit.planning.full_scenarios import full_scenario
from tests.unit.planning.sound_plans import mixed_scenario, planned

Json = dict[str, Any]
Key = tuple[str, int]
Changed = Iterator[tuple[Scenario, Json]]
EACH = 2  # of what a mutation can change in a plan so much is tried


def begin(block: Json) -> int:
    return parse_time(block["start"])


def end(block: Json) -> int:
    return parse_time(block["end"])


def written(at: int) -> str:
    return to_datetime(at).isoformat()


class Sound:
    """A scenario and its plan, and copies of them in which one thing is other."""

    def __init__(self, document: Json, schedule: Json) -> None:
        self.scenario, self.schedule = parse(document), schedule
        self.blocks: dict[Key, list[int]] = defaultdict(list)
        for place, block in enumerate(schedule["blocks"]):
            self.blocks[block["order"], block["seq"]].append(place)
        self.lots = {one["order"] for one in schedule["blocks"] if "lot" in one}
        frozen = self.scenario.frozen_until or 0
        fence = max(self.scenario.begin, frozen + HOUR if frozen else 0)
        said, known = self.scenario, set[Key]()
        known |= {(one.order, one.seq) for one in said.actuals if one.begun}
        known |= {(one.order, one.seq) for one in said.previous if one.hour < fence}
        known |= {(one.order, one.seq) for one in said.previous_blocks if one.start < fence}
        self.begun = known

    def steps(self) -> Iterator[tuple[Key, Order, Operation]]:
        """Operations that are planned and of which nothing was done before."""
        for order in self.scenario.orders:
            for step in order.operations:
                key = (order.id, step.seq)
                if key in self.blocks and key not in self.begun:
                    yield key, order, step

    def runs(self, key: Key) -> list[Json]:
        found = [self.schedule["blocks"][place] for place in self.blocks.get(key, ())]
        return sorted((one for one in found if one["kind"] == "run"), key=begin)

    def start(self, key: Key) -> int:
        return min(begin(self.schedule["blocks"][place]) for place in self.blocks[key])

    def ordered(self, order: Order, **more: Any) -> tuple[Scenario, Json]:
        """With an order that is other."""
        other = replace(order, **more)
        orders = tuple(other if one is order else one for one in self.scenario.orders)
        return replace(self.scenario, orders=orders), self.schedule

    def stepped(self, order: Order, step: Operation, **more: Any) -> tuple[Scenario, Json]:
        """With an operation that is other."""
        other = replace(step, **more)
        steps = tuple(other if one is step else one for one in order.operations)
        return self.ordered(order, operations=steps)

    def block(self, place: int, **more: Any) -> tuple[Scenario, Json]:
        """With a block that is other."""
        copied = deepcopy(self.schedule)
        copied["blocks"][place].update(more)
        return self.scenario, copied

    def shifted(self, key: Key, start: int) -> tuple[Scenario, Json]:
        """With all blocks of an operation so much earlier or later that it starts then."""
        copied, by = deepcopy(self.schedule), start - self.start(key)
        for place in self.blocks[key]:
            block = copied["blocks"][place]
            block.update(start=written(begin(block) + by), end=written(end(block) + by))
        return self.scenario, copied

    def row(self, place: int, more: int) -> Json:
        """A copy of the plan with so many pieces more in an hour."""
        copied = deepcopy(self.schedule)
        copied["hours"][place]["quantity"] += more
        return copied


def before_the_plan(sound: Sound) -> Changed:
    for key, _, _ in sound.steps():
        yield sound.shifted(key, sound.scenario.begin - MICROS)


def before_its_release(sound: Sound) -> Changed:
    for key, order, step in sound.steps():
        if step is order.operations[0] and order.id not in sound.lots:
            yield sound.ordered(order, release=sound.start(key) + 1)


def before_its_material_date(sound: Sound) -> Changed:
    for key, order, step in sound.steps():
        if step is order.operations[0] and order.id not in sound.lots:
            yield sound.ordered(order, material_from=sound.start(key) + 1)


def before_it_may(sound: Sound) -> Changed:
    for key, order, step in sound.steps():
        yield sound.stepped(order, step, not_before=sound.start(key) + 1)


def back_a_second_early(sound: Sound) -> Changed:
    for key, _, step in sound.steps():
        if step.lead_time_us:
            place = max(sound.blocks[key], key=lambda one: end(sound.schedule["blocks"][one]))
            yield sound.block(place, end=written(end(sound.schedule["blocks"][place]) - MICROS))


def back_at_once(sound: Sound) -> Changed:
    """Of what was under way too."""
    for place, block in enumerate(sound.schedule["blocks"]):
        if block["work_center"] is None and begin(block) < end(block):
            yield sound.block(place, end=block["start"])


def a_set_up_is_left_out(sound: Sound) -> Changed:
    for key, _, _ in sound.steps():
        places = [
            one for one in sound.blocks[key] if sound.schedule["blocks"][one]["kind"] == "setup"
        ]
        if places:
            copied = deepcopy(sound.schedule)
            lot = copied["blocks"][places[0]].get("lot")
            copied["blocks"] = [
                one
                for place, one in enumerate(copied["blocks"])
                if place not in places or one.get("lot") != lot
            ]
            yield sound.scenario, copied


def a_set_up_is_a_second_short(sound: Sound) -> Changed:
    for key, _, _ in sound.steps():
        for place in sound.blocks[key]:
            block = sound.schedule["blocks"][place]
            if block["kind"] == "setup" and end(block) - begin(block) > MICROS:
                yield sound.block(place, end=written(end(block) - MICROS))


def work_that_nobody_did(sound: Sound) -> Changed:
    """A second more than the piece in work can have behind it."""
    for key in sound.blocks:
        runs = [one for one in sound.runs(key) if one["work_center"] and not one.get("unchecked")]
        if runs:
            place = sound.schedule["blocks"].index(runs[0])
            yield sound.block(place, credit_s=str(Fraction(runs[0]["credit_s"]) + 1))


def pieces_beyond_the_material(sound: Sound) -> Changed:
    for order in sound.scenario.orders:
        runs = sound.runs((order.id, order.operations[0].seq))
        if order.material and runs:
            last = runs[-1]["used"] + runs[-1]["quantity"] - 1
            less = tuple(replace(one, quantity=min(one.quantity, last)) for one in order.material)
            yield sound.ordered(order, material=less)


def material_that_comes_later(sound: Sound) -> Changed:
    for key, order, step in sound.steps():
        if step is order.operations[0] and (runs := sound.runs(key)) and runs[0]["quantity"]:
            pieces = sum(one["quantity"] for one in runs)
            comes = MaterialArrival(at=max(map(end, runs)), quantity=pieces)
            yield sound.ordered(order, material=(comes,))


def before_its_pieces(sound: Sound) -> Changed:
    """So long a gap that it would be over later, had the first piece come when it was begun."""
    new = {key for key, _, _ in sound.steps()}
    for order in sound.scenario.orders:
        for one, following in pairwise(order.operations):
            keys = (order.id, one.seq), (order.id, following.seq)
            if new.issuperset(keys) and order.id not in sound.lots:
                first, second = (begin(sound.runs(key)[0]) for key in keys)
                yield sound.stepped(order, following, min_gap_us=second - first + 1)


def two_at_once(sound: Sound) -> Changed:
    by_center: dict[str, list[Key]] = defaultdict(list)
    for key, _, _ in sound.steps():
        center = sound.runs(key)[0]["work_center"]
        if center and not sound.runs(key)[0].get("unchecked"):
            by_center[center].append(key)
    for keys in by_center.values():
        for one, other in pairwise(keys):
            yield sound.shifted(one, sound.start(other))


def while_it_is_maintained(sound: Sound) -> Changed:
    for block in sound.schedule["blocks"]:
        if block["work_center"] and not block.get("unchecked"):
            closed = Interval(begin(block), begin(block) + 1)
            centers = tuple(
                replace(one, maintenance=(closed,)) if one.id == block["work_center"] else one
                for one in sound.scenario.work_centers
            )
            yield replace(sound.scenario, work_centers=centers), sound.schedule


def a_piece_less(sound: Sound) -> Changed:
    for place, block in enumerate(sound.schedule["blocks"]):
        if block["kind"] == "run" and block["quantity"]:
            yield sound.block(place, quantity=block["quantity"] - 1)


def a_piece_less_in_an_hour(sound: Sound) -> Changed:
    for place, row in enumerate(sound.schedule["hours"]):
        if row["quantity"] and not row["frozen"]:
            yield sound.scenario, sound.row(place, -1)


def a_piece_in_another_hour(sound: Sound) -> Changed:
    hours = list(enumerate(sound.schedule["hours"]))
    for (place, one), (other, two) in pairwise(hours):
        same = all(one[name] == two[name] for name in ("order", "seq", "frozen"))
        if same and one["quantity"] and not one["frozen"] and not one.get("unchecked"):
            copied = sound.row(place, -1)
            copied["hours"][other]["quantity"] += 1
            yield sound.scenario, copied


def another_past(sound: Sound) -> Changed:
    for place, row in enumerate(sound.schedule["hours"]):
        if row["frozen"]:
            yield sound.scenario, sound.row(place, 1)


def who_is_with_it_has_gone(sound: Sound) -> Changed:
    for block in sound.schedule["blocks"]:
        if "person" in block:
            away = Interval(begin(block), begin(block) + 1)
            people = tuple(
                replace(one, absent=(*one.absent, away)) if one.id == block["person"] else one
                for one in sound.scenario.people
            )
            yield replace(sound.scenario, people=people), sound.schedule


def nobody_of_that_name(sound: Sound) -> Changed:
    for place, block in enumerate(sound.schedule["blocks"]):
        if "person" in block:
            yield sound.block(place, person="nobody")


def follows(sound: Sound) -> Iterator[tuple[Order, Operation, Operation]]:
    """Two operations of which nothing was done before, the second one here and with a time."""
    new = {key for key, _, _ in sound.steps()}
    for order in sound.scenario.orders:
        for one, step in pairwise(order.operations):
            keys = {(order.id, one.seq), (order.id, step.seq)}
            if keys <= new and step.alternatives and order.id not in sound.lots:
                yield order, one, step


def more_wait_than_may(sound: Sound) -> Changed:
    for order, before, step in follows(sound):
        pieces = sum(one["quantity"] for one in sound.runs((order.id, step.seq)))
        if min(before.transfer_batch or pieces, pieces) > 1:
            yield sound.stepped(order, step, wip_limit=0)


def pieces_wait_too_long(sound: Sound) -> Changed:
    for order, before, step in follows(sound):
        if before.transfer_batch is None:
            there = max(map(end, sound.runs((order.id, before.seq))))
            waits = begin(sound.runs((order.id, step.seq))[0]) - there
            if waits > 0:
                yield sound.stepped(order, step, min_gap_us=0, max_gap_us=waits - 1)


def on_a_work_center_that_cannot(sound: Sound) -> Changed:
    for place, block in enumerate(sound.schedule["blocks"]):
        if block["work_center"] and "lot" not in block:
            yield sound.block(place, work_center="elsewhere")


def another_completion(sound: Sound) -> Changed:
    for place, row in enumerate(sound.schedule["orders"]):
        if row["completion"]:
            copied = deepcopy(sound.schedule)
            earlier = written(parse_time(row["completion"]) - MICROS)
            copied["orders"][place]["completion"] = earlier
            yield sound.scenario, copied


def lots_of_other_numbers(sound: Sound) -> Changed:
    for order in sound.lots:
        copied = deepcopy(sound.schedule)
        for block in copied["blocks"]:
            if block["order"] == order:
                block["lot"] += 1
        yield sound.scenario, copied


def unmarked(sound: Sound) -> Changed:
    for place, block in enumerate(sound.schedule["blocks"]):
        if block.get("unchecked"):
            yield sound.block(place, unchecked=False)


def marked(sound: Sound) -> Changed:
    """Blocks and hours that have a cycle time."""
    for place, block in enumerate(sound.schedule["blocks"]):
        if not block.get("unchecked"):
            yield sound.block(place, unchecked=True)
    for place, row in enumerate(sound.schedule["hours"]):
        if not row["frozen"] and not row.get("unchecked"):
            copied = sound.row(place, 0)
            copied["hours"][place]["unchecked"] = True
            yield sound.scenario, copied


def other_pieces_before(sound: Sound) -> Changed:
    for place, block in enumerate(sound.schedule["blocks"]):
        if block["kind"] == "run":
            yield sound.block(place, used=block["used"] + 1)


def unchecked_in_less_than_its_share(sound: Sound) -> Changed:
    for key, order, step in sound.steps():
        if step.unchecked and step is order.operations[0] and order.due is not None:
            (place,) = sound.blocks[key]
            at = sound.start(key)
            after = order.operations[1:]
            passes = sum(one.min_gap_us + (one.lead_time_us or 0) for one in after)
            here = 1 + sum(1 for one in after if one.lead_time_us is None)
            due = order.due - passes
            share = (due - at) // here if due > at else DAY
            yield sound.block(place, end=written(at + share - 1))


MUTATIONS: dict[Callable[[Sound], Changed], str] = {
    before_the_plan: "RELEASE",
    before_its_release: "RELEASE",
    before_its_material_date: "RELEASE",
    before_it_may: "RELEASE",
    back_a_second_early: "WORK",
    back_at_once: "WORK",
    a_set_up_is_left_out: "SETUP",
    a_set_up_is_a_second_short: "SETUP",
    work_that_nobody_did: "WORK",
    pieces_beyond_the_material: "MATERIAL",
    material_that_comes_later: "MATERIAL",
    before_its_pieces: "PRECEDENCE",
    two_at_once: "OVERLAP",
    while_it_is_maintained: "CLOSED",
    a_piece_less: "QUANTITY",
    a_piece_less_in_an_hour: "SUM",
    a_piece_in_another_hour: "HOUR",
    another_past: "KEPT",
    who_is_with_it_has_gone: "SKILL",
    nobody_of_that_name: "SKILL",
    more_wait_than_may: "WIP",
    pieces_wait_too_long: "MAXGAP",
    on_a_work_center_that_cannot: "UNKNOWN",
    another_completion: "ORDER",
    lots_of_other_numbers: "LEVEL",
    unmarked: "UNCHECKED",
    marked: "UNCHECKED",
    other_pieces_before: "QUANTITY",
    unchecked_in_less_than_its_share: "WORK",
}


def examine(found: tuple[Json, Json], tried: Counter[str]) -> None:
    sound = Sound(*found)
    assert check(sound.scenario, sound.schedule) == ()
    for mutate, rule in MUTATIONS.items():
        for scenario, schedule in islice(mutate(sound), EACH):
            told = {one.rule for one in check(scenario, schedule)}
            assert rule in told, (mutate.__name__, told)
            tried[mutate.__name__] += 1


def test_what_is_sound_is_not_told_and_one_thing_that_is_changed_is() -> None:
    """People, limits, material by date; steps outside, without cycle time, levelled orders; first
    plans and re-plans, some hours frozen.
    """
    tried = Counter[str]()

    @settings(max_examples=15)
    @given(planned(full_scenario()))
    def with_people(found: tuple[Json, Json]) -> None:
        examine(found, tried)

    @settings(max_examples=30)
    @given(planned(mixed_scenario()))
    def with_steps_of_all_kinds(found: tuple[Json, Json]) -> None:
        examine(found, tried)

    with_people()
    with_steps_of_all_kinds()
    assert {one.__name__ for one in MUTATIONS} == set(tried), tried
