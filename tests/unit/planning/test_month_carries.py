"""Gaps, limits, steps outside, skills and people: what of them a month's scenario carries."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.calendars import WorkCalendar
from edge.domain.flow import Flow, Outside, flow_from
from edge.domain.intervals import Interval
from edge.domain.orders import OperationsDefinition
from edge.domain.people import Person
from edge.domain.vocabulary import JobState
from edge.planning.checking.check import check
from edge.planning.errors import ScenarioInvalid
from edge.planning.months.carrying import carried, unkept
from edge.planning.months.staffing import staffed
from edge.planning.scenario.model import Scenario, Unchecked
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.solving import solve
from tests.unit.planning.test_month import DEFINITION, HOUR, MONDAY, built, job, request

S = 1_000_000
DAY = date(2026, 6, 8)


def flowing(flow: Flow, **more: Any) -> OperationsDefinition:
    first, second = DEFINITION.operations
    return replace(DEFINITION, operations=(first, replace(second, flow=flow, **more)))


def plating(hours: int, batch: int | None = None) -> OperationsDefinition:
    return flowing(Flow(outside=Outside(lead_time_us=hours * HOUR, batch=batch)))


def starts(scenario: Scenario) -> dict[int, int]:
    """When each step's run begins, of a plan that the checker has nothing against."""
    schedule = solve(scenario)
    assert check(parse(scenario_json(scenario)), schedule) == ()
    read = parse({**scenario_json(scenario), "previous": schedule}).previous_blocks
    return {one.seq: one.start for one in read if one.kind == "run"}


def test_keys_of_a_definition_are_read() -> None:
    keys = {"min_gap_s": 60, "max_gap_s": 90, "wip_limit": 5}
    outside = {"lead_time_s": 3600, "batch": 20, "description": "Plating"}
    assert flow_from({**keys, "outside": outside}) == Flow(
        min_gap_us=60 * S,
        max_gap_us=90 * S,
        wip_limit=5,
        outside=Outside(lead_time_us=HOUR, batch=20, description="Plating"),
    )
    assert flow_from({"min_gap_s": 0}) is flow_from({})


def test_a_step_outside_is_a_step_of_its_own() -> None:
    scenario = built([request("WO1")], [], definition=plating(24, 50))
    steps = scenario.orders[0].operations
    assert [one.seq for one in steps] == [10, 19, 20]
    assert (steps[1].lead_time_us, steps[1].transfer_batch) == (24 * HOUR, 50)
    begun = starts(scenario)
    assert begun[20] >= begun[19] + 24 * HOUR


@settings(max_examples=30, deadline=None)
@given(hours=st.integers(1, 60), gone=st.integers(0, 80), used=st.integers(0, 40))
def test_what_is_outside_is_back_after_its_lead_time_and_never_twice(
    hours: int, gone: int, used: int
) -> None:
    """The operation before ended `gone` hours ago with 100 pieces; `used` of them are taken."""
    now = MONDAY + 90 * HOUR
    ended = now - gone * HOUR
    is_back = ended + hours * HOUR <= now
    taken = used if is_back else 0
    jobs = [
        job("WO1", 10, JobState.ENDED, 100, ended_at=ended),
        job("WO1", 20, JobState.INTERRUPTED, taken, started_at=now if taken else None),
    ]
    if not taken:
        jobs = jobs[:1]
    scenario = built([request("WO1", due=now)], jobs, definition=plating(hours), now=now)
    schedule = solve(scenario)
    assert check(parse(scenario_json(scenario)), schedule) == ()
    made = sum(row["quantity"] for row in schedule["hours"] if row["seq"] == 20)
    assert made == 100 - taken
    begun = starts(scenario)[20]
    assert begun >= min(ended + hours * HOUR, now + hours * HOUR)
    assert (begun < now + hours * HOUR) or not gone or begun >= ended + hours * HOUR


def test_pieces_that_came_before_lie_out_the_rest_of_their_gap() -> None:
    done = job("WO1", 10, JobState.ENDED, 100, ended_at=MONDAY)
    gap = flowing(Flow(min_gap_us=5 * HOUR))
    scenario = built([request("WO1")], [done], definition=gap, now=MONDAY + HOUR)
    assert starts(scenario)[20] == MONDAY + 5 * HOUR + 240 * S  # set-up waits for pieces
    later = built([request("WO1")], [done], definition=gap, now=MONDAY + 6 * HOUR)
    assert starts(later)[20] < MONDAY + 7 * HOUR


