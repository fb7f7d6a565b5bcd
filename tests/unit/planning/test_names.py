"""A plant may call its things as the planner calls its own: a plan is the same by other names."""

import json
from typing import Any

import pytest

from edge.planning.checking.check import check
from edge.planning.explaining.advising import adviser_of
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import Json, order, scenario, step

DAILY = [{"pitch_s": "day", "products": ["P"]}]
TAKEN = ["A lot 00001", "A  lot 00001", "A#1", "A##1", "A lot ", "A lot 00001 lot 00001"]


def solved(document: Json) -> Json:
    read = parse(document)
    schedule: Json = json.loads(json.dumps(solve(read)))
    assert check(read, schedule) == ()
    return schedule


def renamed(value: Any, old: str, new: str) -> Any:
    """JSON with one name in place of another, as a value or a key."""
    if isinstance(value, dict):
        return {renamed(key, old, new): renamed(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        return [renamed(one, old, new) for one in value]
    return new if value == old else value


@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize("both", [True, False])
def test_an_order_that_is_called_as_a_lot(taken: str, both: bool) -> None:
    """Beside a levelled order, itself levelled or not; each is planned to the piece."""
    other = {**order(taken, quantity=50), "product": "P" if both else "Q"}
    schedule = solved(scenario(order("A", quantity=100), other, levelling=DAILY))
    made = {"A": 0, taken: 0}
    for row in schedule["hours"]:
        made[row["order"]] += row["quantity"]
    assert made == {"A": 100, taken: 50}
    plain = {**order("A's", quantity=50), "product": "P" if both else "Q"}
    again = solved(scenario(order("A", quantity=100), plain, levelling=DAILY))
    assert renamed(again["hours"], "A's", taken) == schedule["hours"]


def late(calendar: str, center: str) -> Json:
    """O1 is late for its own work, O2 for what O1 does before it on the work center."""
    document = scenario(
        order("O1", step(10, "L1", 60), quantity=300, due="2026-06-08T09:00+02:00"),
        order("O2", step(10, "L2", 60), step(20, "L1", 60), quantity=300, due="2026-06-09T06:00Z"),
    )
    return renamed(renamed(document, "early", calendar), "L2", center)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("calendar", "center"),
    [
        ("open without end", "L2"),
        ("early with overtime of L1", "L2"),
        ("early", "L1 for O1 alone"),
        ("always open", "L1 for O2 alone"),
    ],
)
def test_calendars_and_work_centers_that_are_called_as_those_of_proofs(
    calendar: str, center: str
) -> None:
    plain = solved(late("early", "L2"))
    found = solved(late(calendar, center))
    assert found["orders"] == renamed(plain["orders"], "L2", center)
    expected = {one: adviser_of(parse(late("early", "L2"))).of(one) for one in ("O1", "O2")}
    adviser = adviser_of(parse(late(calendar, center)))
    for name, advice in expected.items():
        found_advice = [(one.kind, one.completion, one.sound) for one in adviser.of(name)]
        assert found_advice == [(one.kind, one.completion, one.sound) for one in advice]
