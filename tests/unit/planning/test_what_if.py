"""What if: each change alone, what is refused, and that nothing of the scenario is changed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from typer.testing import CliRunner

from edge.commands.plan import plan
from edge.planning.checking.check import check
from edge.planning.comparing.what_if import changed, what_if
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.model import MaterialArrival
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import input_hash
from edge.planning.solving import solve
from tests.unit.planning.scenarios import MONDAY, any_scenario, order, scenario, step

Json = dict[str, Any]
NOON = "2026-06-08T11:30+02:00"
# 36 s a piece on L1, 06:00 to 10:00 and 10:30 to 14:00: 4 h and 3.5 h of work.
LATE = scenario(
    order("A", quantity=400, due="2026-06-08T14:00+02:00"),
    order("B", quantity=400, due="2026-06-08T15:00+02:00", weight=2),
)
SATURDAY = {
    "open": {"where": "L1", "from": "2026-06-08T14:00+02:00", "to": "2026-06-08T16:00+02:00"}
}


def of(*changes: Json, document: Json = LATE) -> Json:
    found = what_if(parse(document), changes)
    assert json.loads(json.dumps(found)) == found
    return found


def codes(found: Json, name: str = "words") -> list[str]:
    return [one["code"] for one in found[name]]


def test_an_hour_more_makes_it_on_time() -> None:
    found = of(SATURDAY)
    assert found["late"] == {"before": ["A"], "after": []}
    assert found["weighted_tardiness_s"]["after"] == 0
    assert codes(found, "changes") == ["plan.if_open"]
    (row,) = found["capacity"]
    assert row["after"]["available_s"] - row["before"]["available_s"] == 3600


def test_a_machine_that_is_down_makes_orders_late() -> None:
    found = of({"down": {"work_center": "L1", "to": NOON}})
    assert found["late"] == {"before": ["A"], "after": ["A", "B"]}
    assert "plan.became_late" in codes(found)


def test_a_priority_is_one_of_an_order_or_as_high_as_the_file_has() -> None:
    for weight, most in ((2, 10), (500, 500)):
        orders = [{**one, "weight": weight} for one in LATE["orders"]]
        problem = parse({**LATE, "orders": orders})
        for said in (1, most):
            (done,) = changed(problem, [{"order": {"id": "A", "priority": said}}])
            assert next(one for one in done.scenario.orders if one.id == "A").weight == said
        for said in (0, most + 1):
            with pytest.raises(ScenarioInvalid) as refused:
                changed(problem, [{"order": {"id": "A", "priority": said}}])
            (fault,) = refused.value.faults
            assert fault.mend == f"write a whole number from 1 to {most}"


def test_an_order_is_changed_or_not_made() -> None:
    assert of({"order": {"id": "A", "quantity": 300}})["late"]["after"] == []
    assert of({"order": {"id": "B", "due": "2026-06-09T15:00+02:00"}})["late"]["after"] == []
    found = of({"remove": {"id": "A"}})
    assert (found["late"]["after"], found["difference"]["gone"]) == ([], ["A"])


def test_a_new_line_or_an_alternative_takes_work() -> None:
    assert of({"line": {"id": "L9", "like": "L1"}})["late"]["after"] == []
    other = {"order": "B", "operation": 10, "work_center": "L2", "cycle_s": "36"}
    found = of({"alternative": other})
    assert found["late"]["after"] == []
    assert [one["how"] for one in found["difference"]["moved"]] == ["work_center"]


def test_changes_add_up() -> None:
    down = {"down": {"work_center": "L1", "to": NOON}}
    found = of(down, {"line": {"id": "L9", "like": "L1"}})
    assert codes(found, "changes") == ["plan.if_down", "plan.if_line"]
    assert found["late"]["after"] == ["A"]  # what L9 does not do begins at 11:30


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"remove": {"id": "Z"}}, "is no order that is planned"),
        ({"open": {"where": "L7", "from": NOON, "to": NOON}}, "is not after its begin"),
        ({"down": {"work_center": "L7", "to": "2027-01-01T00:00+00:00"}}, "is no work center here"),
        ({"down": {"work_center": "L1", "to": "noon"}}, "is no time with an offset"),
        ({"order": {"id": "A"}}, "is changed in nothing"),
        ({"order": {"id": "A", "quantity": "many"}}, "is no such number"),
        ({"line": {"id": "L2", "like": "L1"}}, "is there already"),
        ({"shift": {}}, "is no kind of change"),
        ({"remove": {}}, "id is missing"),
        ({"remove": {"id": "A", "now": 1}}, "is not known here"),
        ({"remove": {"id": "A"}, "line": {}}, "is no change"),
        (
            {"alternative": {"order": "A", "operation": 10, "work_center": "L2", "cycle_s": "0"}},
            "is no number of seconds a piece",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_place(change: Json, why: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        of(SATURDAY, change)
    (fault,) = refused.value.faults
    assert (fault.place, fault.message) == ("changes[1]", why)
    assert fault.mend


@given(any_scenario())
def test_a_changed_scenario_is_planned_soundly_and_the_first_stays(document: Json) -> None:
    first = parse(document)
    before = input_hash(first)
    center, one = first.work_centers[0].id, first.orders[0].id
    changes: list[Json] = [
        {"open": {"where": center, "from": first.begin, "to": first.begin + 7_200_000_000}},
        {"down": {"work_center": first.work_centers[1].id, "to": first.begin + 3_600_000_000}},
        {"line": {"id": "NEW", "like": center}},
        {"order": {"id": one, "quantity": 3, "priority": 9}},
    ]
    after = changed(first, changes)[-1].scenario
    assert check(after, json.loads(json.dumps(solve(after)))) == ()
    assert input_hash(first) == before


def test_the_command_tells_it_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(LATE))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(plan, ["what-if", *words], env={"COLUMNS": "200"})
        return done.exit_code, done.output

    opened = "L1=2026-06-08T14:00+02:00/2026-06-08T16:00+02:00"
    code, said = run(str(file), "--open", opened)
    assert code == 0
    assert said.startswith("+ L1 is open from 2026-06-08 14:00 to 2026-06-08 16:00, too\n")
    assert "0 orders are late, 1 without it" in said
    code, said = run(str(file), "--open", opened, "--language", "zh")
    assert "0 个工单延期，没有这些改变时为 1 个" in said
    code, said = run(str(file), "--down", f"L1={NOON}", "--order", "A:quantity=1", "--json")
    assert (code, len(json.loads(said)["changes"])) == (0, 2)
    options = ("--remove", "A", "--line", "L9=L1", "--alternative", "B.10=L2:36:60")
    assert run(str(file), *options)[0] == 0
    assert run(str(file), "--remove", "Z")[0] == 3
    assert run(str(file))[0] == 2
    assert run("--remove", "A")[0] == 2
    assert run(str(file), "--down", "L1")[0] == 2
    code, said = run(str(file), "--move", "A.10=L7", "--order", "Z:quantity=1", "--remove", "Q")
    assert code == 3
    for option in ("--order Z:quantity=1: Z:", "--remove Q: Q:", "--move A.10=L7: "):
        assert option in said
    assert "changes[" not in said


def test_what_comes_of_it_is_told_before_all_that_moves(tmp_path: Path) -> None:
    orders = [order(f"O{at:02}", quantity=20, due="2026-06-12T14:00+02:00") for at in range(40)]
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(scenario(*orders)))
    words = ["what-if", str(file), "--down", f"L1={NOON}"]
    said = CliRunner().invoke(plan, words, env={"COLUMNS": "200"}).output.splitlines()
    moving = [at for at, one in enumerate(said) if " operation 10 on L1: " in one]
    assert len(moving) == 20
    sums = next(at for at, one in enumerate(said) if "orders are late" in one)
    hours = next(at for at, one in enumerate(said) if one.startswith("  L1: "))
    assert sums < hours < moving[0]
    assert said[-1] == "... and 20 more; --moves shows all"
    every = CliRunner().invoke(plan, [*words, "--moves"], env={"COLUMNS": "200"}).output
    assert every.count(" operation 10 on L1: ") == 40


def test_a_new_line_that_takes_nothing_says_why() -> None:
    on_time = order("A", quantity=100, due="2026-06-09T14:00+02:00")
    planned = json.loads(json.dumps(solve(parse(scenario(on_time)))))
    found = of({"line": {"id": "L9", "like": "L1"}}, document=scenario(on_time, previous=planned))
    assert codes(found) == ["plan.nothing_changed", "plan.if_kept", "plan.if_late"]


def refused(document: Json, *changes: Json) -> list[str]:
    with pytest.raises(ScenarioInvalid) as found:
        what_if(parse(document), changes)
    return [f"{one.place}: {one.message}" for one in found.value.faults]


def test_what_the_changes_make_of_the_scenario_is_refused_by_its_place() -> None:
    """Material for 10 of 100 pieces; a limit before an operation on its own work center; one more
    work center for an operation whose time nobody knows.
    """
    supplied = order("A", quantity=10, material=[{"from": MONDAY, "quantity": 10}])
    more = {"order": {"id": "A", "quantity": 100}}
    assert refused(scenario(supplied), more) == [
        "orders[A].material: is never enough: operation 10 starts 100 pieces"
    ]
    both = step(20, "L2", wip_limit=5)
    both["alternatives"].append({"work_center": "L1", "cycle_s": 36, "setup_s": 0})
    limited = scenario(order("A", step(10, transfer_batch=1), both))
    move = {"move": {"order": "A", "operation": 20, "work_center": "L1"}}
    assert refused(limited, move)[0].startswith("orders[A].operations[20].wip_limit: ")
    other = {"alternative": {"order": "A", "operation": 10, "work_center": "L2", "cycle_s": "36"}}
    (told,) = refused(scenario(order("A", step(10, cycle=None))), other)
    assert told.startswith("orders[A].operations[10].alternatives: some alternatives have")


def test_a_fault_that_was_there_before_is_not_laid_to_a_change() -> None:
    """An edge plans with less material than an order needs, and says so; its order may move."""
    short = parse(scenario(order("A", quantity=10), order("B", quantity=10)))
    (first, second) = short.orders
    lacks = replace(first, material=(MaterialArrival(at=short.plan_start, quantity=5),))
    found = changed(replace(short, orders=(lacks, second)), [{"remove": {"id": "B"}}])
    assert [one.id for one in found[-1].scenario.orders] == ["A"]
