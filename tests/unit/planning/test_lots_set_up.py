"""Lots are set up where something else came between, and only there.

What is to be set up is reckoned here from the sequence of the runs alone.
"""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.planning.checking.check import check
from edge.planning.efforts import Effort, Search
from edge.planning.kernel.loading import plain_kernel
from edge.planning.placing.preparing import prepared
from edge.planning.placing.solver import BY_DUE, Solver, rules
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.full_scenarios import full_scenario
from tests.unit.planning.scenarios import FAMILIES, any_scenario, order, scenario, step
from tests.unit.planning.test_lots import MIX, levelled_scenario, through_json

Json = dict[str, Any]
Place = tuple[str, int, str]  # order, operation, work center


@st.composite
def busy_scenario(draw: st.DrawFn) -> Json:
    """Orders of few products that share work centers, cut into lots, with set-ups of both kinds."""
    found = draw(any_scenario())
    pitch = draw(st.sampled_from(["day", 3600, 7200, 25_000]))
    found["levelling"] = [{"pitch_s": pitch, "families": list(FAMILIES)}]
    for one in found["orders"]:
        one.pop("material_from", None)
        for operation in one["operations"]:
            for way in operation["alternatives"]:
                way["cycle_s"] = draw(st.sampled_from([36, "125/48", 300]))
    if draw(st.booleans()):
        same = {"F1": {"F1": 120, "F2": 900}}  # a rule within a family
        found["work_centers"][2]["setup_matrix_s"] = same
    return found


@st.composite
def tied_scenario(draw: st.DrawFn) -> Json:
    """Lots of operations that ask for people, or may not wait long."""
    found = draw(full_scenario())
    found["levelling"] = [{"pitch_s": draw(st.sampled_from(["day", 7200])), "products": ["P"]}]
    return found


def wanted(document: Json, schedule: Json) -> Counter[Place]:
    """Seconds of set-up by operation and work center, by what came before each run there."""
    ways = {
        (one["id"], operation["seq"], way["work_center"]): way.get("setup_s", 0)
        for one in document["orders"]
        for operation in one["operations"]
        for way in operation.get("alternatives", ())
    }
    families = {one["id"]: one["family"] for one in document["orders"]}
    centers = {one["id"]: one for one in document["work_centers"]}
    found: Counter[Place] = Counter()
    for center, runs in by_center(schedule).items():
        matrix = centers[center].get("setup_matrix_s", {})
        first = runs[0]
        stands = matrix.get(centers[center].get("initial_family"), {})
        place = (first["order"], first["seq"], center)
        found[place] += ways[place] + stands.get(families[first["order"]], 0)
        for before, run in pairwise(runs):
            if not follows(before, run):
                place = (run["order"], run["seq"], center)
                row = matrix.get(families[before["order"]], {})
                found[place] += ways[place] + row.get(families[run["order"]], 0)
    return +found


def by_center(schedule: Json) -> dict[str, list[Json]]:
    """The first block of each run on each work center, in the order of time."""
    found: dict[str, dict[tuple[Any, ...], Json]] = defaultdict(dict)
    for block in schedule["blocks"]:
        if block["kind"] == "run" and block["work_center"] and not block.get("unchecked"):
            key = (block["order"], block["seq"], block.get("lot"))
            found[block["work_center"]].setdefault(key, block)
    return {center: list(runs.values()) for center, runs in found.items()}


def follows(before: Json, run: Json) -> bool:
    """Whether a run is of a lot, directly behind another lot of its operation."""
    alike = all(before[name] == run[name] for name in ("order", "seq"))
    return alike and before["lot"] != run["lot"]


def spent(schedule: Json) -> Counter[Place]:
    """Seconds of set-up that the hours say."""
    found: Counter[Place] = Counter()
    for row in schedule["hours"]:
        found[row["order"], row["seq"], row["work_center"]] += row["setup_s"]
    return +found


def judged(document: Json, **search: Any) -> Json:
    plant = parse(document)
    schedule = through_json(solve(plant, proofs=0, **search))
    assert check(plant, schedule) == ()
    return schedule


@settings(max_examples=40, deadline=None)
@given(st.one_of(busy_scenario(), levelled_scenario()))
def test_it_is_set_up_if_and_only_if_something_else_came_between(document: Json) -> None:
    schedule = judged(document)
    assert spent(schedule) == wanted(document, schedule)
    assert schedule["objective"]["setup_s"] == sum(spent(schedule).values())
    set_up = {
        (one["order"], one["seq"], one.get("lot"))
        for one in schedule["blocks"]
        if one["kind"] == "setup"
    }
    for runs in by_center(schedule).values():
        for before, run in pairwise(runs):
            if follows(before, run):
                assert (run["order"], run["seq"], run["lot"]) not in set_up


@settings(max_examples=15, deadline=None)
@given(busy_scenario())
def test_a_search_counts_the_same_set_ups(document: Json) -> None:
    schedule = judged(document, search=Search(effort=Effort.NORMAL, seed=5))
    assert spent(schedule) == wanted(document, schedule)


