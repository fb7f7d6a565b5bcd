"""What a promise holds to: the plan is not moved, its date is kept, capacity is given once."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.planning.checking.check import check
from edge.planning.months.planned import planned_jobs
from edge.planning.promises.beside import Base
from edge.planning.promises.booking import Booking, Taken, go_on, order_of
from edge.planning.promises.holding import with_promised
from edge.planning.promises.inserting import Wish, lay_in, starts_of
from edge.planning.promises.lanes import Lane
from edge.planning.promises.promising import UNPROVED, Promised, promise
from edge.planning.scenario.model import Operation, Scenario
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import MONDAY, any_scenario, operations, order, scenario, step

Json = dict[str, Any]


def base_of(document: Json) -> Base:
    found = parse(document)
    return Base(go_on(found, planned_jobs(solve(found))))


def wish_of(base: Base, *steps: Json, quantity: int = 100, **more: Any) -> Wish:
    """An order for operations as the scenario format writes them."""
    document = order("NEW", *steps, quantity=quantity)
    centers = [{"id": one.id, "calendar": "c"} for one in base.scenario.work_centers]
    alone = scenario(document, calendars={"c": {"always": True}}, work_centers=centers)
    found = parse(alone).orders[0]
    about: Json = {"earliest": base.scenario.begin, "family": "F1", **more}
    return Wish(id="NEW", product="P", quantity=quantity, operations=found.operations, **about)


def at(text: str) -> int:
    return parse_time(f"2026-06-{text}+02:00")


def ordered(base: Base, *bookings: Booking) -> Scenario:
    """What the edge plans next: what is left, what is promised, and the plan in force."""
    return with_promised(base.scenario, bookings, {})


def booked(wish: Wish, found: Promised) -> Booking:
    in_place = found.kept not in {"moving", "level"}
    return Booking(wish=wish, slots=found.slots, in_place=in_place, date=found.date)


def test_it_is_laid_into_a_gap_or_behind() -> None:
    """O2 waits on L1 for material until 10:30, when the break ends; the gap holds 4 hours."""
    late = order("O2", step(10), material_from="2026-06-08T10:30+02:00")
    base = base_of(scenario(order("O1", step(10)), late))
    short = promise(base, wish_of(base, step(10), quantity=300))
    assert (short.slots[0].start, short.date) == (at("08T07:00"), at("08T10:00"))
    assert short.kept == "in_gaps"
    long = promise(base, wish_of(base, step(10), quantity=301))
    assert long.slots[0].start == at("08T11:30")


def test_the_next_order_is_set_up_no_longer_for_it() -> None:
    """Between two orders of F1 nothing of F2 fits, though there is time for it."""
    matrix = {"F1": {"F2": 600}, "F2": {"F1": 600}}
    center = {"id": "L1", "calendar": "early", "initial_family": "F1", "setup_matrix_s": matrix}
    late = order("O2", step(10), material_from="2026-06-08T10:30+02:00")
    base = base_of(scenario(order("O1", step(10)), late, work_centers=[center]))
    found = promise(base, wish_of(base, step(10), quantity=10, family="F2"))
    assert (found.slots[0].start, found.slots[0].setup_us) == (at("08T11:30"), 600_000_000)


def test_what_limits_it_is_proved_by_lifting_it() -> None:
    """L1 is busy until 08:00; without that the hour of work is done at 07:00."""
    base = base_of(scenario(order("O1", step(10), quantity=200)))
    found = promise(base, wish_of(base, step(10)))
    assert found.date == at("08T09:00")
    limit = found.limits[0]
    assert (limit.type, limit.work_center, limit.relaxed) == ("CAPACITY", "L1", at("08T07:00"))
    assert (limit.needed_s, limit.available_s) == (3 * 3600, 3 * 3600)


def test_material_limits_it() -> None:
    base = base_of(scenario(order("O1", step(10))))
    wish = wish_of(base, step(10), material_from=at("09T06:00"))
    found = promise(base, wish)
    assert found.date == at("09T07:00")
    assert next((one.type, one.relaxed) for one in found.limits) == ("MATERIAL", at("08T08:00"))


def test_orders_of_less_weight_may_move_and_are_named() -> None:
    """Both are due by 07:00: O1 weighs less, moves behind, and is late."""
    due = "2026-06-08T07:30+02:00"
    base = base_of(scenario(order("O1", step(10), due=due, weight=1)))
    wish = wish_of(base, step(10), weight=5)
    assert promise(base, wish).date == at("08T08:00")
    moving = promise(base, wish, may_move=True)
    assert (moving.kept, moving.date) == ("moving", at("08T07:00"))
    assert moving.late == {"O1": at("08T08:00")}
    heavier = base_of(scenario(order("O1", step(10), due=due, weight=9)))
    assert promise(heavier, wish, may_move=True).kept == "in_gaps"


@given(any_scenario(), operations(), st.integers(1, 150), st.sampled_from(["F1", "F2"]))
def test_a_promise_that_is_ordered_is_kept_by_the_next_plan(
    document: Json, steps: list[Json], quantity: int, family: str
) -> None:
    """Nothing else changes: the order is done by its date, and no other is later for it."""
    base = base_of(document)
    wish = wish_of(base, *steps, quantity=quantity, family=family)
    found = promise(base, wish)
    after = ordered(base, booked(wish, found))
    planned = json.loads(json.dumps(solve(after)))
    done = {one["id"]: parse_time(one["completion"]) for one in planned["orders"]}
    assert found.kept != "unproved"
    assert done["NEW"] <= found.date
    for one in base.scenario.orders:
        allowed = max(base.beside(()).completions.get(one.id, 0), one.due or 0)
        assert done[one.id] <= allowed
    assert check(after, planned) == ()


@given(any_scenario(), st.lists(st.tuples(operations(), st.integers(1, 100)), max_size=4))
def test_capacity_is_never_promised_twice(
    document: Json, wishes: list[tuple[list[Json], int]]
) -> None:
    """One promise after the other: no two of them, and none with the plan, share a moment, and
    the plan with all of them keeps each of their dates.
    """
    base = base_of(document)
    bookings: tuple[Booking, ...] = ()
    dates: dict[str, int] = {}
    for number, (steps, quantity) in enumerate(wishes):
        wish = replace(wish_of(base, *steps, quantity=quantity), id=f"NEW{number}")
        found = promise(base, wish, bookings)
        bookings = (*bookings, booked(wish, found))
        if found.date is not None and found.kept != "unproved":
            dates[wish.id] = found.date
    done = base.beside(bookings).completions
    assert all(done[name] <= date for name, date in dates.items())
    for lane in base.beside(()).free.values():
        assert_apart(lane, bookings)


def assert_apart(lane: Lane, bookings: tuple[Booking, ...]) -> None:
    stays = [(one.start, one.end) for one in lane.stays]
    stays += [
        (slot.start, slot.end)
        for booking in bookings
        for slot in booking.slots
        if slot.work_center == lane.center.id
    ]
    stays.sort()
    assert all(end <= start for (_, end), (start, _) in pairwise(stays))


@given(any_scenario(), operations(), st.integers(1, 120), st.integers(1, 60))
def test_more_pieces_are_never_done_earlier(
    document: Json, steps: list[Json], quantity: int, more: int
) -> None:
    base = base_of(document)
    lanes = base.beside(()).free
    few, many = (wish_of(base, *steps, quantity=one) for one in (quantity, quantity + more))
    assert lay_in(few, lanes)[-1].end <= lay_in(many, lanes)[-1].end


def test_what_each_step_starts() -> None:
    """1,000 good ones at 2 % scrap start 1,021."""
    found = parse(scenario(order("O", {**step(10), "yield": "0.98"}, step(20, "L2"))))
    steps: tuple[Operation, ...] = found.orders[0].operations
    assert starts_of(steps, 1000) == (1021, 1000)


def test_an_order_of_a_promise_is_not_begun_before_its_slots() -> None:
    base = base_of(scenario(order("O1", step(10)), plan_start=MONDAY))
    wish = wish_of(base, step(10))
    found = promise(base, wish)
    written = order_of(wish, found.slots, found.date)
    assert [one.not_before for one in written.operations] == [at("08T07:00")]


@settings(max_examples=25)
@given(any_scenario(), st.lists(st.tuples(operations(), st.integers(1, 100)), max_size=6))
def test_every_promise_is_kept_by_the_next_plan_however_full_the_floor_is(
    document: Json, wishes: list[tuple[list[Json], int]]
) -> None:
    """One reservation after the other: the plan with all of them keeps all of their dates."""
    base = base_of(document)
    bookings: tuple[Booking, ...] = ()
    for number, (steps, quantity) in enumerate(wishes):
        wish = replace(wish_of(base, *steps, quantity=quantity), id=f"NEW{number}")
        found = promise(base, wish, bookings)
        if found.kept != UNPROVED:
            bookings = (*bookings, booked(wish, found))
    planned = solve(ordered(base, *bookings))
    done = {one["id"]: parse_time(one["completion"]) for one in planned["orders"]}
    assert all(done[one.wish.id] <= one.done for one in bookings)


def test_a_levelled_product_is_promised_a_little_in_each_pitch() -> None:
    """Hinges are made in lots of a day: the date is one that the plan with its lots keeps."""
    levels = [{"pitch_s": "day", "products": ["P"]}]
    base = base_of(scenario(order("O1", step(10), quantity=1_000), levelling=levels))
    wish = wish_of(base, step(10), quantity=1_200)
    found = promise(base, wish)
    assert found.kept == "level"
    after = ordered(base, booked(wish, found))
    planned = json.loads(json.dumps(solve(after)))
    lots = {one.get("lot") for one in planned["blocks"] if one["order"] == "NEW"}
    assert len(lots) > 1
    done = {one["id"]: parse_time(one["completion"]) for one in planned["orders"]}
    assert done["NEW"] <= found.date
    assert done["O1"] <= max(base.beside(()).completions["O1"], at("12T14:00"))
    assert check(after, planned) == ()


def test_an_order_that_takes_a_promise_over_stands_where_that_stood() -> None:
    """The ERP sends the order; nothing else of the plan is moved by it."""
    base = base_of(scenario(order("O1", step(10)), order("O2", step(10), due="2026-06-09T14:00Z")))
    wish = wish_of(base, step(10), quantity=50)
    found = promise(base, wish)
    held = Booking(wish=replace(wish, id="promise-7"), slots=found.slots)
    first = solve(with_promised(base.scenario, [held], {}))
    real = replace(held.order, id="WO7", operations=wish.operations)
    scenario_ = replace(base.scenario, orders=(*base.scenario.orders, real))
    taken = {"WO7": Taken(promise="promise-7", slots=found.slots)}
    jobs = [one for one in planned_jobs(first) if one.order == "promise-7"]
    after = solve(with_promised(scenario_, [], taken, jobs))

    def spans(schedule: Json, new: str) -> list[tuple[str, str, str]]:
        return [
            (one["order"].replace(new, "NEW"), one["start"], one["end"])
            for one in schedule["blocks"]
        ]

    assert spans(after, "WO7") == spans(first, "promise-7")
