"""Of the reasons that large plans name, how many help when each is lifted by itself.

Every so many-th reason of a plan of 1,200 operations with late orders is solved again with
that one constraint lifted for that order alone, and what comes out is judged by the
independent checker. A reason helps if the order is earlier in a plan that is sound.
"""

from collections.abc import Iterator
from typing import Any

from bench.months import MONTHS
from bench.ratio import Ratio
from edge.planning.explaining.explained import explained
from edge.planning.explaining.reasons import Reasons
from edge.planning.placing.solver import make_plan
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse

LOOKED_AT = (0, 9)
REASONS_A_MONTH = 10
Json = dict[str, Any]


def run() -> Iterator[Ratio]:
    helped = asked = 0
    for number in LOOKED_AT:
        good, named = _month(number)
        helped, asked = helped + good, asked + named
    yield Ratio(
        name=f"reasons of {len(LOOKED_AT)} months that help by themselves, of {asked}",
        ours=helped,
        bare=asked,
        unit="",
        target=0.95,
    )


def _month(number: int) -> tuple[int, int]:
    scenario = parse(MONTHS[number].scenario())
    capacity = Capacity(scenario)
    plan = make_plan(scenario, capacity)
    rows = explained(plan, capacity, 0)["orders"]
    late = {
        row["id"]: end for row in rows if row["reasons"] and (end := plan.completion(row["id"]))
    }
    reasons = Reasons(plan, capacity, late)
    named = [(row["id"], reason) for row in rows for reason in row["reasons"]]
    sample = named[:: max(len(named) // REASONS_A_MONTH, 1)]
    return sum(_helps(reasons, late, *one) for one in sample), len(sample)


def _helps(reasons: Reasons, late: dict[str, int], order: str, reason: Json) -> bool:
    names = {key: value for key, value in reason.items() if key not in ("type", "relaxed")}
    for suspect in reasons.suspects(order):
        if (suspect.type, suspect.names) == (reason["type"], names):
            proof = reasons.proof(order, suspect)
            return proof is not None and proof.completion < late[order] and proof.holds()
    return False