@settings(max_examples=15, deadline=None)
@given(busy_scenario())
def test_what_a_search_has_changed_costs_what_its_sequences_cost(document: Json) -> None:
    """Set-ups that came and went with lots beside each other are all in the sum."""
    solver = solver_of(document)
    before = solver.dispatch(BY_DUE)
    if not solver.packing.tasks:
        return
    solver.kernel.begin(3)
    for _ in range(4):
        solver.kernel.search(40)
        now = _placed(solver), solver.cost
        assert solver.cost[1] == sum(solver.kernel.setup)
        assert solver.follow(solver.sequences())
        assert (_placed(solver), solver.cost) == now
    solver.kernel.recall()
    assert solver.cost <= before


@settings(max_examples=25, deadline=None)
@given(tied_scenario())
def test_lots_with_people_and_limits_are_set_up_alike(document: Json) -> None:
    schedule = judged(document)
    assert spent(schedule) == wanted(document, schedule)


PLACED = ("alt", "start", "setup", "setup_end", "run_start", "end", "credited", "mnext")


@pytest.mark.needs("the compiled kernel")
@settings(max_examples=20, deadline=None)
@given(st.one_of(busy_scenario(), tied_scenario()))
def test_compiled_and_plain_set_up_alike(document: Json) -> None:
    one, other = solver_of(document), solver_of(document)
    other.kernel = plain_kernel()(other.packing.pack())
    for rule in (BY_DUE, *rules(one)[:2]):
        assert one.dispatch(rule) == other.dispatch(rule)
        assert _placed(one) == _placed(other)
        assert one.kernel.segments == other.kernel.segments
    if one.packing.tasks and not one.is_tied:
        one.kernel.begin(7)
        other.kernel.begin(7)
        assert one.kernel.search(60) == other.kernel.search(60)
        assert _placed(one) == _placed(other)


def solver_of(document: Json) -> Solver:
    plant = parse(document)
    capacity = Capacity(plant)
    return Solver(prepared(plant, capacity), capacity)


def _placed(solver: Solver) -> list[list[int]]:
    return [list(getattr(solver.kernel, name)) for name in PLACED]


def test_by_hand_two_products_share_a_line_in_pitches_of_two_hours() -> None:
    """06:00 to 14:00 less half an hour for the break: pitches of 2, 2, 2 and 1.5 hours.

    Of 80 A and 40 B they get 21 1/3 and 10 2/3 each, the last one 16 and 8; in whole pieces A 22,
    21, 21, 16 and B 11, 10, 11, 8. Made as A B, B A, A B, B A the line is set up five times of 10
    minutes and not eight times: what ends a pitch begins the next one.
    """
    document = scenario(
        order("A", step(10, setup=600), quantity=80, due="2026-06-08T14:00+02:00"),
        order("B", step(10, setup=600), quantity=40, due="2026-06-08T14:00+02:00", family="F2"),
        levelling=[{"pitch_s": 7200, "products": ["P"]}],
    )
    schedule = judged(document)
    runs = [one for one in schedule["blocks"] if one["kind"] == "run"]
    assert [one["order"] for one in runs] == ["A", "B", "B", "A", "A", "B", "B", "A"]
    assert schedule["objective"]["setup_s"] == 5 * 600
    assert [one["quantity"] for one in runs] == [22, 11, 10, 21, 21, 11, 8, 16]
    begun = [one["start"][11:16] for one in schedule["blocks"] if one["kind"] == "setup"]
    assert begun == ["06:00", "06:23", "08:06", "10:42", "12:34"]
    setups = [row["setup_s"] for row in schedule["hours"]]
    assert sum(setups) == 5 * 600


def test_what_comes_between_is_set_up_again() -> None:
    """A month's product and a rush order amid it: set up at first, and again behind the rush."""
    rush = order("R", step(10, setup=60), quantity=10, product="Q", family="F2")
    rush |= {"due": "2026-06-09T10:00+02:00", "release": "2026-06-09T08:00+02:00"}
    level = {"levelling": [{"pitch_s": 3600, "products": ["P"]}]}
    document = scenario(order("A", step(10, setup=600), quantity=600), rush, **level)
    schedule = judged(document)
    assert spent(schedule) == {("A", 10, "L1"): 1200, ("R", 10, "L1"): 60}


def test_an_order_that_is_not_levelled_is_set_up_as_before() -> None:
    """Two orders of one product are two jobs: each is set up."""
    document = scenario(order("A", step(10, setup=600)), order("B", step(10, setup=600)))
    assert spent(judged(document)) == {("A", 10, "L1"): 600, ("B", 10, "L1"): 600}
    level = {"levelling": MIX}
    assert sum(spent(judged({**document, **level})).values()) > 1200


def test_a_lot_does_not_find_set_up_what_was_only_begun_to_be() -> None:
    """Five minutes into a set-up of ten the rest is still to be done, and the checker asks."""
    level = {"levelling": [{"pitch_s": 3600, "products": ["P"]}]}
    document = scenario(order("A", step(10, setup=600), quantity=400), **level)
    before = through_json(solve(parse(document)))
    first = before["blocks"][0]
    assert (first["order"], first["kind"], first["lot"]) == ("A", "setup", 1)
    plant = parse(document | {"now": "2026-06-08T06:05+02:00", "previous": before})
    schedule = through_json(solve(plant))
    assert check(plant, schedule) == ()
    rest = schedule["blocks"][0]
    assert (rest["kind"], rest["start"][11:16], rest["end"][11:16]) == ("setup", "06:05", "06:10")
    schedule["blocks"].remove(rest)
    assert "SETUP" in {one.rule for one in check(plant, schedule)}
