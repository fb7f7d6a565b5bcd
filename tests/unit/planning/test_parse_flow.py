"""Limits between operations, people and material by date: read, written, and refused by place."""

import json
from typing import Any

import pytest

from edge.domain.clock import parse_time
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.model import MaterialArrival
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import input_hash, scenario_json
from tests.unit.planning.scenarios import order, scenario, step
from tests.unit.planning.test_parse import faults_of

Json = dict[str, Any]
TUESDAY, WEDNESDAY = "2026-06-09T06:00+02:00", "2026-06-10T06:00+02:00"
ANN = {
    "id": "ann",
    "calendar": "early",
    "skills": ["weld", "check"],
    "absent": [[TUESDAY, WEDNESDAY]],
}
BOB = {"id": "bob", "calendar": "early", "skills": ["paint"]}


def two_steps(order_more: Json | None = None, **second: Any) -> Json:
    first = step(10, transfer_batch=20)
    return order("O1", first, step(20, "L2", **second), **(order_more or {}))


def full() -> Json:
    material = [{"from": TUESDAY, "quantity": 40}, {"from": WEDNESDAY, "quantity": 100}]
    more = {"material": material}
    one = two_steps(more, wip_limit=20, min_gap_s=60, max_gap_s="60.5", skills=["weld", "check"])
    return scenario(one, people=[BOB, ANN])


def test_the_added_fields_are_read() -> None:
    found = parse(full())
    (one,) = found.orders
    assert one.material == (
        MaterialArrival(at=parse_time(TUESDAY), quantity=40),
        MaterialArrival(at=parse_time(WEDNESDAY), quantity=100),
    )
    after = one.operations[1]
    assert (after.wip_limit, after.max_gap_us, after.skills) == (20, 60_500_000, ("check", "weld"))
    assert [person.id for person in found.people] == ["ann", "bob"]
    assert [span.start for span in found.people[0].absent] == [parse_time(TUESDAY)]


def test_what_is_written_is_read_again() -> None:
    found = parse(full())
    written = json.loads(json.dumps(scenario_json(found)))
    assert parse(written) == found
    assert written["people"][0]["skills"] == ["check", "weld"]
    assert input_hash(parse(written)) == input_hash(found)


def test_a_scenario_without_them_keeps_its_bytes_and_its_hash() -> None:
    """Plans that were released before the fields came name their input by this hash."""
    plain = scenario(order("O1", step(10), step(20, "L2", min_gap_s=60)))
    hashed = "35e82d0943e7d2df346b18da57675857313c12dc82f3d7c21b697f098b0c71dd"
    assert input_hash(parse(plain)) == hashed
    nothing: Json = {"wip_limit": None, "max_gap_s": None, "skills": []}
    said = scenario(
        order("O1", step(10), step(20, "L2", min_gap_s=60, **nothing), material=[]), people=[]
    )
    assert input_hash(parse(said)) == hashed


def test_the_order_of_the_added_lists_changes_nothing() -> None:
    turned = full()
    turned["people"].reverse()
    turned["orders"][0]["material"].reverse()
    turned["orders"][0]["operations"][1]["skills"].reverse()
    assert input_hash(parse(turned)) == input_hash(parse(full()))


def test_an_arrival_that_adds_nothing_says_nothing() -> None:
    rows = [
        {"from": "2026-06-08T06:00+02:00", "quantity": 0},
        {"from": TUESDAY, "quantity": 100},
        {"from": WEDNESDAY, "quantity": 100},
    ]
    (one,) = parse(scenario(order("O1", material=rows))).orders
    assert one.material == (MaterialArrival(at=parse_time(TUESDAY), quantity=100),)


STEP = "orders[O1].operations[20]"
MATERIAL = [{"from": TUESDAY, "quantity": 99}]


