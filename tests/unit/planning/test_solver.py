"""Rules of the forward pass, each on a plant small enough to work out by hand."""

import json
from typing import Any

from edge.planning.checking.check import check
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import order, scenario, step

Json = dict[str, Any]
ALWAYS = {"early": {"always": True}}


def plan(document: Json) -> Json:
    found: Json = json.loads(json.dumps(solve(parse(document))))
    assert check(parse(document), found) == ()
    return found


def runs(schedule: Json) -> list[tuple[str, int, str, str, str]]:
    return [
        (one["order"], one["seq"], one["work_center"], one["start"][8:16], one["end"][8:16])
        for one in schedule["blocks"]
        if one["kind"] == "run"
    ]


def late(schedule: Json) -> dict[str, list[Json]]:
    return {one["id"]: one["reasons"] for one in schedule["orders"] if one["tardiness_s"]}


def test_due_date_first_then_weight_then_id() -> None:
    friday = "2026-06-12T14:00+02:00"
    schedule = plan(
        scenario(
            order("A", weight=1, due=friday),
            order("B", weight=5, due=friday),
            order("C", weight=1, due="2026-06-11T14:00+02:00"),
            order("D", weight=5, due=friday),
        )
    )
    assert [run[0] for run in runs(schedule)] == ["C", "B", "D", "A"]


def test_whole_quantity_or_transfer_batch() -> None:
    """36 s a piece: 100 pieces take an hour, the first 25 are there after 15 minutes."""
    whole = plan(scenario(order("O1", step(10), step(20, "L2"))))
    assert runs(whole)[1][3:] == ("08T07:00", "08T08:00")
    overlapped = plan(scenario(order("O1", step(10, transfer_batch=25), step(20, "L2"))))
    assert runs(overlapped)[1][3:] == ("08T06:15", "08T07:15")


def test_a_quicker_operation_starts_late_enough_never_to_wait() -> None:
    """18 s after 36 s: the last batch comes at 07:00, its 25 pieces take 7.5 minutes."""
    schedule = plan(scenario(order("O1", step(10, transfer_batch=25), step(20, "L2", 18))))
    assert runs(schedule)[1][3:] == ("08T06:37", "08T07:07")


def test_the_alternative_that_is_done_first() -> None:
    two = {
        "seq": 10,
        "alternatives": [
            {"work_center": "L1", "cycle_s": 36},
            {"work_center": "L2", "cycle_s": 54},
        ],
    }
    schedule = plan(scenario(*(order(name, two) for name in "ABC")))
    assert [(run[0], run[2]) for run in runs(schedule)] == [("A", "L1"), ("B", "L2"), ("C", "L1")]


def test_release_material_gap_and_lead_time() -> None:
    outside = {"seq": 20, "lead_time_s": 86400}
    schedule = plan(
        scenario(
            order(
                "O1",
                step(10),
                outside,
                step(30, "L2", min_gap_s=3600),
                release="2026-06-08T07:00+02:00",
                material_from="2026-06-08T08:00+02:00",
            )
        )
    )
    assert [run[3:] for run in runs(schedule)] == [
        ("08T08:00", "08T09:00"),
        ("08T09:00", "09T09:00"),
        ("09T10:30", "09T11:30"),
    ]


def test_yield_starts_more() -> None:
    schedule = plan(
        scenario(order("O1", {**step(10), "yield": "0.9"}, {**step(20, "L2"), "yield": "0.8"}))
    )
    made = {one["seq"]: one["quantity"] for one in schedule["blocks"]}
    assert made == {10: 139, 20: 125}


def test_set_up_goes_on_after_closed_time() -> None:
    schedule = plan(
        scenario(order("O1", step(10, setup=3600)), plan_start="2026-06-08T13:30+02:00")
    )
    setups = [(row["label"], row["quantity"], row["setup_s"]) for row in schedule["hours"]]
    assert setups == [("13:00+02:00", 0, 1800), ("06:00+02:00", 50, 1800), ("07:00+02:00", 50, 0)]


def test_an_hour_amid_a_long_piece_is_there() -> None:
    schedule = plan(scenario(order("O1", step(10, cycle=9000), quantity=1), calendars=ALWAYS))
    assert [row["quantity"] for row in schedule["hours"]] == [0, 0, 1]


def test_reason_material() -> None:
    document = scenario(
        order("M", material_from="2026-06-09T06:00+02:00", due="2026-06-08T14:00+02:00")
    )
    reason = late(plan(document))["M"][0]
    assert (reason["type"], reason["until"]) == ("MATERIAL", "2026-06-09T06:00:00+02:00")
    assert reason["relaxed"] == "2026-06-08T07:00:00+02:00"


def test_reason_precedence() -> None:
    document = scenario(order("P", step(10), step(20, "L2"), due="2026-06-08T07:30+02:00"))
    (reason,) = late(plan(document))["P"]
    assert (reason["type"], reason["operations"]) == ("PRECEDENCE", [10])
    assert reason["relaxed"] == "2026-06-08T07:00:36+02:00"


def test_reason_calendar() -> None:
    closed = [["2026-06-08T06:00+02:00", "2026-06-08T12:00+02:00"]]
    document = scenario(order("O1", due="2026-06-08T12:30+02:00"))
    document["work_centers"][0]["maintenance"] = closed
    reasons = late(plan(document))["O1"]
    assert [one["type"] for one in reasons] == ["CALENDAR", "CAPACITY"]
    assert reasons[0]["closed"] == [["2026-06-08T06:00:00+02:00", "2026-06-08T12:00:00+02:00"]]
    assert reasons[0]["relaxed"] == reasons[1]["relaxed"] == "2026-06-08T07:00:00+02:00"


def test_reason_frozen() -> None:
    document = scenario(
        order("O1", due="2026-06-08T07:30+02:00"),
        now="2026-06-08T06:00+02:00",
        frozen_until="2026-06-08T08:00+02:00",
    )
    (reason,) = late(plan(document))["O1"]
    assert (reason["type"], reason["until"]) == ("FROZEN", "2026-06-08T08:00:00+02:00")
    assert reason["relaxed"] == "2026-06-08T07:00:00+02:00"


def test_reason_capacity_of_competing_orders() -> None:
    due = "2026-06-08T07:30+02:00"
    (reason,) = late(plan(scenario(order("A", due=due), order("B", due=due))))["B"]
    assert (reason["type"], reason["work_center"]) == ("CAPACITY", "L1")
    assert (reason["needed_s"], reason["available_s"]) == (7200, 5400)
    assert reason["relaxed"] == "2026-06-08T07:00:00+02:00"


def test_many_late_orders_all_have_reasons() -> None:
    """So many that the constraint is lifted for all late orders at once."""
    due = "2026-06-08T10:00+02:00"
    orders = [order(f"O{n:03}", due=due) for n in range(150)]
    reasons = late(plan(scenario(*orders)))
    assert len(reasons) == 146
    assert {one["type"] for found in reasons.values() for one in found} == {"CAPACITY"}
    assert all(reasons.values())


def test_makespan_takes_the_longest_way_first() -> None:
    document = scenario(
        {**order("A", step(10)), "due": None},
        {**order("B", step(10), step(20, "L2", 72)), "due": None},
        objective="makespan",
    )
    schedule = plan(document)
    assert runs(schedule)[0][0] == "B"
    assert schedule["objective"]["makespan_s"] == 3 * 3600
    assert schedule["orders"][0]["due"] is None


def test_no_orders_is_an_empty_plan() -> None:
    schedule = plan(scenario())
    assert (schedule["blocks"], schedule["hours"], schedule["orders"]) == ([], [], [])
