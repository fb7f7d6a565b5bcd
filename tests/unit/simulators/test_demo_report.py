"""The report: readable by people, whole for programs, and its last line the verdict."""

import json
from dataclasses import replace
from typing import Any

import pytest

from simulators.demo.comparison import Accounts, Quantities, compare
from simulators.demo.report import Result, as_json, as_text, percent

TRUTH = {("WO1001", 10): Quantities(120, 3), ("WO1001", 20): Quantities(99, 0)}
KPIS: dict[str, Any] = {
    "kpis": {
        "availability": "0.844444",
        "effectiveness": "0.894737",
        "quality_ratio": "0.978235",
        "oee": None,
    },
    "coverage": "1.000000",
}


def result(**books: dict[tuple[str, int], Quantities]) -> Result:
    agreed: dict[str, Any] = dict.fromkeys(("truth", "recorded", "posted", "booked"), TRUTH)
    accounts = Accounts(planned={("WO1001", 10): 120, ("WO1001", 20): 120}, **(agreed | books))
    return Result(
        comparison=compare(accounts),
        lines={"L1": KPIS, "L2": None},
        reconciliations={"2026-06-08": {"pieces": 222, "difference": 0}},
    )


def test_what_agrees_reads_so() -> None:
    lines = as_text(result())
    assert lines[-1] == "reconciled: 222 pieces, difference 0"
    assert any(
        line.split() == ["WO1001.10", "120", "120+3", "120+3", "120+3", "120+3"] for line in lines
    )
    assert (
        "L1: availability 84.4 %, effectiveness 89.5 %, quality 97.8 %, OEE - (coverage 100.0 %)"
        in lines
    )
    assert "L2: availability -, effectiveness -, quality -, OEE - (coverage -)" in lines
    assert result().good


def test_what_differs_is_named_before_the_verdict() -> None:
    booked = {**TRUTH, ("WO1001", 20): Quantities(98, 0)}
    wrong = result(booked=booked)
    lines = as_text(wrong)
    assert lines[-2] == "difference: WO1001.20: booked has 1 good too few"
    assert lines[-1] == "reconciled: 222 pieces, difference 1"
    assert not wrong.good


def test_a_finding_is_no_good_run_and_neither_is_an_empty_one() -> None:
    waiting = replace(result(), findings=["link: 3 facts wait"])
    assert not waiting.good
    assert "finding: link: 3 facts wait" in as_text(waiting)
    nothing: dict[tuple[str, int], Quantities] = {}
    assert not result(truth=nothing, recorded=nothing, posted=nothing, booked=nothing).good


def test_json_says_the_same() -> None:
    said = json.loads(json.dumps(as_json(result(posted={}))))
    assert said["pieces"] == said["difference"] == 222
    assert said["good"] is False
    assert said["orders"][0]["truth"] == {"good": 120, "scrap": 3}
    assert said["differences"][0]["text"] == "WO1001.10: posted has 120 good too few"
    assert said["lines"]["L1"] == KPIS


@pytest.mark.parametrize(
    ("ratio", "text"), [("0.5", "50.0 %"), ("1.0476", "104.8 %"), (None, "-"), ("1/3", "33.3 %")]
)
def test_percent(ratio: str | None, text: str) -> None:
    assert percent(ratio) == text
