"""Limits of flow, people and material: sound schedules by hand, and each with one fault."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest

from edge.planning.checking.check import Violation, check
from edge.planning.scenario.parse import parse
from tests.unit.planning.by_hand import at, run, schedule, setup
from tests.unit.planning.scenarios import order, scenario, step

Json = dict[str, Any]
Case = tuple[Json, list[Json]]


def found(document: Json, *blocks: Json) -> tuple[Violation, ...]:
    written: Json = json.loads(json.dumps(schedule(document, *blocks)))
    return check(parse(document), written)


def rules(document: Json, *blocks: Json) -> set[str]:
    return {one.rule for one in found(document, *blocks)}


# 40 pieces in batches of 10: operation 10 needs 60 s a piece, so that a batch comes each
# 10 min, the first at 06:10; operation 20 needs 120 s a piece.
FAST, SLOW = step(10, "L1", 60, transfer_batch=10), step(20, "L2", 120)


def two(**after: Any) -> Json:
    return scenario(order("O1", FAST, {**SLOW, **after}, quantity=40))


FAST_RUN = run("O1", 10, "L1", "06:00", "06:40", 40)
SLOW_RUN = run("O1", 20, "L2", "06:10", "07:30", 40)


def test_without_limits_pieces_wait_as_they_like() -> None:
    """At 06:40 all 40 are passed on; the slow run began its 16th at that moment: 24 wait."""
    assert found(two(), FAST_RUN, SLOW_RUN) == ()


def test_a_limit_counts_what_waits_when_a_batch_arrives() -> None:
    """Waiting: 06:10 9, 06:20 14 (the 6th is begun), 06:30 19 (the 11th), 06:40 24 (the 16th)."""
    assert found(two(wip_limit=24), FAST_RUN, SLOW_RUN) == ()
    (one,) = found(two(wip_limit=23), FAST_RUN, SLOW_RUN)
    assert (one.rule, one.place) == ("WIP", "O1.20 run on L2")
    assert one.message == "24 pieces wait at 2026-06-08T06:40:00+02:00, at most 23 may"
    (one,) = found(two(wip_limit=18), FAST_RUN, SLOW_RUN)
    assert "19 pieces wait at 2026-06-08T06:30" in one.message


def test_a_run_that_is_interrupted_keeps_the_limit() -> None:
    """Blocks of 10: each batch arrives when the slow run begins the first of the next ten."""
    blocks = [
        run("O1", 10, "L1", "06:00", "06:10", 10),
        run("O1", 10, "L1", "06:20", "06:30", 10),
        run("O1", 10, "L1", "06:40", "06:50", 10),
        run("O1", 10, "L1", "07:00", "07:10", 10),
        SLOW_RUN,
    ]
    assert found(two(wip_limit=10), *blocks) == ()
    # without a limit a run is not interrupted
    assert rules(two(), *blocks) == {"QUANTITY"}
    # the second batch two minutes earlier: nine of the first ten are begun... five are not
    blocks[1] = run("O1", 10, "L1", "06:10", "06:20", 10)
    assert rules(two(wip_limit=10), *blocks) == {"WIP"}


def test_the_longest_gap_is_from_the_batch_to_its_first_piece() -> None:
    """The 4th batch comes at 06:40 and is begun at 07:10, when 30 pieces of 2 min are done."""
    assert found(two(max_gap_s=1800), FAST_RUN, SLOW_RUN) == ()
    (one,) = found(two(max_gap_s=1799), FAST_RUN, SLOW_RUN)
    assert (one.rule, "begins piece 31 1800000000 us after" in one.message) == ("MAXGAP", True)


def test_the_longest_gap_is_by_the_clock_over_closed_time() -> None:
    """The last batch is there at 14:00; the shift's end does not stop the clock: 16 h."""
    fast = {**FAST, "transfer_batch": 20}
    document = scenario(order("O1", fast, step(20, "L2", 60, max_gap_s=57_600), quantity=20))
    blocks = [
        run("O1", 10, "L1", "13:40", "14:00", 20),
        run("O1", 20, "L2", "09T06:00", "09T06:20", 20),
    ]
    assert found(document, *blocks) == ()
    document["orders"][0]["operations"][1]["max_gap_s"] = 57_599
    assert rules(document, *blocks) == {"MAXGAP"}