def test_limits_and_skills_are_carried_and_planned() -> None:
    definition = flowing(Flow(max_gap_us=HOUR, wip_limit=100), skills=frozenset({"press"}))
    scenario = carried(built([request("WO1")], [], definition=definition))
    step = scenario.orders[0].operations[1]
    assert (step.wip_limit, step.max_gap_us, step.skills) == (100, HOUR, ("press",))
    assert solve(scenario)["orders"]


def test_a_longest_gap_to_a_step_outside_is_left_out() -> None:
    scenario = built([request("WO1")], [], definition=flowing(Flow(max_gap_us=HOUR)))
    (order,) = scenario.orders
    first = replace(order.operations[0], lead_time_us=HOUR, alternatives=())
    outside = replace(order, operations=(first, *order.operations[1:]))
    asked = replace(scenario, orders=(outside,))
    assert carried(asked).orders[0].operations[1].max_gap_us is None
    (said,) = unkept(asked)
    assert said.order == "WO1"
    assert "max_gap_s of operation 20" in str(said)


def test_limits_beside_an_operation_without_a_cycle_time_are_left_out() -> None:
    limits = Flow(max_gap_us=HOUR, wip_limit=9)
    scenario = built([request("WO1")], [], definition=flowing(limits))
    (order,) = scenario.orders
    first, *rest = order.operations
    timeless = replace(first, alternatives=(), unchecked=(Unchecked(work_center="L1"),))
    asked = replace(scenario, orders=(replace(order, operations=(timeless, *rest)),))
    with pytest.raises(ScenarioInvalid):
        solve(asked)
    made = carried(asked)
    second = made.orders[0].operations[1]
    assert (second.max_gap_us, second.wip_limit) == (None, None)
    assert check(parse(scenario_json(made)), solve(made)) == ()
    assert [str(one).split(" is not")[0] for one in unkept(asked)] == [
        "order WO1: wip_limit of operation 20",
        "order WO1: max_gap_s of operation 20",
    ]


def test_a_limit_between_steps_on_one_work_center_is_told() -> None:
    scenario = built([request("WO1")], [], definition=flowing(Flow(wip_limit=1)))
    (order,) = scenario.orders
    assert not unkept(scenario)
    first, second = order.operations[:2]
    shared = replace(second, alternatives=first.alternatives)
    (said,) = unkept(replace(scenario, orders=(replace(order, operations=(first, shared)),)))
    assert "operation 20" in str(said)
    assert first.alternatives[0].work_center in str(said)


def person(id_: str, calendar: str = "day_shift", **skills: date | None) -> Person:
    away = Interval(MONDAY, MONDAY + HOUR)
    return Person(
        id=id_,
        name=id_,
        roles=frozenset(),
        skills=skills,
        calendar=calendar,
        absent=(away,) if id_ == "ann" else (),
    )


def test_people_with_a_calendar_are_planned_with_what_they_can_today() -> None:
    scenario = built([request("WO1")], [], definition=flowing(Flow(), skills=frozenset({"weld"})))
    people = [
        person("bob", weld=date(2026, 6, 7), press=None),
        person("ann", weld=DAY, press=None),
        person("cid", calendar="", weld=None),
    ]
    found = staffed(scenario, people, {"L1": {"press"}}, DAY)
    assert [(one.id, one.skills) for one in found.scenario.people] == [
        ("ann", ("press", "weld")),
        ("bob", ("press",)),
    ]
    assert found.scenario.people[0].absent == (Interval(MONDAY, MONDAY + HOUR),)
    assert [one.skills for one in found.scenario.orders[0].operations] == [("press",), ("weld",)]
    assert found.missing == ()


def test_skills_that_nobody_has_bind_nothing_and_are_said() -> None:
    scenario = built([request("WO1")], [], definition=flowing(Flow(), skills=frozenset({"weld"})))
    found = staffed(scenario, [person("bob", press=None)], {"L2": {"press"}}, DAY)
    assert found.scenario.orders[0].operations[1].skills == ()
    (said,) = found.missing
    assert "press, weld" in str(said)
    nobody = staffed(scenario, [person("bob", calendar="night")], {}, DAY)
    assert (nobody.scenario.people, nobody.missing) == ((), ())


def test_a_calendar_of_people_may_be_one_that_no_work_center_has() -> None:
    half = WorkCalendar("half", "Europe/Berlin", always=True)
    scenario = built([request("WO1")], [])
    scenario = replace(scenario, calendars=(*scenario.calendars, half))
    found = staffed(scenario, [person("bob", calendar="half", press=None)], {}, DAY)
    assert [one.calendar for one in found.scenario.people] == ["half"]
    assert Fraction(1) == found.scenario.orders[0].operations[0].yield_
