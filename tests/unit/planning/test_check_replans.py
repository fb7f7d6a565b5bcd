"""The checker in a re-plan: what was under way is excused, and nothing else is."""

import json
from typing import Any

from edge.planning.checking.check import check
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.by_hand import at
from tests.unit.planning.scenarios import order, scenario, step

Json = dict[str, Any]


def plan(document: Json) -> Json:
    found: Json = json.loads(json.dumps(solve(parse(document))))
    return found


def rules(document: Json, schedule: Json) -> set[str]:
    return {one.rule for one in check(parse(document), schedule)}


def again(document: Json, now: str, **more: Any) -> Json:
    """A re-plan of the document's own plan at a local time."""
    return {**document, "now": at(now), "previous": plan(document), **more}


def supplied(*rows: tuple[str, int]) -> Json:
    """Four pieces of 4,000 s from 06:00 on, with material for one of them, then for more."""
    material = [{"from": at(clock), "quantity": pieces} for clock, pieces in rows]
    return scenario(order("O1", step(10, cycle=4000), quantity=4, material=material))


def test_a_piece_in_work_has_its_material() -> None:
    """At 08:00 the second piece has 3,200 s behind it; its material came at 06:30."""
    document = again(
        supplied(("06:00", 1), ("06:30", 4)), "08:00", actuals={"O1": {"10": {"good": 1}}}
    )
    schedule = plan(document)
    assert schedule["blocks"][0]["credit_s"] == "3200"
    assert check(parse(document), schedule) == ()


def test_the_piece_after_the_one_in_work_waits_for_its_material() -> None:
    """At 08:13:20 the third piece begins, for which there is no material before 08:30."""
    document = again(
        supplied(("06:00", 1), ("06:30", 4)), "08:00", actuals={"O1": {"10": {"good": 1}}}
    )
    schedule = plan(document)
    document["orders"][0]["material"] = [
        {"from": at("06:00"), "quantity": 1},
        {"from": at("08:30"), "quantity": 4},
    ]
    assert "MATERIAL" in rules(document, schedule)
