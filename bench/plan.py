"""A first plan of 1,000 and of 10,000 operations, beside reading the same scenario.

Seconds are those of the processor: the planner is one thread that waits for nothing. The
bare side is what any planner must do first, JSON to a scenario that is known to be sound.
Each plan is checked once by the rules that share no code with the solver, outside the time.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bench.measuring import interleaved, steady
from bench.ratio import Ratio
from edge.planning.checking.check import check
from edge.planning.scenario.parse import load, parse
from edge.planning.solving import solve

# Operations, hours from one order's due date to the next, promised seconds, rounds. With 0.05
# hours many orders come late: each of them says why, which is proved by planning again. With that
# it is held to the same; where hours wait a plan is not held up by it (`PROOFS` of the replanner).
PLANS = (
    (1_000, 0.6, 0.1, 5),
    (10_000, 0.6, 1.0, 2),
    (1_000, 0.05, 0.1, 5),
)
CENTERS_A_STAGE = 10
STAGES = (10, 20)  # each order is stamped, then assembled
FAMILIES = ("steel", "brass", "zinc", "nylon")
START = datetime(2026, 6, 8, 4, tzinfo=UTC)
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat"]
SHIFTS = [
    {"days": EVERY_DAY, "start": "06:00", "end": "14:00", "breaks": [["10:00", "10:30"]]},
    {"days": EVERY_DAY, "start": "14:00", "end": "22:00", "breaks": [["18:00", "18:30"]]},
]


def scenario(operations: int, pace: float) -> dict[str, Any]:
    """Orders of two operations on 20 work centers, one due every `pace` hours."""
    orders = operations // len(STAGES)
    matrix = {one: {two: 900 for two in FAMILIES if two != one} for one in FAMILIES}
    return {
        "format": "taktline.scenario/1",
        "timezone": "Europe/Berlin",
        "calendars": {"two_shift": {"weekly": SHIFTS}},
        "work_centers": [
            {
                "id": _center(stage, number),
                "calendar": "two_shift",
                "initial_family": FAMILIES[number % len(FAMILIES)],
                "setup_matrix_s": matrix,
            }
            for stage in STAGES
            for number in range(CENTERS_A_STAGE)
        ],
        "plan_start": START.isoformat(),
        "orders": [_order(index, pace) for index in range(orders)],
    }


def _order(index: int, pace: float) -> dict[str, Any]:
    due = START + timedelta(days=3, minutes=round(index * pace * 60))
    return {
        "id": f"WO{index}",
        "product": f"P{index % 40}",
        "family": FAMILIES[index % len(FAMILIES)],
        "quantity": 100 + index * 37 % 400,
        "due": due.isoformat(),
        "weight": 1 + index % 5,
        "operations": [_operation(index, stage) for stage in STAGES],
    }


def _operation(index: int, stage: int) -> dict[str, Any]:
    first = index * 7 % CENTERS_A_STAGE
    return {
        "seq": stage,
        "transfer_batch": 50 if index % 3 == 0 else None,
        "alternatives": [
            {"work_center": _center(stage, number), "cycle_s": "12.5", "setup_s": 600}
            for number in (first, (first + 1) % CENTERS_A_STAGE)
        ],
    }


def _center(stage: int, number: int) -> str:
    return f"S{stage}-{number}"


def run() -> Iterable[Ratio]:
    for operations, pace, promised, rounds in PLANS:
        text = json.dumps(scenario(operations, pace))
        plant = parse(load(text))
        schedule = solve(plant)
        violations = check(plant, schedule)
        if violations:
            raise ValueError(f"the plan of {operations} operations is wrong: {violations[0]}")
        late = sum(order["tardiness_s"] > 0 for order in schedule["orders"])
        sides = {
            "ours": steady(partial(_plan, plant, 0)),
            "reasons": steady(partial(_plan, plant, None)),
            "bare": steady(partial(_read, text)),
        }
        cost = interleaved(sides, rounds)
        yield Ratio(
            name=f"first plan of {operations:,} operations, {late} orders late, beside reading it",
            ours=cost["ours"].cpu,
            bare=cost["bare"].cpu,
            unit="s",
            limit=promised,
        )
        if late:
            yield Ratio(
                name=f"the same with the reasons of {late} late orders, beside without",
                ours=cost["reasons"].cpu,
                bare=cost["ours"].cpu,
                unit="s",
                limit=promised,
            )


def _plan(plant: Any, proofs: int | None) -> None:
    solve(plant, proofs=proofs)


def _read(text: str) -> None:
    parse(load(text))
