"""What the edge takes of a levelled plan, and of a product without a cycle time."""

from dataclasses import replace
from fractions import Fraction

from edge.planning.checking.check import check
from edge.planning.months.planned import planned_jobs
from edge.planning.scenario.model import Levelling
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.schedules.instructing import Papers, instructions
from edge.planning.solving import solve
from tests.unit.planning.test_month import DEFINITION, HOUR, MONDAY, built, request


def test_an_operation_in_lots_is_one_job_with_its_runs() -> None:
    plain = built([request("W1"), request("W2")], [], now=MONDAY)
    plant = parse(
        scenario_json(replace(plain, levelling=(Levelling(pitch_us=HOUR, families=("hinge",)),)))
    )
    schedule = solve(plant)
    assert check(plant, schedule) == ()
    jobs = {(one.order, one.operation): one for one in planned_jobs(schedule)}
    assert len(jobs) == 4
    first = jobs["W1", 10]
    assert first.quantity == 100
    assert len(first.producing) == 7
    assert first.start == MONDAY
    assert first.end == max(end for _, end in first.producing)
    assert sum(end - start for start, end in first.producing) == 3600 * 1_000_000
    rows = [one for one in instructions(schedule, 1) if (one.order, one.operation) == ("W1", 10)]
    assert sum(one.quantity for one in rows) == 100
    ends = [one.begun + one.quantity for one in rows]
    assert [one.begun for one in rows] == [0, *ends[:-1]]


def test_a_product_without_a_cycle_time_is_marked_to_the_terminal() -> None:
    timeless = replace(
        DEFINITION,
        operations=tuple(
            replace(
                one,
                alternatives=tuple(replace(way, cycle=Fraction(0)) for way in one.alternatives),
            )
            for one in DEFINITION.operations
        ),
    )
    plain = built([request("W1")], [], now=MONDAY, definition=timeless)
    plant = parse(scenario_json(plain))
    schedule = solve(plant)
    assert check(plant, schedule) == ()
    papers = Papers(definitions={("HINGE", "A"): timeless}, requests={"W1": request("W1")})
    rows = instructions(schedule, 1, papers)
    assert {(one.sheet.unchecked, one.sheet.rate) for one in rows} == {(True, "")}
    assert sum(one.quantity for one in rows) == 200
    assert all(one.producing == () for one in planned_jobs(schedule))
