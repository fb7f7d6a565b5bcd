"""The checker sees each kind of planted fault, and names the rule."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from edge.planning.checking.check import check
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import order, scenario, step

Json = dict[str, Any]
DOCUMENT = scenario(
    order("O1", step(10, setup=600, transfer_batch=20), step(20, "L2", 40)),
    order("O2", step(10, setup=300), release="2026-06-08T07:00+02:00"),
    order("O3", step(10, "L2"), quantity=50, due="2026-06-08T06:20+02:00"),
    order("O4", step(10, "L2"), quantity=900),
)
AGAIN = {
    **DOCUMENT,
    "now": "2026-06-08T07:00+02:00",
    "actuals": {"O1": {"10": {"good": 83}}},
}


def sound(document: Json = DOCUMENT) -> Json:
    found: Json = json.loads(json.dumps(solve(parse(document))))
    return found


def block(schedule: Json, order_id: str, seq: int, kind: str = "run") -> Json:
    key = (order_id, seq, kind)
    found: Json = next(
        one for one in schedule["blocks"] if (one["order"], one["seq"], one["kind"]) == key
    )
    return found


def moved(schedule: Json, order_id: str, seq: int, start: str, end: str) -> None:
    block(schedule, order_id, seq).update(start=start, end=end)


def one_piece_to_the_next_hour(schedule: Json) -> None:
    first, second = [one for one in schedule["hours"] if one["order"] == "O4"][:2]
    first["quantity"] -= 1
    second["quantity"] += 1


def row(schedule: Json, name: str, key: str) -> Json:
    found: Json = next(one for one in schedule[name] if key in (one.get("id"), one.get("order")))
    return found


PLANTED: dict[str, tuple[str, Callable[[Json], Any]]] = {
    "a piece too few": ("SUM", lambda s: row(s, "hours", "O1").update(quantity=1)),
    "a piece in another hour": ("HOUR", one_piece_to_the_next_hour),
    "a wrong set-up second": ("SUM", lambda s: row(s, "hours", "O1").update(setup_s=599)),
    "a wrong label": ("LABEL", lambda s: row(s, "hours", "O1").update(label="06:00+01:00")),
    "an hour that is none": (
        "LABEL",
        lambda s: row(s, "hours", "O1").update(hour="2026-06-08T04:30:00+00:00"),
    ),
    "a block too many": ("QUANTITY", lambda s: s["blocks"].append(dict(s["blocks"][0]))),
    "a run of too few": ("QUANTITY", lambda s: block(s, "O4", 10).update(quantity=899)),
    "an overlap": (
        "OVERLAP",
        lambda s: moved(s, "O2", 10, "2026-06-08T06:30+02:00", "2026-06-08T07:30+02:00"),
    ),
    "closed time": (
        "CLOSED",
        lambda s: moved(s, "O2", 10, "2026-06-08T14:30+02:00", "2026-06-08T15:30+02:00"),
    ),
    "the break as work": (
        "WORK",
        lambda s: moved(s, "O2", 10, "2026-06-08T09:30+02:00", "2026-06-08T10:30+02:00"),
    ),
    "a run away from its set-up": (
        "SEQUENCE",
        lambda s: moved(s, "O2", 10, "2026-06-08T12:00+02:00", "2026-06-08T13:00+02:00"),
    ),
    "a set-up left out": ("SETUP", lambda s: s["blocks"].remove(block(s, "O2", 10, "setup"))),
    "a credit": ("WORK", lambda s: block(s, "O2", 10).update(credit_s="1")),
    "before its release": (
        "RELEASE",
        lambda s: block(s, "O2", 10, "setup").update(
            start="2026-06-08T06:00+02:00", end="2026-06-08T06:05+02:00"
        ),
    ),
    "before its pieces": (
        "PRECEDENCE",
        lambda s: moved(s, "O1", 20, "2026-06-08T06:00+02:00", "2026-06-08T07:06:40+02:00"),
    ),
    "an unknown operation": ("UNKNOWN", lambda s: block(s, "O4", 10).update(seq=11)),
    "another work center": ("UNKNOWN", lambda s: block(s, "O4", 10).update(work_center="L1")),
    "a late order as on time": ("ORDER", lambda s: row(s, "orders", "O3").update(tardiness_s=0)),
    "an early order as late": ("ORDER", lambda s: row(s, "orders", "O1").update(tardiness_s=9)),
    "late pieces": ("ORDER", lambda s: row(s, "orders", "O3").update(late_quantity=1)),
    "a completion": (
        "ORDER",
        lambda s: row(s, "orders", "O4").update(completion="2026-06-08T13:00+02:00"),
    ),
    "an order left out": ("ORDER", lambda s: s["orders"].pop()),
    "a reason of an order on time": (
        "REASON",
        lambda s: row(s, "orders", "O1").update(
            reasons=[{"type": "CAPACITY", "relaxed": "2026-06-08T06:00+02:00"}]
        ),
    ),
    "a block that is marked as unchecked": (
        "UNCHECKED",
        lambda s: block(s, "O4", 10).update(unchecked=True),
    ),
    "an hour that is marked as unchecked": (
        "UNCHECKED",
        lambda s: s["hours"][0].update(unchecked=True),
    ),
    "pieces that came before": ("QUANTITY", lambda s: block(s, "O4", 10).update(used=1)),
    "capacity": ("CAPACITY", lambda s: s["capacity"][0].update(required_s=1)),
    "objective": ("OBJECTIVE", lambda s: s["objective"].update(setup_s=1)),
    "another scenario": ("INPUT", lambda s: s.update(input_hash="0" * 64)),
}


def test_the_schedule_is_sound_before_a_fault_is_planted() -> None:
    assert check(parse(DOCUMENT), sound()) == ()


@pytest.mark.parametrize("name", PLANTED)
def test_planted(name: str) -> None:
    rule, plant = PLANTED[name]
    schedule = sound()
    plant(schedule)
    assert rule in {one.rule for one in check(parse(DOCUMENT), schedule)}


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        ("KEPT", lambda s: s["hours"][0].update(quantity=s["hours"][0]["quantity"] + 1)),
        ("KEPT", lambda s: s["hours"].__delitem__(slice(None))),
    ],
)
def test_a_rewritten_past_is_seen(rule: str, plant: Callable[[Json], Any]) -> None:
    document = {**AGAIN, "previous": sound()["hours"]}
    schedule = sound(document)
    assert check(parse(document), schedule) == ()
    plant(schedule)
    assert rule in {one.rule for one in check(parse(document), schedule)}


def test_a_schedule_of_another_form_is_invalid_input() -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        check(parse(DOCUMENT), {"format": "x", "hours": 3})
    places = {fault.place for fault in refused.value.faults}
    assert {"format", "hours", "blocks", "orders"} <= places


def late_plan() -> tuple[Any, Any]:
    """A of 100 pieces of 36 s on L1, due after half an hour, behind B of the same."""
    orders = [order(one, step(10), due="2026-06-08T06:30+02:00") for one in ("A", "B")]
    plant = parse(scenario(*orders))
    return plant, json.loads(json.dumps(solve(plant)))


@pytest.mark.parametrize(
    "change",
    [
        {"needed_s": 7201},
        {"needed_s": 0},
        {"available_s": 1799},
        {"relaxed": "2026-06-08T06:59:23+02:00"},  # 99 pieces, and the last one nearly done
        {"relaxed": "2026-05-08T06:00:00+02:00"},
    ],
)
def test_what_a_reason_says_is_what_can_be(change: Any) -> None:
    plant, schedule = late_plan()
    assert check(plant, schedule) == ()
    (reason,) = schedule["orders"][1]["reasons"]
    assert (reason["type"], reason["needed_s"], reason["available_s"]) == ("CAPACITY", 7200, 1800)
    reason.update(change)
    assert {one.rule for one in check(plant, schedule)} == {"REASON"}
