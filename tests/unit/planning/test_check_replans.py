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


HELD = scenario(order("O1", step(10, cycle=3600, setup=7200), quantity=2))
HELD["work_centers"][0]["maintenance"] = [[at("06:00"), at("10:30")]]


def test_what_the_plan_before_has_yet_to_begin_is_set_up_in_full() -> None:
    """Nothing was begun by 07:00: the plan before only says that it will be at 10:30."""
    document = again(HELD, "07:00")
    schedule = plan(document)
    assert check(parse(document), schedule) == ()
    schedule["blocks"] = [one for one in schedule["blocks"] if one["kind"] == "run"]
    assert "SETUP" in rules(document, schedule)


def test_what_the_plan_before_has_yet_to_begin_has_no_piece_in_work() -> None:
    document = again(HELD, "07:00")
    schedule = plan(document)
    schedule["blocks"] = [one for one in schedule["blocks"] if one["kind"] == "run"]
    schedule["blocks"][0]["credit_s"] = "3599"
    told = [one.message for one in check(parse(document), schedule) if one.rule == "WORK"]
    assert "credit of 3599 s, the piece in work has 0 s behind it at most" in told


def test_a_piece_has_no_more_behind_it_than_was_worked_since_the_one_before() -> None:
    """Pieces of 4,000 s from 06:00: at 08:00 the second has 3,200 s behind it, no second more."""
    document = again(
        scenario(order("O1", step(10, cycle=4000), quantity=4)),
        "08:00",
        actuals={"O1": {"10": {"good": 1}}},
    )
    schedule = plan(document)
    assert schedule["blocks"][0]["credit_s"] == "3200"
    assert check(parse(document), schedule) == ()
    schedule["blocks"][0]["credit_s"] = "3201"
    told = [one.message for one in check(parse(document), schedule)]
    assert "credit of 3201 s, the piece in work has 3200 s behind it at most" in told


def test_what_is_said_to_run_elsewhere_is_set_up_anew() -> None:
    """The plan before began O1 on L1, and the counts say that O2 runs there now."""
    both = scenario(
        order("O1", step(10, setup=600), quantity=100),
        order("O2", step(10, setup=600), quantity=100),
    )
    document = again(both, "06:30", actuals=[{"order": "O2", "seq": 10, "running_on": "L1"}])
    schedule = plan(document)
    assert check(parse(document), schedule) == ()
    setups = [one["order"] for one in schedule["blocks"] if one["kind"] == "setup"]
    assert setups == ["O1"]
    schedule["blocks"] = [one for one in schedule["blocks"] if one["kind"] == "run"]
    assert "SETUP" in rules(document, schedule)


PLATING = {"seq": 10, "lead_time_s": 7200, "transfer_batch": None}
PLATED = scenario(order("O1", PLATING, step(20, cycle=60), quantity=10))


def test_what_is_out_comes_back_when_it_was_to_come_and_no_earlier() -> None:
    document = again(PLATED, "07:00")
    schedule = plan(document)
    (out,) = [one for one in schedule["blocks"] if one["seq"] == 10]
    assert out["end"][:16] == "2026-06-08T08:00"
    assert check(parse(document), schedule) == ()
    out["end"] = at("07:59:59")
    assert "WORK" in rules(document, schedule)


def test_what_has_not_gone_out_takes_the_lead_time() -> None:
    """It is released at 08:00 only: at 07:00 nothing can be out, whatever the plan before says."""
    late = {**PLATED, "orders": [{**PLATED["orders"][0], "release": at("08:00")}]}
    document = again(late, "07:00")
    schedule = plan(document)
    assert check(parse(document), schedule) == ()
    (out,) = [one for one in schedule["blocks"] if one["seq"] == 10]
    out["end"] = out["start"]
    assert "WORK" in rules(document, schedule)
    out.update(start=at("06:59"), end=at("07:00"))
    assert {"RELEASE", "WORK"} <= rules(document, schedule)


def test_pieces_that_the_step_before_has_not_passed_on_are_not_out() -> None:
    """By the plan all ten went out at 06:10; at 06:30 five of them are not made yet."""
    document = scenario(
        order("O1", step(10, cycle=60), {**PLATING, "seq": 20, "lead_time_s": 3600}, quantity=10)
    )
    document = again(document, "06:30", actuals={"O1": {"10": {"good": 5}}})
    schedule = plan(document)
    assert check(parse(document), schedule) == ()
    (out,) = [one for one in schedule["blocks"] if one["seq"] == 20]
    assert (out["start"][11:16], out["end"][11:16]) == ("06:35", "07:35")
    out["end"] = at("07:10")
    assert "WORK" in rules(document, schedule)


def test_a_step_outside_and_one_without_a_cycle_time_wait_for_their_release() -> None:
    for first in (PLATING, step(10, cycle=None)):
        document = scenario(order("O1", first, quantity=10, release=at("09T06:00")))
        schedule = plan(document)
        assert check(parse(document), schedule) == ()
        schedule["blocks"][0]["start"] = at("09T05:59")
        assert "RELEASE" in rules(document, schedule)


def test_a_step_without_a_cycle_time_lasts_to_the_due_date() -> None:
    """Two of them share the four days and eight hours from Monday 06:00 evenly: 52 h each."""
    steps = [step(10, cycle=None), step(20, cycle=None)]
    document = scenario(order("O1", *steps, quantity=10))
    schedule = plan(document)
    assert check(parse(document), schedule) == ()
    assert schedule["blocks"][0]["end"][:16] == "2026-06-10T10:00"
    schedule["blocks"][0]["end"] = at("10T09:59")
    assert "WORK" in rules(document, schedule)
