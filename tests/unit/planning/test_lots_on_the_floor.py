"""What the edge takes of a levelled plan, and of a product without a cycle time."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.vocabulary import JobState
from edge.planning.checking.check import check
from edge.planning.levels.handing_on import with_shares
from edge.planning.months.planned import planned_jobs
from edge.planning.scenario.model import Levelling
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.schedules.instructing import Papers, instructions
from edge.planning.solving import solve
from tests.unit.planning.test_month import DEFINITION, HOUR, MONDAY, built, job, request


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


def of_day(schedule: dict[str, Any], seq: int) -> Counter[str]:
    """Pieces of an operation by the day of their hours."""
    sums: Counter[str] = Counter()
    for row in schedule["hours"]:
        if row["seq"] == seq:
            sums[row["hour"][:10]] += row["quantity"]
    return sums


@given(quantity=st.integers(40, 700), hours=st.integers(1, 5), second=st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_day_has_its_share_however_often_it_is_planned_again(
    quantity: int, hours: int, second: bool
) -> None:
    """Hour by hour, as planned: each day brings what the first plan gave it, to the piece."""
    daily = (Levelling(families=("hinge",)),)  # of a day
    wanted = [request("W1", quantity, due=MONDAY + 80 * HOUR)]
    wanted += [request("W2", 60, due=MONDAY + 80 * HOUR)] if second else []
    short = replace(DEFINITION, operations=DEFINITION.operations[:1])
    plain = built(wanted, [], now=MONDAY, definition=short)
    schedule = solve(replace(plain, levelling=daily))
    before = of_day(schedule, 10)
    made: Counter[str] = Counter()
    for hour in range(1, hours + 1):
        now = MONDAY + hour * HOUR
        rows = [one for one in instructions(schedule, hour) if one.hour < now]
        for one in rows:
            if one.hour >= now - HOUR:
                made[one.order] += one.quantity
        jobs = [
            job(order, 10, JobState.INTERRUPTED, good, quantity=quantity)
            for order, good in made.items()
            if good
        ]
        had = planned_jobs(schedule)
        plain = built(wanted, jobs, now=now, definition=short, begun_as=had, in_force=had)
        plain = with_shares(replace(plain, levelling=daily), had, now)
        schedule = solve(plain)
        assert check(plain, schedule) == ()
    after = of_day(schedule, 10)
    after["2026-06-08"] += made.total()
    assert after == before