@pytest.mark.parametrize(
    ("one", "place", "value", "said"),
    [
        (two_steps(wip_limit=0), f"{STEP}.wip_limit", "0", "from 1"),
        (two_steps(wip_limit=19), f"{STEP}.wip_limit", "19", "write at least 20, or give oper"),
        (two_steps(wip_limit=2.5), f"{STEP}.wip_limit", "2.5", "whole number"),
        (two_steps(min_gap_s=60, max_gap_s=59), f"{STEP}.max_gap_s", "59", "write at least 60"),
        (two_steps(max_gap_s=-1), f"{STEP}.max_gap_s", "-1", "seconds from 0"),
        (two_steps(skills="weld"), f"{STEP}.skills", "weld", "write [...]"),
        (two_steps(skills=[""]), f"{STEP}.skills[0]", "", "name in quotes"),
        (order("O1", step(20, wip_limit=9)), f"{STEP}.wip_limit", "9", "remove it"),
        (order("O1", step(20, max_gap_s=9)), f"{STEP}.max_gap_s", "9", "remove it"),
        (
            order("O1", step(10), step(20, "L2", wip_limit=99)),
            f"{STEP}.wip_limit",
            "99",
            "write at least 100, or give operation 10 a transfer_batch of at most 99",
        ),
        (
            order("O1", {"seq": 10, "lead_time_s": 60}, step(20, "L2", wip_limit=99)),
            f"{STEP}.wip_limit",
            "99",
            "write at least 100",
        ),
        (two_steps({"material": MATERIAL}), "orders[O1].material", "99", "makes it 100"),
        (
            order("O1", {**step(10), "yield": "0.98"}, quantity=1000, material=[
                {"from": TUESDAY, "quantity": 1020}]),
            "orders[O1].material",
            "1020",
            "makes it 1021",
        ),
        (
            two_steps({"material": [{"from": TUESDAY, "quantity": 100},
                                    {"from": WEDNESDAY, "quantity": 60}]}),
            "orders[O1].material",
            "60",
            "in all",
        ),
        (
            two_steps({"material": [{"from": TUESDAY, "quantity": 60},
                                    {"from": TUESDAY, "quantity": 100}]}),
            "orders[O1].material",
            "100",
            "for each moment once",
        ),
    ],
)  # fmt: skip
def test_what_no_plan_can_keep(one: Json, place: str, value: str, said: str) -> None:
    fault = faults_of(scenario(one))[place]
    assert fault.value == value
    assert said in f"{fault.message}; {fault.mend}"


@pytest.mark.parametrize(
    ("people", "place", "said"),
    [
        ([BOB], f"{STEP}.skills", "there is: paint"),
        ([{**ANN, "skills": ["weld"]}, {**BOB, "skills": ["check"]}], f"{STEP}.skills", "one pers"),
        ([ANN, ANN], "people", "stands 2 times"),
        (
            [{**ANN, "absent": [["2026-06-01T00:00+02:00", "2027-06-01T00:00+02:00"]]}],
            f"{STEP}.skills",
            "ann never works while L2 is open",
        ),
        ([{**ANN, "calendar": "late"}], "people[ann].calendar", "use one of early"),
        ([{**ANN, "absent": [[WEDNESDAY, TUESDAY]]}], "people[ann].absent[0]", "ends before"),
        ([{**ANN, "colour": "red"}], "people[ann].colour", "unknown key"),
    ],
)
def test_people_that_cannot_be(people: list[Json], place: str, said: str) -> None:
    fault = faults_of(scenario(two_steps(skills=["weld", "check"]), people=people))[place]
    assert said in f"{fault.message}; {fault.mend}"


def test_material_that_was_used_already_counts_as_used() -> None:
    """60 made, 10 lost: 40 more are started, so that material for 110 is needed in all."""
    actuals = {
        "now": "2026-06-08T08:00+02:00",
        "actuals": {"O1": {"10": {"good": 60, "scrap": 10}}},
    }
    one = two_steps({"material": [{"from": TUESDAY, "quantity": 109}]})
    assert "makes it 110" in faults_of(scenario(one, **actuals))["orders[O1].material"].mend
    enough = two_steps({"material": [{"from": TUESDAY, "quantity": 110}]})
    assert parse(scenario(enough, **actuals)).orders[0].material[0].quantity == 110


def test_faults_of_limits_stand_beside_all_others() -> None:
    one = two_steps({"quantity": "many", "colour": "red"}, wip_limit=1)
    with pytest.raises(ScenarioInvalid) as refused:
        parse(scenario(one))
    assert {fault.place for fault in refused.value.faults} == {
        "orders[O1].quantity",
        "orders[O1].colour",
    }
