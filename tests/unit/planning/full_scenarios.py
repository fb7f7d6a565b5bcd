"""Random scenarios with everything that the format carries, in many zones and at clock changes."""

from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from hypothesis import strategies as st

from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import parse
from tests.unit.planning.scenarios import CENTERS, EARLY, FAMILIES, LATE, NIGHT

Json = dict[str, Any]
PLACES = (
    ("Europe/Berlin", "2026-10-24T06:00+02:00"),
    ("Europe/Berlin", "2027-03-27T06:00+01:00"),
    ("Asia/Kolkata", "2026-06-08T06:00+05:30"),
    ("Asia/Kathmandu", "2026-06-08T05:45+05:45"),
    ("Australia/Lord_Howe", "2026-10-03T06:00+10:30"),
    ("Australia/Lord_Howe", "2027-04-03T06:10+11:00"),
    ("Pacific/Chatham", "2026-09-26T06:00+12:45"),
    ("Pacific/Chatham", "2027-04-03T06:00+13:45"),
    ("America/St_Johns", "2026-10-31T06:00-02:30"),
    ("America/St_Johns", "2027-03-13T06:00-03:30"),
    ("Pacific/Apia", "2026-06-08T06:00+13:00"),
)
HOLIDAYS = (None, None, {"country": "DE", "subdivision": "BY"}, {"country": "WS"})
SKILLS = ("weld", "check")


def after(start: str, **more: float) -> str:
    return (datetime.fromisoformat(start) + timedelta(**more)).isoformat()


def starts(quantity: int, operations: list[Json]) -> list[int]:
    """Pieces that each operation starts, reckoned from the last one back."""
    found = []
    for operation in reversed(operations):
        quantity = ceil(quantity / Fraction(operation["yield"]))
        found.append(quantity)
    return found[::-1]


@st.composite
def _operation(draw: st.DrawFn, seq: int) -> Json:
    found: Json = {
        "seq": seq,
        "transfer_batch": draw(st.sampled_from([None, 1, 7, 25])),
        "min_gap_s": draw(st.sampled_from([0, 0, 1800])),
        "yield": draw(st.sampled_from(["1", "1", "0.98", "0.9"])),
    }
    if draw(st.integers(0, 7)) == 0:
        return found | {"lead_time_s": draw(st.sampled_from([1800, 86_400]))}
    centers = draw(st.lists(st.sampled_from(CENTERS), min_size=1, max_size=2, unique=True))
    found["alternatives"] = [
        {
            "work_center": center,
            "cycle_s": draw(st.sampled_from([36, "2.5", "125/48", "125/3", 4000, 42])),
            "setup_s": draw(st.sampled_from([0, 300, 4000])),
        }
        for center in centers
    ]
    if draw(st.booleans()):
        found["skills"] = [draw(st.sampled_from(SKILLS))]
    return found


@st.composite
def _order(draw: st.DrawFn, index: int, start: str) -> Json:
    steps = [draw(_operation(10 * (n + 1))) for n in range(draw(st.integers(1, 3)))]
    quantity = draw(st.integers(0, 90))
    found: Json = {
        "id": f"O{index}",
        "product": "P",
        "family": draw(st.sampled_from(FAMILIES)),
        "quantity": quantity,
        "due": after(start, hours=draw(st.integers(4, 90))),
        "weight": draw(st.integers(0, 10)),
        "operations": steps,
    }
    for name in ("release", "material_from"):
        if draw(st.integers(0, 3)) == 0:
            found[name] = after(start, hours=draw(st.integers(0, 30)))
    passed = starts(quantity, steps)
    for before, step, amount in zip(steps, steps[1:], passed[1:], strict=False):
        draw(_limits(before, step, amount))
    if passed[0] and draw(st.integers(0, 3)) == 0:
        part = draw(st.integers(0, passed[0] - 1))
        found["material"] = [
            {"from": start, "quantity": part},
            {"from": after(start, hours=draw(st.integers(1, 20))), "quantity": passed[0]},
        ]
    return found


@st.composite
def _limits(draw: st.DrawFn, before: Json, step: Json, amount: int) -> None:
    """A limit of stock of at least the batch, a longest gap of at least the shortest."""
    outside = "lead_time_s" in before or "lead_time_s" in step
    batch = amount if outside else min(before["transfer_batch"] or amount, amount)
    if draw(st.integers(0, 3)) == 0:
        step["wip_limit"] = max(batch, 1) + draw(st.sampled_from([0, 3, 40]))
    if not outside and draw(st.integers(0, 3)) == 0:
        step["max_gap_s"] = step["min_gap_s"] + draw(st.sampled_from([3600, 86_400]))


@st.composite
def full_scenario(draw: st.DrawFn) -> Json:
    """Up to five orders on three work centers."""
    zone, start = draw(st.sampled_from(PLACES))
    matrix = {one: {two: 1500 for two in FAMILIES if two != one} for one in FAMILIES}
    days = {
        "weekly": [{**EARLY, "days": NIGHT["days"]}, LATE],
        "holidays": draw(st.sampled_from(HOLIDAYS)),
        "closed": draw(st.sampled_from([[], [[after(start, hours=3), after(start, hours=9)]]])),
        "open": draw(st.sampled_from([[], [[after(start, hours=17), after(start, hours=19)]]])),
    }
    away = [[after(start, hours=1), after(start, hours=5)]]
    found: Json = {
        "format": "taktline.scenario/1",
        "timezone": zone,
        "calendars": {"days": days, "nights": {"weekly": [NIGHT]}, "always": {"always": True}},
        "work_centers": [
            {"id": "L1", "calendar": "days", "initial_family": "F1", "setup_matrix_s": matrix},
            {"id": "L2", "calendar": "nights", "setup_matrix_s": matrix},
            {
                "id": "L3",
                "calendar": "always",
                "maintenance": draw(
                    st.sampled_from([[], [[after(start, hours=2), after(start, hours=4)]]])
                ),
            },
        ],
        "plan_start": start,
        "orders": [draw(_order(index, start)) for index in range(draw(st.integers(1, 5)))],
    }
    found["people"] = [
        {"id": "ann", "calendar": "always", "skills": list(SKILLS), "absent": away},
        {"id": "bob", "calendar": "always", "skills": ["check"]},
    ]
    _lift_impossible(found)
    return found


def _lift_impossible(document: Json) -> None:
    """Without the limits that no plan could keep, which are refused by name."""
    try:
        parse(document)
    except ScenarioInvalid as refused:
        named = [one for one in refused.faults if one.place.endswith(("wip_limit", "max_gap_s"))]
        places = {one.place.rpartition(".") for one in named}
        for order in document["orders"]:
            for step in order["operations"]:
                for name in ("wip_limit", "max_gap_s"):
                    if (f"orders[{order['id']}].operations[{step['seq']}]", ".", name) in places:
                        del step[name]
        if named:
            _lift_impossible(document)
