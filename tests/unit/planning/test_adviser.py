"""Whatever is asked of the adviser, it answers, soon, and goes on."""

import time
from typing import Any

import pytest

from edge.planning.promises.adviser import Adviser
from edge.planning.promises.asking import AskWhatIf
from edge.planning.scenario.parse import parse
from tests.unit.planning.scenarios import order, scenario, step

PLAN = parse(scenario(order("A"), order("B", step(10, "L2"))))
BEGIN = PLAN.begin
DAY = 86_400_000_000
FAR = "is more than 10 years from what is planned"


def asked(change: dict[str, Any]) -> dict[str, Any]:
    begun = time.process_time()
    answer = Adviser().answer(AskWhatIf(scenario=PLAN, changes=[change]))
    assert time.process_time() - begun < 10
    return answer


def other(cycle: object) -> dict[str, Any]:
    said = {"order": "A", "operation": 10, "work_center": "L2", "cycle_s": cycle}
    return {"alternative": said}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"open": {"where": "L1", "from": 10**18, "to": 10**19}}, FAR),
        ({"open": {"where": "L1", "from": BEGIN, "to": 10**17}}, FAR),
        ({"open": {"where": "L1", "from": -(10**18), "to": BEGIN}}, FAR),
        ({"open": {"where": "L1", "from": BEGIN, "to": "9999-12-31T23:59:59+00:00"}}, FAR),
        ({"down": {"work_center": "L1", "to": 10**17}}, FAR),
        ({"order": {"id": "A", "due": 10**19}}, FAR),
        ({"order": {"id": "A", "release": "0001-01-01T00:00:00+00:00"}}, FAR),
        ({"order": {"id": "A", "quantity": 2**31 - 1}}, "h of work: it is not done by"),
        ({"line": {"id": "X" * 100_000, "like": "L1"}}, "is no name of a work center"),
        (other("1e5000000"), "is no number of seconds a piece"),
        (other("1e-300000"), "is no number of seconds a piece"),
        (other("9" * 5000), "is no number of seconds a piece"),
    ],
)
def test_what_makes_no_sense_is_refused_soon(change: dict[str, Any], why: str) -> None:
    (fault,) = asked(change)["faults"]
    assert why in fault["message"]
    assert fault["mend"]


@pytest.mark.parametrize(
    "change",
    [
        {"open": {"where": "L1", "from": BEGIN, "to": BEGIN + 3_600 * DAY}},
        {"down": {"work_center": "L1", "to": BEGIN + 3_600 * DAY}},
        {"order": {"id": "A", "release": BEGIN + 3_600 * DAY}},
        {"order": {"id": "A", "due": BEGIN - 3_600 * DAY}},
        other("1e-18"),
        other("1/999999999999999999"),
    ],
)
def test_what_is_just_within_is_worked_out(change: dict[str, Any]) -> None:
    assert "what_if" in asked(change)


def test_an_error_of_one_question_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("L9")

    monkeypatch.setattr("edge.planning.promises.adviser.what_if", broken)
    (fault,) = asked({"remove": {"id": "A"}})["faults"]
    assert "KeyError" in fault["message"]
    monkeypatch.undo()
    assert "what_if" in asked({"remove": {"id": "A"}})
