"""Any date that sync accepts is planned by the edge, or named: none stops the others' plan."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from edge.domain.calendars import ShiftPattern, WorkCalendar
from edge.domain.clock import parse_time, to_datetime
from edge.domain.faults import Fault
from edge.domain.hours import DAY
from edge.domain.orders import definition_from, schedule_from
from edge.execution.dispatch.plannable import Plannable, plannable
from edge.execution.orders.masterdata import MasterData
from edge.planning.months.month import scenario_from
from edge.planning.scenario.model import WorkCenter
from edge.planning.solving import solve
from erp_sync.errors import Problem
from erp_sync.masterdata.schedules import Known, checked_schedule
from tests.unit.execution.floor_parts import definition

NOW = parse_time("2026-06-08T06:10:00+02:00")
EARLY = ShiftPattern("early", frozenset(range(6)), time(6), time(14))
CALENDAR = WorkCalendar("day", "Europe/Berlin", shifts=(EARLY,))
MADE = definition("HINGE", ("L1",))
KNOWN = Known({"HINGE": ["A"]})
texts = st.sampled_from(
    [
        "0001-01-01T00:00:00+00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59:59+00:00",
        "9999-12-31T23:59:59-12:00", "1900-01-01T00:00Z", "1970-01-01T00:00Z", "2026-W23-1T06:00Z",
        "2026-06-08", "20260608T060000+0200", "2026-06-08T24:00+02:00", "", "9999", "soon",
    ]
)  # fmt: skip
any_time = st.datetimes().map(lambda at: f"{at.isoformat()}+01:00")
odd_time = any_time | texts | st.text(max_size=12)


YEAR = 366
NAMES = ("from", "to", "due", "release", "material_from")


def day(number: int) -> str:
    return to_datetime(NOW + number * DAY).isoformat()


@st.composite
def dates(draw: st.DrawFn) -> dict[str, str | None]:
    """A plan's dates as they may be, and often one that is none of it."""
    begin = draw(st.integers(-3 * YEAR, 3 * YEAR) | st.integers(-12 * YEAR, 12 * YEAR))
    ahead, around = st.integers(1, 5 * YEAR), st.integers(-5 * YEAR, 5 * YEAR)
    due = begin + draw(ahead)
    found: dict[str, str | None] = {
        "from": day(begin),
        "to": day(begin + draw(ahead)),
        "due": day(due),
        "release": draw(st.none() | around.map(lambda one: day(min(begin + one, due - 1)))),
        "material_from": draw(st.none() | around.map(lambda one: day(begin + one))),
    }
    if draw(st.booleans()):
        wide = st.integers(-12 * YEAR, 12 * YEAR).map(day)
        found[draw(st.sampled_from(NAMES))] = draw(wide | odd_time)
    return found


@settings(max_examples=40, deadline=None)
@given(dates())
def test_a_date_is_planned_or_named(said: dict[str, Any]) -> None:
    """Also one that sync takes no more: it may have been taken before."""
    odd = {"id": "WO2", "product": "HINGE", "product_revision": "A", "quantity": 400}
    odd |= {name: said[name] for name in NAMES[2:]}
    head = {"revision": 1, "from": said["from"], "to": said["to"]}
    faults = refusals(head, odd)
    event("refused" if faults else "taken")
    assert all(one.place and one.message and one.mend for one in faults)
    try:
        schedule = schedule_from("2026-06", {**head, "orders": [odd]})
    except ValueError:
        assert faults
        return
    beside = replace(schedule.orders[0], id="WO1", due=NOW + DAY, release=None, material_from=None)
    data = MasterData(
        definitions={("HINGE", "A"): definition_from("HINGE", "A", MADE.content)},
        requests={one.id: one for one in (beside, *schedule.orders)},
        schedules=(schedule,),
    )
    chosen = plannable(data, {"L1"}, NOW)
    named = any(said.order == "WO2" for said in chosen.left_out)
    event("named" if named else "planned")
    assert pieces(chosen) == ({"WO1": 400} if named else {"WO1": 400, "WO2": 400})


def refusals(head: dict[str, Any], odd: dict[str, Any]) -> Sequence[Fault]:
    try:
        checked_schedule(head, [odd], KNOWN)
    except Problem as refused:
        return refused.errors
    return ()


def pieces(chosen: Plannable) -> dict[str, int]:
    """By order what is planned of it."""
    centers = [WorkCenter(id="L1", calendar="day")]
    scenario = scenario_from(
        chosen.definitions, chosen.requests, [], [CALENDAR], centers, NOW, chosen.until
    )
    made = solve(scenario)
    found = {one["id"]: 0 for one in made["orders"]}
    for row in made["hours"]:
        found[row["order"]] += row["quantity"]
    return found