def test_the_shortest_gap_holds_in_every_block() -> None:
    document = two(min_gap_s=300, max_gap_s=7200)
    blocks = [
        FAST_RUN,
        run("O1", 20, "L2", "06:15", "06:35", 10),
        run("O1", 20, "L2", "06:40", "07:40", 30),
    ]
    assert found(document, *blocks) == ()
    blocks[1:] = [
        run("O1", 20, "L2", "06:15", "06:35", 10),
        run("O1", 20, "L2", "06:35", "07:35", 30),
    ]
    assert found(document, *blocks) == ()
    blocks[1] = run("O1", 20, "L2", "06:14", "06:34", 10)
    assert rules(document, *blocks) == {"PRECEDENCE"}


def test_a_held_work_center_takes_nothing_between_and_blocks_stay_on_it() -> None:
    other = order("O2", step(10, "L1", 60), quantity=5)
    document = two(wip_limit=10)
    document["orders"].append(other)
    halves = [run("O1", 10, "L1", "06:00", "06:10", 10), run("O1", 10, "L1", "07:00", "07:30", 30)]
    slow = run("O1", 20, "L2", "07:00", "08:20", 40)
    after = run("O2", 10, "L1", "08:00", "08:05", 5)
    document["orders"][0]["operations"][1]["wip_limit"] = 40
    assert found(document, *halves, slow, after) == ()
    between = run("O2", 10, "L1", "06:20", "06:25", 5)
    assert rules(document, *halves, slow, between) == {"HELD"}
    choice = document["orders"][0]["operations"][0]["alternatives"]
    choice.append({"work_center": "L2", "cycle_s": 60, "setup_s": 0})
    moved = [
        halves[0],
        {**halves[1], "work_center": "L2", "start": at("06:10"), "end": at("06:40")},
    ]
    assert "SEQUENCE" in rules(document, *moved, slow, after)


def test_a_piece_that_is_interrupted_is_gone_on_with() -> None:
    """30 s of the 11th piece are done at 06:10:30; the next block begins with them behind it."""
    document = two(wip_limit=40)
    first = run("O1", 10, "L1", "06:00", "06:10:30", 10)
    second = run("O1", 10, "L1", "06:20", "06:49:30", 30, credit_s="30")
    slow = run("O1", 20, "L2", "07:00", "08:20", 40)
    assert found(document, first, second, slow) == ()
    for wrong in ("0", "31"):
        assert "WORK" in rules(document, first, {**second, "credit_s": wrong}, slow)
    assert "WORK" in rules(document, first, {**second, "end": at("06:50")}, slow)
    assert "WORK" in rules(document, {**first, "quantity": 11}, {**second, "quantity": 29}, slow)


OUT = {"seq": 10, "lead_time_s": 3600}


def test_a_step_done_outside_comes_back_as_it_went_out() -> None:
    """Ten go out at 06:00 and ten at 06:30; the next operation has each ten an hour later."""
    document = scenario(
        order("O1", {**OUT, "transfer_batch": 10}, step(20, "L2", 120), quantity=20)
    )
    both = [run("O1", 10, None, "06:00", "07:00", 10), run("O1", 10, None, "06:30", "07:30", 10)]
    assert found(document, *both, run("O1", 20, "L2", "07:10", "07:50", 20)) == ()
    # the 11th piece is begun 20 min after the first
    early = run("O1", 20, "L2", "07:09", "07:49", 20)
    assert rules(document, *both, early) == {"PRECEDENCE"}
    quick = [both[0], run("O1", 10, None, "06:30", "07:29", 10)]
    assert rules(document, *quick, run("O1", 20, "L2", "07:10", "07:50", 20)) == {"WORK"}
    assert rules(document, both[0], run("O1", 20, "L2", "07:10", "07:50", 20)) >= {"QUANTITY"}


def test_pieces_that_go_out_as_they_come_are_back_one_batch_after_the_other() -> None:
    """One block from the first out, 06:10, to the last back, 07:40; an hour for each ten."""
    steps = [FAST, {**OUT, "seq": 20, "transfer_batch": 10}, step(30, "L2", 30)]
    document = scenario(order("O1", *steps, quantity=40))
    out, after = run("O1", 20, None, "06:10", "07:40", 40), ("07:25", "07:45")
    assert found(document, FAST_RUN, out, run("O1", 30, "L2", *after, 40)) == ()
    early = run("O1", 30, "L2", "07:24", "07:44", 40)
    assert rules(document, FAST_RUN, out, early) == {"PRECEDENCE"}
    for start, end, rule in (("06:09", "07:40", "PRECEDENCE"), ("06:10", "07:39", "WORK")):
        bad = run("O1", 20, None, start, end, 40)
        assert rule in rules(document, FAST_RUN, bad, run("O1", 30, "L2", *after, 40))


