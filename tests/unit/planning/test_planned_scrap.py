"""Planned scrap: what is started, what is wanted of each operation, and no piece twice."""

from dataclasses import replace
from fractions import Fraction
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.orders import OperationsDefinition
from edge.domain.vocabulary import JobState
from edge.domain.yields import comes_out, good_between, wanted_good
from edge.execution.orders.jobs import jobs_of
from edge.execution.orders.masterdata import MasterData
from edge.planning.checking.check import check
from edge.planning.placing.tasks import needed_good
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.schedules.instructing import Papers, instructions
from edge.planning.solving import solve
from tests.unit.planning.test_month import DEFINITION, built, job, operation, request

PERCENTS = st.fractions(0, 60, max_denominator=40)


def losing(*percents: Fraction) -> OperationsDefinition:
    steps = [
        replace(operation(10 * number, "L1" if number % 2 else "L2", 60), planned_scrap_percent=one)
        for number, one in enumerate(percents, 1)
    ]
    return replace(DEFINITION, operations=tuple(steps))


@given(st.lists(PERCENTS, min_size=1, max_size=5), st.integers(1, 5_000))
def test_what_each_operation_brings_becomes_the_order(
    percents: list[Fraction], quantity: int
) -> None:
    steps = losing(*percents).operations
    wanted = wanted_good(steps, quantity)
    assert wanted[steps[-1].seq] == quantity
    for step in steps:
        assert comes_out(steps, step.seq, wanted[step.seq]) == quantity
        if quantity > 1 or wanted[step.seq] > 1:
            assert comes_out(steps, step.seq, wanted[step.seq] - 1) < quantity


@given(st.lists(st.integers(0, 200), max_size=30), PERCENTS)
def test_good_pieces_of_parts_add_up(parts: list[int], percent: Fraction) -> None:
    share = 1 - percent / 100
    begun = good = 0
    for part in parts:
        more = good_between(begun, part, share)
        assert 0 <= more <= part
        begun, good = begun + part, good + more
    assert good == good_between(0, sum(parts), share)


def test_a_thousand_good_at_two_percent_start_1_021() -> None:
    definition = losing(Fraction(2), Fraction(2))
    data = MasterData({("HINGE", "A"): definition}, {"WO1": request("WO1", quantity=1_000)})
    jobs = jobs_of(data, ())
    assert {one.operation: one.quantity for one in jobs.values()} == {10: 1_021, 20: 1_000}
    schedule = solve(built([request("WO1", quantity=1_000)], [], definition=definition))
    started = {
        seq: sum(row["quantity"] for row in schedule["hours"] if row["seq"] == seq)
        for seq in (10, 20)
    }
    assert started == {10: 1_042, 20: 1_021}


@settings(max_examples=25, deadline=None)
@given(
    percents=st.lists(PERCENTS, min_size=1, max_size=3),
    quantity=st.integers(1, 400),
    made=st.integers(0, 100),
    scrap=st.integers(0, 30),
)
def test_hours_bring_what_is_left_to_the_piece(
    percents: list[Fraction], quantity: int, made: int, scrap: int
) -> None:
    """Of the first operation some pieces are made; hours count pieces that are begun."""
    definition, wants = losing(*percents), request("WO1", quantity=quantity)
    first = job("WO1", 10, JobState.RUNNING, min(made, quantity), scrap=scrap)
    scenario = built([wants], [first], definition=definition)
    if not scenario.orders:
        return  # all of it is made
    schedule = solve(scenario)
    assert check(parse(scenario_json(scenario)), schedule) == ()
    rows = instructions(
        schedule, 1, Papers(definitions={("HINGE", "A"): definition}, requests={"WO1": wants})
    )
    goals = dict(zip(definition.operations, needed_good(scenario.orders[0]), strict=True))
    for step, goal in goals.items():
        mine = [one for one in rows if one.operation == step.seq]
        left = goal - (min(made, quantity) if step.seq == 10 else 0)
        share = 1 - (step.planned_scrap_percent or 0) / 100
        assert sum(one.good for one in mine) == max(left, 0)
        assert sum(one.quantity for one in mine) == max(ceil(left / share), 0)
        assert all(0 <= one.scrap <= one.quantity for one in mine)


@given(st.lists(PERCENTS, min_size=1, max_size=4), st.integers(1, 2_000))
def test_jobs_want_what_the_plan_wants(percents: list[Fraction], quantity: int) -> None:
    definition, wants = losing(*percents), request("WO1", quantity=quantity)
    jobs = jobs_of(MasterData({("HINGE", "A"): definition}, {"WO1": wants}), ())
    order = built([wants], [], definition=definition).orders[0]
    planned = dict(zip((one.seq for one in order.operations), needed_good(order), strict=True))
    assert {one.operation: one.quantity for one in jobs.values()} == planned
