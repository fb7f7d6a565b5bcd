"""People, limits of what waits and longest gaps: who is with a run, and where it is interrupted."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.planning.checking.check import check
from edge.planning.efforts import Effort, Search
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import EARLY, LATE, NIGHT, order, scenario, step

ANN = {"id": "ann", "calendar": "early", "skills": ["weld"]}
BOB = {"id": "bob", "calendar": "early", "skills": ["check", "weld"]}


def planned(document: dict[str, Any], **search: Any) -> dict[str, Any]:
    """The schedule, in which the checker finds nothing."""
    parsed = parse(document)
    found = solve(parsed, **search)
    assert check(parsed, found) == ()
    return found


def blocks(schedule: dict[str, Any], name: str) -> list[tuple[str, str, int, str | None]]:
    return [
        (one["start"][11:16], one["end"][11:16], one.get("quantity", 0), one.get("person"))
        for one in schedule["blocks"]
        if f"{one['order']}.{one['seq']}" == name
    ]


def test_somebody_else_goes_on_when_a_person_leaves() -> None:
    leaving = {**ANN, "absent": [["2026-06-08T06:30+02:00", "2026-06-09T06:00+02:00"]]}
    coming = {**BOB, "absent": [["2026-06-08T06:00+02:00", "2026-06-08T07:00+02:00"]]}
    welded = order("O1", {**step(10), "skills": ["weld"]})
    schedule = planned(scenario(welded, people=[leaving, coming]))
    assert blocks(schedule, "O1.10") == [
        ("06:00", "06:30", 50, "ann"),
        ("07:00", "07:30", 50, "bob"),
    ]


def test_who_has_the_fewest_skills_is_asked_first() -> None:
    welded = order("O1", {**step(10), "skills": ["weld"]})
    checked = order("O2", {**step(10, "L2"), "skills": ["check"]})
    schedule = planned(scenario(welded, checked, people=[BOB, ANN]))
    assert blocks(schedule, "O1.10")[0][3] == "ann"
    assert blocks(schedule, "O2.10")[0][::3] == ("06:00", "bob")


def test_a_fast_step_waits_for_the_slow_one_after_it() -> None:
    fast, slow = step(10, transfer_batch=20), {**step(20, "L2", 72), "wip_limit": 20}
    schedule = planned(scenario(order("O1", fast, slow)))
    assert len(blocks(schedule, "O1.10")) > 1
    assert sum(one[2] for one in blocks(schedule, "O1.10")) == 100
    assert len(blocks(schedule, "O1.20")) == 1


def test_who_sets_up_leaves_before_it_is_done() -> None:
    """Set-up goes on at 11:00; what may wait an hour at most is made for 11:06:40."""
    away = {**ANN, "absent": [["2026-06-08T07:00+02:00", "2026-06-08T11:00+02:00"]]}
    later = {**step(20, "L1", setup=4000), "skills": ["weld"], "max_gap_s": 3600}
    schedule = planned(scenario(order("O1", step(10, "L2"), later, quantity=1), people=[away]))
    (run,) = (one for one in schedule["blocks"] if (one["seq"], one["kind"]) == (20, "run"))
    assert run["start"] >= "2026-06-08T11:06:40"


def test_a_piece_is_not_begun_a_part_of_a_microsecond_too_early() -> None:
    """Two runs of 41 2/3 s a piece: the second piece comes 1/3 us after the first is done."""
    first, second = step(10, cycle="125/3", transfer_batch=1), step(20, "L2", cycle="125/3")
    schedule = planned(scenario(order("O1", first, {**second, "wip_limit": 1}, quantity=2)))
    assert [one[2] for one in blocks(schedule, "O1.20")] == [1, 1]


def test_a_group_that_cannot_keep_its_gap_is_planned_and_told_by_the_checker() -> None:
    """10 on L1 leaves 20 only L2 by its gap, which 30 needs: nothing is lost, the gap is broken."""
    steps = (
        {**step(10, transfer_batch=50), "alternatives": [way("L1"), way("N1")]},
        {
            **step(20, transfer_batch=50),
            "alternatives": [way("L1"), way("L2")],
            "max_gap_s": 60,
        },
        {**step(30, "L2"), "wip_limit": 50},
    )
    document = scenario(order("O1", *steps))
    document["calendars"]["night"] = {"weekly": [{**NIGHT, "end": "04:00"}]}
    document["work_centers"].append({"id": "N1", "calendar": "night"})
    parsed = parse(document)
    schedule = solve(parsed)
    assert sum(one.get("quantity", 0) for one in schedule["blocks"]) == 300
    assert {one.rule for one in check(parsed, schedule)} == {"MAXGAP"}


def way(center: str) -> dict[str, Any]:
    return {"work_center": center, "cycle_s": 36, "setup_s": 0}


def test_steps_of_a_group_need_work_centers_of_their_own() -> None:
    steps = step(10, transfer_batch=20), {**step(20), "wip_limit": 20}
    with pytest.raises(ScenarioInvalid) as refused:
        parse(scenario(order("O1", *steps)))
    (fault,) = refused.value.faults
    assert fault.place == "orders[O1].operations[20].wip_limit"
    assert "of their own" in fault.mend


@st.composite
def crews(draw: st.DrawFn) -> dict[str, Any]:
    """Orders of two steps that share two people, with limits between."""
    orders = []
    for index in range(draw(st.integers(1, 6))):
        first = {**step(10, transfer_batch=draw(st.sampled_from([10, 25]))), "skills": ["weld"]}
        second: dict[str, Any] = {
            **step(20, "L2", draw(st.sampled_from([20, 36, 90]))),
            "skills": [draw(st.sampled_from(["weld", "check"]))],
        }
        if draw(st.booleans()):
            second["wip_limit"] = draw(st.sampled_from([25, 60]))
        if draw(st.booleans()):
            second["max_gap_s"] = draw(st.sampled_from([600, 7200]))
        orders.append(order(f"O{index}", first, second))
    return scenario(*orders, people=[ANN, BOB])


@settings(max_examples=10)
@given(crews())
def test_other_urgencies_are_never_worse_and_the_same_for_a_seed(document: dict[str, Any]) -> None:
    first = planned(document)["objective"]
    once = planned(document, search=Search(effort=Effort.NORMAL, seed=3))
    again = planned(document, search=Search(effort=Effort.NORMAL, seed=3))
    assert once == again
    worth = ("weighted_tardiness_s", "setup_s")
    assert [once["objective"][one] for one in worth] <= [first[one] for one in worth]


def test_who_is_with_which_of_many_alike_work_centers_is_not_tried_in_every_order() -> None:
    """The last of ten operations waits for a work center that is held: no choice of the others
    helps, and there are millions of them."""
    alike = [f"M{number}" for number in range(9)]
    anywhere = [{"work_center": name, "cycle_s": 60} for name in alike]
    steps = [
        {"seq": 10 + number, "alternatives": anywhere, "transfer_batch": 1}
        | ({"wip_limit": 2} if number else {})
        for number in range(9)
    ]
    held = order("R", {**step(10, "Q", 3600), "transfer_batch": 1}, step(20, "H"), quantity=20)
    document = scenario(
        order("O1", *steps, {**step(99, "H", 60), "wip_limit": 2}, quantity=20),
        held,
        work_centers=[{"id": name, "calendar": "early"} for name in (*alike, "H", "Q")],
        now="2026-06-08T06:00+02:00",
        actuals=[
            {"order": "R", "seq": 10, "good": 1, "running_on": "Q"},
            {"order": "R", "seq": 20, "good": 0, "running_on": "H"},
        ],
    )
    assert len(blocks(planned(document), "O1.99")) == 1


@settings(max_examples=40, deadline=None)
@given(
    hours=st.tuples(
        st.sampled_from(["early", "late", "night"]), st.sampled_from(["early", "late"])
    ),
    begun=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    skilled=st.sets(st.sampled_from(["A", "B", "C", "D", "E", "F"]), max_size=3),
    now=st.sampled_from(["08T06:20", "08T15:30", "09T07:00"]),
)
def test_what_people_have_begun_out_of_turn_is_planned_again(
    hours: tuple[str, str], begun: tuple[int, int], skilled: set[str], now: str
) -> None:
    """On two lines, that are never open at the same time or always, the second or third order was
    begun first: all that is left is planned, and nothing is said to have no time."""
    lines = {"L1": "ABC", "L2": "DEF"}
    orders = [
        order(name, {**step(10, line, 60), **({"skills": ["weld"]} if name in skilled else {})})
        for line, names in lines.items()
        for name in names
    ]
    document = scenario(
        *orders,
        calendars={
            "early": {"weekly": [EARLY]},
            "late": {"weekly": [LATE]},
            "night": {"weekly": [NIGHT]},
            "always": {"always": True},
        },
        work_centers=[
            {"id": line, "calendar": calendar} for line, calendar in zip(lines, hours, strict=True)
        ],
        people=[{"id": "ann", "calendar": "always", "skills": ["weld"]}],
    )
    first = planned(document)
    running = [
        {"order": names[place], "seq": 10, "good": 0, "scrap": 0, "running_on": line}
        for (line, names), place in zip(lines.items(), begun, strict=True)
    ]
    again = planned(
        document | {"now": f"2026-06-{now}+02:00", "actuals": running, "previous": first}
    )
    runs = [one for one in again["blocks"] if one["kind"] == "run"]
    assert {one["order"] for one in runs} == set("ABCDEF")