def test_what_goes_out_is_there_when_it_goes() -> None:
    """Two batches of 20 are made at 06:20 and 06:40; all 40 go out together."""
    first = {**FAST, "transfer_batch": 20}
    document = scenario(order("O1", first, {"seq": 20, "lead_time_s": 3600}, quantity=40))
    assert found(document, FAST_RUN, run("O1", 20, None, "06:40", "07:40", 40)) == ()
    assert rules(document, FAST_RUN, run("O1", 20, None, "06:39", "07:39", 40)) == {"PRECEDENCE"}
    halves = [run("O1", 20, None, "06:20", "07:20", 20), run("O1", 20, None, "06:40", "07:40", 20)]
    assert found(document, FAST_RUN, *halves) == ()
    document["orders"][0]["operations"][1]["max_gap_s"] = 0
    assert found(document, FAST_RUN, *halves) == ()
    assert rules(document, FAST_RUN, run("O1", 20, None, "06:40", "07:40", 40)) == {"MAXGAP"}


def supplied(*rows: tuple[str, int]) -> Json:
    material = [{"from": at(clock), "quantity": pieces} for clock, pieces in rows]
    return scenario(order("O1", step(10, "L1", 60), quantity=40, material=material))


def test_material_by_date_holds_back_the_pieces_that_it_is_for() -> None:
    """Material for 10 from the start and for all from 06:30: the 11th is begun at 06:30."""
    document = supplied(("06:00", 10), ("06:30", 40))
    waits = run("O1", 10, "L1", "06:20", "07:00", 40)
    assert found(document, waits) == ()
    (one,) = found(document, run("O1", 10, "L1", "06:19:59", "06:59:59", 40))
    assert (one.rule, one.message) == ("MATERIAL", "begins piece 11 before its material is there")
    halves = [run("O1", 10, "L1", "06:00", "06:10", 10), run("O1", 10, "L1", "06:30", "07:00", 30)]
    assert found(document, *halves) == ()
    late = supplied(("06:21", 10), ("06:30", 40))
    assert rules(late, waits) == {"MATERIAL"}


def test_material_counts_from_the_first_piece_ever() -> None:
    """15 were made, of the 20 for which there was material: 5 more go before 06:30."""
    document = supplied(("06:00", 20), ("06:30", 40)) | {
        "now": at("06:20"),
        "actuals": {"O1": {"10": {"good": 15}}},
    }
    good = schedule(document, run("O1", 10, "L1", "06:25", "06:50", 25))
    assert not {one.rule for one in check(parse(document), good)} & {"MATERIAL"}
    bad = schedule(document, run("O1", 10, "L1", "06:24", "06:49", 25))
    assert "MATERIAL" in {one.rule for one in check(parse(document), bad)}


ANN = {"id": "ann", "calendar": "early", "skills": ["weld", "check"]}
BOB = {"id": "bob", "calendar": "early", "skills": ["check"]}


def staffed(*people: Json, first: str = "weld", second: str = "check") -> Json:
    one = order("O1", step(10, "L1", 60, 600, skills=[first]), quantity=40)
    two = order("O2", step(10, "L2", 60, skills=[second]), quantity=40)
    return scenario(one, two, people=list(people))


WELD = [setup("O1", 10, "L1", "06:00", "06:10"), run("O1", 10, "L1", "06:10", "06:50", 40)]
CHECK = run("O2", 10, "L2", "06:00", "06:40", 40)


def test_people_go_round_if_anyhow_they_can() -> None:
    """Both can check, Ann alone can weld: she welds and Bob checks, whatever the order."""
    assert found(staffed(BOB, ANN), *WELD, CHECK) == ()
    assert found(staffed(ANN, {**BOB, "id": "zoe"}), *WELD, CHECK) == ()


def test_nobody_is_at_two_places() -> None:
    one, *_ = found(staffed(ANN), *WELD, CHECK)
    assert one.rule == "PEOPLE"
    assert "is elsewhere at 2026-06-08T06:00:00+02:00" in one.message
    after = run("O2", 10, "L2", "06:50", "07:30", 40)
    assert found(staffed(ANN), *WELD, after) == ()
    assert rules(staffed(ANN), *WELD, {**after, "start": at("06:49"), "end": at("07:29")}) == {
        "PEOPLE"
    }


def test_set_up_needs_the_skill_too_and_away_is_away() -> None:
    away = {**ANN, "absent": [[at("06:00"), at("06:01")]]}
    (one,) = found(staffed(away, BOB), *WELD, CHECK)
    assert (one.rule, one.place) == ("SKILL", "O1.10 setup on L1")
    assert "nobody with weld is at work at 2026-06-08T06:00" in one.message


