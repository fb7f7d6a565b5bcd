"""A plan is kept level: the same places and order, whatever a free planner would do."""

from typing import Any

from edge.planning.checking.check import check
from edge.planning.comparing.difference import difference
from edge.planning.levels.levelling import levelled
from edge.planning.months.planned import planned_jobs
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.solving import solve

ALWAYS = {"c": {"always": True}}
START = "2026-06-08T06:00:00+00:00"


def order(id_: str, due_h: int, quantity: int = 100, centers: tuple[str, ...] = ("L1",)) -> Any:
    alternatives = [{"work_center": one, "cycle_s": 36} for one in centers]
    return {
        "id": id_,
        "product": id_,
        "quantity": quantity,
        "due": f"2026-06-{8 + due_h // 24:02d}T{due_h % 24:02d}:00:00+00:00",
        "operations": [
            {"seq": 10, "alternatives": alternatives},
            {"seq": 20, "alternatives": [{"work_center": "L3", "cycle_s": 18}]},
        ],
    }


def scenario(*orders: Any, **more: Any) -> Any:
    return {
        "format": "taktline.scenario/1",
        "timezone": "UTC",
        "calendars": ALWAYS,
        "work_centers": [{"id": one, "calendar": "c"} for one in ("L1", "L2", "L3")],
        "plan_start": START,
        "orders": [*orders],
        **more,
    }


def test_what_is_left_follows_the_order_in_force_and_what_is_new_comes_behind() -> None:
    first = solve(parse(scenario(order("A", 10), order("B", 12), order("C", 14))))
    later = parse(
        scenario(
            order("A", 14),
            order("B", 12),
            order("C", 10),
            order("D", 9, centers=("L1", "L2")),
            now="2026-06-08T06:30:00+00:00",
            actuals=[{"order": "A", "seq": 10, "good": 40, "running_on": "L1"}],
        )
    )
    free = solve(later)
    since = 0
    assert difference(first, free, since).moved_s > 0
    level = levelled(later, planned_jobs(first), free)
    kept = solve(level)
    assert not difference(first, kept, since).moved
    assert not check(level, kept)
    assert solve(parse(scenario_json(level))) == kept
    on_l1 = [one.order for one in planned_jobs(kept) if one.work_center == "L1"]
    assert on_l1[:3] == ["A", "B", "C"]
    total = sum(
        row["quantity"] for row in kept["hours"] if row["order"] == "A" and row["seq"] == 10
    )
    assert total == 60
