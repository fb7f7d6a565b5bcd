"""A month plan and the floor's progress become a scenario; a schedule becomes instructions."""

from dataclasses import replace
from datetime import time
from fractions import Fraction
from typing import Any

import pytest

from edge.domain.calendars import ShiftPattern, WorkCalendar
from edge.domain.clock import parse_time
from edge.domain.orders import (
    Alternative,
    HourInstruction,
    JobOrder,
    Operation,
    OperationsDefinition,
    OperationsRequest,
)
from edge.domain.vocabulary import JobState
from edge.planning.checking.check import check
from edge.planning.errors import ScenarioInvalid
from edge.planning.months.month import scenario_from
from edge.planning.months.planned import planned_jobs
from edge.planning.scenario.model import Scenario, WorkCenter
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.schedules.instructing import instructions
from edge.planning.solving import solve

MONDAY = parse_time("2026-06-08T06:00+02:00")
HOUR = 3_600_000_000
DAY_SHIFT = WorkCalendar(
    "day_shift",
    "Europe/Berlin",
    (ShiftPattern("early", frozenset(range(5)), time(6), time(14), ((time(10), time(10, 30)),)),),
)
CENTERS = (WorkCenter(id="L1", calendar="day_shift"), WorkCenter(id="L2", calendar="day_shift"))


def operation(seq: int, center: str, setup_s: int) -> Operation:
    return Operation(
        seq=seq,
        description="",
        recipe=0,
        transfer_batch=None,
        alternatives=(Alternative(work_center=center, cycle=Fraction(36), setup_s=setup_s),),
    )


DEFINITION = OperationsDefinition(
    product="HINGE",
    revision="A",
    description="",
    unit="pcs",
    family="hinge",
    operations=(operation(10, "L1", 300), operation(20, "L2", 240)),
)


def request(id_: str, quantity: int = 100, **more: Any) -> OperationsRequest:
    plain = OperationsRequest(
        id=id_,
        number=None,
        product="HINGE",
        product_revision="A",
        quantity=quantity,
        release=None,
        due=MONDAY + 8 * HOUR,
        customer="",
        priority=3,
    )
    return replace(plain, **more)


def job(order: str, seq: int, state: JobState, good: int, **more: Any) -> JobOrder:
    plain = JobOrder(
        id=f"{order}.{seq}",
        order=order,
        operation=seq,
        number=1,
        product="HINGE",
        revision="A",
        work_center="L1" if seq == 10 else "L2",
        quantity=100,
        run_time_per_item=Fraction(36),
        setup_s=300 if seq == 10 else 240,
        recipe=0,
        description="",
        due=0,
        priority=1,
        customer="",
        state=state,
        version=1,
        phase="run",
        good=good,
        scrap=0,
        rework=0,
        started_at=MONDAY,
        ended_at=None,
    )
    return replace(plain, **more)


def built(requests: list[OperationsRequest], jobs: list[JobOrder], **more: Any) -> Scenario:
    now = more.pop("now", MONDAY + HOUR)
    return scenario_from(
        [more.pop("definition", DEFINITION)],
        requests,
        jobs,
        [DAY_SHIFT],
        CENTERS,
        now,
        MONDAY + 240 * HOUR,
        **more,
    )


def planned(scenario: Scenario) -> dict[str, Any]:
    """Through JSON, as the planner's process takes it."""
    again = parse(scenario_json(scenario))
    assert again == scenario
    schedule = solve(again)
    assert check(again, schedule) == ()
    return schedule


def test_a_fresh_month() -> None:
    schedule = planned(built([request("W2"), request("W1")], [], now=MONDAY))
    jobs = [(one.order, one.operation, one.work_center) for one in planned_jobs(schedule)]
    assert jobs == [("W1", 10, "L1"), ("W2", 10, "L1"), ("W1", 20, "L2"), ("W2", 20, "L2")]
    first, *_ = planned_jobs(schedule)
    assert (first.start, first.end) == (MONDAY, MONDAY + HOUR + 300_000_000)
    rows = instructions(schedule, plan=4)
    assert rows[0] == HourInstruction(
        plan=4,
        work_center="L1",
        hour=MONDAY,
        label="06:00+02:00",
        order="W1",
        operation=10,
        quantity=91,
        setup_s=300,
    )
    assert sum(row.quantity for row in rows) == 400