def test_a_run_is_interrupted_while_nobody_is_there_and_breaks_need_nobody() -> None:
    away = {**ANN, "absent": [[at("06:30"), at("07:00")]]}
    whole = WELD
    assert rules(staffed(away, BOB), *whole, CHECK) == {"SKILL"}
    parts = [
        WELD[0],
        run("O1", 10, "L1", "06:10", "06:30", 20),
        run("O1", 10, "L1", "07:00", "07:20", 20),
    ]
    assert found(staffed(away, BOB), *parts, CHECK) == ()
    # over the break from 10:00 to 10:30 nobody is needed: the work center is closed
    over = [setup("O1", 10, "L1", "09:30", "09:40"), run("O1", 10, "L1", "09:40", "10:50", 40)]
    lunch = {**ANN, "absent": [[at("10:00"), at("10:30")]]}
    assert found(staffed(lunch, BOB), *over, CHECK) == ()


def test_who_is_named_has_the_skill_and_is_there() -> None:
    named = [{**one, "person": "ann"} for one in WELD]
    other = {**CHECK, "person": "bob"}
    document = staffed(ANN, BOB)
    assert found(document, *named, other) == ()
    assert rules(document, *named, {**other, "person": "ann"}) == {"PEOPLE"}  # swapped to one
    swapped = [{**one, "person": "bob"} for one in WELD]
    assert "SKILL" in rules(document, *swapped, {**other, "person": "ann"})
    assert "SKILL" in rules(document, *named, {**other, "person": "eve"})
    gone = staffed(ANN, {**BOB, "absent": [[at("06:39"), at("07:00")]]})
    assert rules(gone, *named, other) == {"SKILL"}


def test_without_people_nobody_is_needed() -> None:
    document = staffed()
    assert found(document, *WELD, CHECK) == ()


def shifted(block: Json, minutes: int) -> Json:
    moved = {
        key: (datetime.fromisoformat(block[key]) + timedelta(minutes=minutes)).isoformat()
        for key in ("start", "end")
    }
    return {**block, **moved}


FULL = scenario(
    order(
        "O1",
        {**FAST, "skills": ["weld"]},
        {**SLOW, "wip_limit": 24, "max_gap_s": 1800, "skills": ["check"]},
        quantity=40,
        material=[{"from": at("06:00"), "quantity": 20}, {"from": at("06:20"), "quantity": 40}],
    ),
    people=[ANN, BOB],
)
MUTATIONS: dict[str, tuple[set[str], Callable[[list[Json]], list[Json]]]] = {
    "the first run a minute later": ({"PRECEDENCE"}, lambda b: [shifted(b[0], 1), b[1]]),
    "the first run a minute earlier": (
        {"RELEASE", "CLOSED", "WORK"},
        lambda b: [shifted(b[0], -1), b[1]],
    ),
    "the second run a minute later": ({"WIP", "MAXGAP"}, lambda b: [b[0], shifted(b[1], 1)]),
    "the second run a minute earlier": ({"PRECEDENCE"}, lambda b: [b[0], shifted(b[1], -1)]),
    "a piece is stolen": ({"QUANTITY", "WORK"}, lambda b: [b[0], {**b[1], "quantity": 39}]),
    "persons are swapped": (
        {"SKILL"},
        lambda b: [{**b[0], "person": "bob"}, {**b[1], "person": "ann"}],
    ),
    "one person is with both": (
        {"PEOPLE"},
        lambda b: [{**b[0], "person": "ann"}, {**b[1], "person": "ann"}],
    ),
    "a block is left out": (
        {"QUANTITY"},
        lambda b: [b[0], {**b[1], "quantity": 0, "end": at("06:10")}],
    ),
    "blocks trade places": (
        {"UNKNOWN"},
        lambda b: [{**b[0], "work_center": "L2"}, {**b[1], "work_center": "L1"}],
    ),
}  # fmt: skip


def test_the_full_example_is_sound() -> None:
    assert found(FULL, FAST_RUN, SLOW_RUN) == ()


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_tampered_schedule_is_found(name: str) -> None:
    wanted, mutate = MUTATIONS[name]
    blocks = mutate(deepcopy([FAST_RUN, SLOW_RUN]))
    written = schedule(FULL, FAST_RUN, SLOW_RUN) | {"blocks": blocks}
    seen = {one.rule for one in check(parse(FULL), json.loads(json.dumps(written)))}
    assert wanted <= seen
