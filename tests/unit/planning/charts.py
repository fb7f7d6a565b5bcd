"""Schedules to draw, solved for real, with names that try to break out of a page."""

from typing import Any

from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from edge.planning.views.chart import Chart, chart_of, of_scenario

EVIL = "\"'><script>alert(1)</script>&amp;\x07\u202e]]>=1+1"


def scenario(count: int = 4, **other: Any) -> dict[str, Any]:
    families = ("hinge", "bolt")
    center = {"calendar": "shift", "initial_family": "hinge"}
    matrix = {"hinge": {"bolt": 1800}, "bolt": {"hinge": 1800}}
    return {
        "format": "taktline.scenario/1",
        "timezone": "Europe/Berlin",
        "calendars": {
            "shift": {
                "weekly": [
                    {
                        "days": ["mon", "tue", "wed", "thu", "fri"],
                        "start": "06:00",
                        "end": "14:00",
                        "breaks": [["09:00", "09:30"]],
                    }
                ]
            }
        },
        "work_centers": [
            center | {"id": "L1", "setup_matrix_s": matrix},
            center | {"id": "L2", "setup_matrix_s": matrix},
        ],
        "plan_start": "2026-06-05T06:00:00+02:00",
        "orders": [order(number, families[number % 2]) for number in range(count)],
    } | other


def order(number: int, family: str) -> dict[str, Any]:
    steps = [("L1", 10), ("L2", 20)]
    return {
        "id": f"WO{number}",
        "product": f"{family.upper()}-60",
        "family": family,
        "quantity": 100 + number,
        "due": "2026-06-08T10:00:00+02:00",
        "operations": [
            {
                "seq": seq,
                "alternatives": [{"work_center": one, "cycle_s": "125/3", "setup_s": 600}],
                "transfer_batch": 25,
            }
            for one, seq in steps
        ],
    }


def solved(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = solve(parse(document))
    return found


def chart(document: dict[str, Any] | None = None) -> Chart:
    said = document or scenario()
    return chart_of(solved(said), of_scenario(parse(said)))


def evil() -> Chart:
    """A chart in which every text is one that must be escaped."""
    schedule = solved(scenario(2))
    renamed = {"WO0": EVIL, "WO1": f"{EVIL}2"}
    for row in [*schedule["blocks"], *schedule["orders"], *schedule["hours"]]:
        key = "id" if "completion" in row else "order"
        row[key] = renamed[row[key]]
    for row in [*schedule["blocks"], *schedule["hours"], *schedule["capacity"]]:
        row["work_center"] = f"{row['work_center']}{EVIL}"
    for row in schedule["orders"]:
        row["reasons"] = [{"type": "MATERIAL", "until": None, "relaxed": None}, {"type": EVIL}]
    return chart_of(schedule)