def test_a_running_job_goes_on_without_set_up() -> None:
    schedule = planned(
        built([request("W1"), request("W0")], [job("W1", 10, JobState.RUNNING, 40, scrap=2)])
    )
    first = schedule["blocks"][0]
    assert (first["order"], first["kind"], first["quantity"]) == ("W1", "run", 60)


def test_a_set_up_under_way_has_its_rest_to_do() -> None:
    started = MONDAY + HOUR - 100_000_000
    running = job("W1", 10, JobState.RUNNING, 0, phase="setup", started_at=started)
    assert built([request("W1")], [running]).actuals[0].setup_left_us == 200_000_000


def test_ended_operations_are_left_out_and_limit_what_follows() -> None:
    schedule = planned(built([request("W1")], [job("W1", 10, JobState.ENDED, 97, scrap=3)]))
    runs = [(one["seq"], one["quantity"]) for one in schedule["blocks"] if one["kind"] == "run"]
    assert runs == [(20, 97)]


def test_finished_orders_are_left_out() -> None:
    jobs = [job("W1", 10, JobState.ENDED, 100), job("W1", 20, JobState.ENDED, 98)]
    scenario = built([request("W1"), request("W2")], jobs)
    assert [one.id for one in scenario.orders] == ["W2"]
    assert scenario.actuals == ()
    assert {one.id: one.initial_family for one in scenario.work_centers} == {
        "L1": "hinge",
        "L2": "hinge",
    }


def test_of_two_open_jobs_the_running_one_holds_the_work_center() -> None:
    jobs = [
        job("W1", 10, JobState.INTERRUPTED, 40),
        job("W2", 10, JobState.RUNNING, 10),
    ]
    scenario = built([request("W1"), request("W2")], jobs)
    assert {one.order: one.running_on for one in scenario.actuals} == {"W1": None, "W2": "L1"}


@pytest.mark.parametrize("state", [JobState.ABORTED, JobState.RUNNING, JobState.INTERRUPTED])
def test_what_another_routing_no_longer_has_is_nothing_of_the_order(state: JobState) -> None:
    """Of two operations one is left; the other had pieces, hours that stay and a place."""
    first = planned(built([request("W1", 700)], [], now=MONDAY))
    had = planned_jobs(first)
    jobs = [job("W1", 10, JobState.RUNNING, 91), job("W1", 20, state, 40)]
    shorter = replace(DEFINITION, operations=DEFINITION.operations[:1])
    again = built(
        [request("W1", 700)],
        jobs,
        definition=shorter,
        previous=[one for one in instructions(first, 1) if one.hour < MONDAY + 2 * HOUR],
        frozen_until=MONDAY + 2 * HOUR,
        begun_as=had,
        in_force=had,
    )
    schedule = planned(again)
    assert {one["seq"] for one in schedule["blocks"]} == {10}
    assert [one.seq for one in again.actuals] == [10]


def test_what_is_overdue_is_still_planned() -> None:
    now = MONDAY + 30 * HOUR
    schedule = planned(built([request("W1")], [], now=now))
    assert schedule["orders"][0]["tardiness_s"] > 22 * 3600


def test_kept_hours_come_back() -> None:
    first = planned(built([request("W1", 700)], [], now=MONDAY))
    before = instructions(first, 1)
    again = built(
        [request("W1", 700)],
        [job("W1", 10, JobState.RUNNING, 91)],
        previous=before,
        frozen_until=MONDAY + 2 * HOUR,
    )
    after = instructions(planned(again), 2)
    kept = [replace(row, plan=2) for row in before if row.hour < MONDAY + 2 * HOUR]
    assert list(after[: len(kept)]) == kept
    assert sum(row.quantity for row in after if row.operation == 10) == 700


def test_an_unknown_product_is_named() -> None:
    with pytest.raises(ScenarioInvalid, match=r"orders\[W1\]\.product: NUT A"):
        built([request("W1", product="NUT")], [])
