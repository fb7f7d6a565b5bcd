"""Plans of drawn scenarios: first plans, and plans made again after counts unlike the plan."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from edge.domain.clock import parse_time, to_datetime
from edge.domain.hours import HOUR
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import EARLY, NIGHT, order, scenario

Json = dict[str, Any]
CENTERS = ("L1", "L2", "L3")
DAYS_OF_JUNE = st.integers(8, 11)


def plan(document: Json) -> Json:
    """A plan as it is read again; reasons take the most time and are no rule of these tests."""
    found: Json = json.loads(json.dumps(solve(parse(document), proofs=0)))
    return found


def _clock(day: int, hour: int) -> str:
    return f"2026-06-{day:02}T{hour:02}:15+02:00"


@st.composite
def _step(draw: st.DrawFn, seq: int) -> Json:
    """Here, outside, or in a time that nobody knows."""
    found: Json = {"seq": seq, "transfer_batch": draw(st.sampled_from([None, 1, 5, 7]))}
    kind = draw(st.sampled_from(["here", "here", "outside", "unchecked"]))
    if kind == "outside":
        found["lead_time_s"] = draw(st.sampled_from([1800, 7200, 90_000]))
    elif kind == "unchecked":
        found["alternatives"] = [
            {"work_center": draw(st.sampled_from(CENTERS)), "cycle_s": None, "setup_s": 0}
        ]
    else:
        centers = draw(st.lists(st.sampled_from(CENTERS), min_size=1, max_size=2, unique=True))
        cycles, setups = st.sampled_from([36, 60, "125/3", 600]), st.sampled_from([0, 300])
        found["alternatives"] = [
            {"work_center": center, "cycle_s": draw(cycles), "setup_s": draw(setups)}
            for center in centers
        ]
    if draw(st.integers(0, 4)) == 0:
        found["min_gap_s"] = 1800
    if draw(st.integers(0, 7)) == 0:
        found["not_before"] = _clock(draw(DAYS_OF_JUNE), draw(st.integers(6, 20)))
    return found


@st.composite
def mixed_scenario(draw: st.DrawFn) -> Json:
    """Steps here, outside and without cycle time, some orders levelled, no limits or people."""
    orders = []
    for index in range(draw(st.integers(1, 3))):
        one = order(f"O{index}", quantity=draw(st.integers(1, 60)))
        one["operations"] = [draw(_step(10 * n)) for n in range(1, draw(st.integers(2, 4)))]
        one |= {"product": draw(st.sampled_from("PQ")), "family": draw(st.sampled_from("AB"))}
        one["due"] = _clock(draw(DAYS_OF_JUNE), draw(st.integers(7, 20)))
        for name in ("release", "material_from"):
            if draw(st.integers(0, 4)) == 0:
                one[name] = _clock(8, draw(st.integers(6, 20)))
        orders.append(one)
    found = scenario(*orders)
    found["calendars"] = {
        "early": {"weekly": [{**EARLY, "days": NIGHT["days"]}]},
        "always": {"always": True},
    }
    found["work_centers"] = [
        {"id": name, "calendar": "early" if name == "L1" else "always"} for name in CENTERS
    ]
    if draw(st.integers(0, 2)):
        pitch = draw(st.sampled_from([7200, "day"]))
        found["levelling"] = [{"pitch_s": pitch, "products": ["P"]}]
    return found


def _made(first: Json, key: tuple[str, int], now: int) -> int:
    """Pieces that a plan has finished by a moment, by its hours or, outside, its blocks."""
    rows = [one for one in first["hours"] if (one["order"], one["seq"]) == key]
    if rows:
        return sum(one["quantity"] for one in rows if parse_time(one["hour"]) + HOUR <= now)
    blocks = [one for one in first["blocks"] if (one["order"], one["seq"]) == key]
    return sum(one.get("quantity", 0) for one in blocks if parse_time(one["end"]) <= now)


@st.composite
def made_again(draw: st.DrawFn, document: Json, first: Json) -> Json:
    """The document at a later time, with counts near those of its plan, and some hours frozen."""
    now = parse_time(document["plan_start"]) + draw(st.integers(0, 40 * 6)) * HOUR // 6
    actuals: list[Json] = []
    for one in document["orders"]:
        most = None
        for step in one["operations"]:
            made = _made(first, (one["id"], step["seq"]), now)
            made = max(0, made - draw(st.sampled_from([0, 0, 0, 1, 5])))
            good = made - (draw(st.sampled_from([0, 0, 1])) if made > 3 else 0)
            good = good if most is None else min(good, most)
            actuals.append({"order": one["id"], "seq": step["seq"], "good": good})
            most = good
    more = {"frozen_until": to_datetime(now + 2 * HOUR).isoformat()} if draw(st.booleans()) else {}
    again = {"now": to_datetime(now).isoformat(), "actuals": actuals, "previous": first}
    return {**document, **again, **more}


@st.composite
def planned(draw: st.DrawFn, scenarios: st.SearchStrategy[Json]) -> tuple[Json, Json]:
    """A drawn scenario, every second one a re-plan, and the plan of it."""
    document = draw(scenarios)
    first = plan(document)
    if draw(st.booleans()):
        again = draw(made_again(document, first))
        with suppress(ScenarioInvalid):  # scrap for which there is no material is refused by name
            return again, plan(again)
    return document, first
