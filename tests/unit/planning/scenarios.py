"""Scenarios for tests: written out small, or drawn at random."""

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]
DAYS = ["mon", "tue", "wed", "thu", "fri"]
EARLY = {"days": DAYS, "start": "06:00", "end": "14:00", "breaks": [["10:00", "10:30"]]}
LATE = {"days": DAYS, "start": "14:00", "end": "22:00", "breaks": []}
NIGHT = {"days": [*DAYS, "sat", "sun"], "start": "22:00", "end": "06:00", "breaks": []}
MONDAY = "2026-06-08T06:00+02:00"


def scenario(*orders: Json, **more: Any) -> Json:
    """One plant of L1 and L2 on an early shift, from Monday 2026-06-08 06:00."""
    return {
        "format": "taktline.scenario/1",
        "timezone": "Europe/Berlin",
        "calendars": {"early": {"weekly": [EARLY]}},
        "work_centers": [{"id": name, "calendar": "early"} for name in ("L1", "L2")],
        "plan_start": MONDAY,
        "orders": list(orders),
        **more,
    }


def order(id_: str, *operations: Json, quantity: int = 100, **more: Any) -> Json:
    """Due on Friday 14:00, family F1, unless told otherwise."""
    return {
        "id": id_,
        "product": "P",
        "family": "F1",
        "quantity": quantity,
        "due": "2026-06-12T14:00+02:00",
        "operations": list(operations) or [step(10)],
        **more,
    }


def step(seq: int, center: str = "L1", cycle: object = 36, setup: int = 0, **more: Any) -> Json:
    alternatives = [{"work_center": center, "cycle_s": cycle, "setup_s": setup}]
    return {"seq": seq, "alternatives": alternatives, "transfer_batch": None, **more}


CENTERS = ("L1", "L2", "L3")
FAMILIES = ("F1", "F2", "F3")
ZONES = ("Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe")
STARTS = ("2026-10-24T06:00+00:00", "2027-03-26T13:20+00:00", "2026-10-03T01:30+00:00")


@st.composite
def operations(draw: st.DrawFn) -> list[Json]:
    found = []
    for index in range(draw(st.integers(1, 3))):
        centers = draw(st.lists(st.sampled_from(CENTERS), min_size=1, max_size=2, unique=True))
        alternatives = [
            {
                "work_center": center,
                "cycle_s": draw(st.sampled_from([36, "2.5", "125/48", "125/3", 4000, 42])),
                "setup_s": draw(st.sampled_from([0, 300, 4000])),
            }
            for center in centers
        ]
        found.append(
            {
                "seq": 10 * (index + 1),
                "alternatives": alternatives,
                "transfer_batch": draw(st.sampled_from([None, 1, 7, 25])),
                "min_gap_s": draw(st.sampled_from([0, 0, 1800])),
                "yield": draw(st.sampled_from(["1", "1", "0.9"])),
            }
        )
    return found


@st.composite
def orders(draw: st.DrawFn, index: int, due: str) -> Json:
    found: Json = {
        "id": f"O{index}",
        "product": "P",
        "family": draw(st.sampled_from(FAMILIES)),
        "quantity": draw(st.integers(1, 120)),
        "due": due,
        "weight": draw(st.integers(1, 10)),
        "operations": draw(operations()),
    }
    if draw(st.booleans()):
        found["material_from"] = due
    return found


@st.composite
def any_scenario(draw: st.DrawFn) -> Json:
    """Up to six orders on three work centers over a clock change, some of them late."""
    start = draw(st.sampled_from(STARTS))
    day = int(start[8:10])
    dues = [f"{start[:8]}{day + plus:02d}T{hour}:00+00:00" for plus, hour in ((1, 18), (4, 12))]
    count = draw(st.integers(1, 6))
    matrix = {one: {two: 1500 for two in FAMILIES if two != one} for one in FAMILIES}
    centers: list[Json] = [
        {"id": "L1", "calendar": "days", "initial_family": "F1", "setup_matrix_s": matrix},
        {"id": "L2", "calendar": "nights", "setup_matrix_s": matrix},
        {"id": "L3", "calendar": "always"},
    ]
    if draw(st.booleans()):
        centers[2]["maintenance"] = [[start, dues[0]]]
    closed = [[start, dues[0]]] if draw(st.booleans()) else []
    every_day = {**EARLY, "days": NIGHT["days"]}
    return {
        "format": "taktline.scenario/1",
        "timezone": draw(st.sampled_from(ZONES)),
        "calendars": {
            "days": {"weekly": [every_day, LATE], "closed": closed},
            "nights": {"weekly": [NIGHT]},
            "always": {"always": True},
        },
        "work_centers": centers,
        "plan_start": start,
        "orders": [draw(orders(index, draw(st.sampled_from(dues)))) for index in range(count)],
    }
