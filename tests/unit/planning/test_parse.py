"""Bad scenarios: every fault at once, with place, value, message and mend."""

from fractions import Fraction
from typing import Any

import pytest

from edge.domain.faults import Fault
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import load, parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import EARLY, order, scenario, step

Json = dict[str, Any]
EARLY_ONLY = {"weekly": [EARLY]}


def faults_of(document: Any) -> dict[str, Fault]:
    with pytest.raises(ScenarioInvalid) as refused:
        parse(document)
    assert all(fault.message and fault.mend for fault in refused.value.faults)
    return {fault.place: fault for fault in refused.value.faults}


def test_all_faults_at_once() -> None:
    late = {"days": ["mon"], "start": "13:00", "end": "15:00"}
    document = scenario(
        order("A", step(10, "L9"), quantity=-1),
        {**order("B", due="2026-06-01T06:00+02:00"), "quantity": 1.5},
        order("C", due="2026-06-12T14:00", colour="red"),
        {**order("D"), "operations": []},
        order("E", step(10, cycle=0)),
        order("E"),
        calendars={"early": {"weekly": [EARLY, late]}},
        speed=2,
    )
    found = faults_of(document)
    assert set(found) == {
        "orders[A].quantity",
        "orders[A].operations[10].alternatives[0].work_center",
        "orders[B].quantity",
        "orders[B].due",
        "orders[C].due",
        "orders[C].colour",
        "orders[D].operations",
        "orders[E].operations[10].alternatives[0].cycle_s",
        "orders",
        "calendars.early.shifts",
        "speed",
    }
    assert found["orders[B].quantity"].value == "1.5"
    assert "L1, L2" in found["orders[A].operations[10].alternatives[0].work_center"].mend


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"format": "taktline.scenario/2"}, "format"),
        ({"plan_start": "2026-06-08 06:00"}, "plan_start"),
        ({"plan_end": "2026-06-01T06:00+02:00"}, "plan_end"),
        ({"objective": "fun"}, "objective"),
        ({"frozen_until": "2026-06-08T08:00+02:00"}, "now"),
        ({"calendars": {"early": {}}}, "calendars.early"),
        (
            {"calendars": {"early": {"open": [["2026-06-08T06:00+02:00", "2026-06-09T06:00Z"]]}}},
            "calendars.early",
        ),
        ({"work_centers": [{"id": "L1", "calendar": "x"}]}, "work_centers[L1].calendar"),
        ({"now": "2026-06-08T08:00Z", "actuals": [{"order": "X", "seq": 1}]}, "actuals[0]"),
        ({"now": "2026-06-08T08:00Z", "actuals": {"O1": {"x": {}}}}, "actuals.O1.x"),
        ({"previous": [{"order": "O1"}]}, "previous[0].hour"),
    ],
)
def test_one_fault(change: Json, place: str) -> None:
    assert place in faults_of(scenario(order("O1"), **change))


def test_an_order_of_no_piece_is_an_order() -> None:
    alone = solve(parse(scenario(order("O1"))))
    beside = solve(parse(scenario(order("O1"), order("O2", quantity=0))))
    assert (alone["blocks"], alone["hours"]) == (beside["blocks"], beside["hours"])
    assert [one["completion"] is None for one in beside["orders"]] == [False, True]


def test_anything_but_an_object_is_refused() -> None:
    documents: list[object] = [[], None, "x"]
    for document in documents:
        assert faults_of(document)
    with pytest.raises(ScenarioInvalid, match="is not JSON"):
        load("{")


def test_numbers_are_exact() -> None:
    text = '{"cycle": 0.1}'
    assert Fraction(load(text)["cycle"]) == Fraction(1, 10)
    for cycle in ("0.1", "1/10", 0.1, load(text)["cycle"]):
        (one,) = parse(scenario(order("O1", step(10, cycle=cycle)))).orders
        assert one.operations[0].alternatives[0].cycle == Fraction(1, 10)


def test_a_calendar_that_ends_amid_the_plan_is_an_error() -> None:
    calendars = {"early": {"open": [["2026-06-08T06:00+02:00", "2026-06-12T14:00+02:00"]]}}
    document = scenario(order("O1", quantity=50_000), calendars=calendars)
    with pytest.raises(ScenarioInvalid, match=r"calendars\.early"):
        solve(parse(document))


@pytest.mark.parametrize("name", ["A\x1b[2J", "A\u202eB", "\ud800", "A\x00", "\u2066A"])
def test_a_name_that_cannot_be_shown_is_refused_and_shown_escaped(name: str) -> None:
    """They would turn a line of a table round, or no file could hold them."""
    by_name = [order(name), order("B", product=name)]
    found = faults_of(scenario(*by_name, calendars={name: {"always": True}, "early": EARLY_ONLY}))
    for place, fault in found.items():
        assert f"{place}{fault}".isprintable()
        str(fault).encode()
    assert sum("cannot be shown" in one.message for one in found.values()) == 3


def test_a_row_of_the_setup_matrix_has_a_name() -> None:
    document = scenario(order("A"))
    document["work_centers"][0]["setup_matrix_s"] = {"": {"A": 600}}
    (place,) = faults_of(document)
    assert place == "work_centers[L1].setup_matrix_s."


@pytest.mark.parametrize(
    ("text", "message"), [("", "is not JSON"), ("[" * 100_000, "is nested too deeply")]
)
def test_what_is_no_json_is_one_fault(text: str, message: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        load(text)
    assert str(refused.value).startswith(f"file: {message}")


def test_a_time_in_a_fault_is_of_the_scenario_s_zone() -> None:
    document = scenario(order("A", due="2026-06-07T14:00+10:30"))
    document["timezone"] = "Australia/Lord_Howe"
    found = faults_of(document)["orders[A].due"]
    assert found.value == "2026-06-07T14:00:00+10:30"
    assert "2026-06-08T14:30:00+10:30" in found.message
