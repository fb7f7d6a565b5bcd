"""Every case of tests/cases/kpi/golden, to all printed digits."""

import json
from pathlib import Path
from typing import Any

import pytest

from edge.kpi.elements import Quantities, StateSpan, elements
from edge.kpi.report import Window, kpi_report
from edge.kpi.run_time import parse_run_time

CASES = sorted((Path(__file__).parents[2] / "cases" / "kpi" / "golden").glob("*.json"))
MINUTE = 60_000_000


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case_gives_the_figures_that_were_worked_out_by_hand(path: Path) -> None:
    case = json.loads(path.read_text())
    spans = _spans(case["input"]["minutes"])
    quantities = [_quantities(made) for made in case["input"]["made"]]
    window = Window(start=0, end=spans[-1].end, label="shift")
    report = kpi_report("L1", window, elements(spans, quantities, window.start, window.end))
    assert {key: _like(report[key], want) for key, want in case["expected"].items()} == case[
        "expected"
    ]


def _like(told: Any, expected: Any) -> Any:
    """What a case speaks of: of elements that came later an old case says nothing."""
    if isinstance(expected, dict):
        return {name: told[name] for name in expected}
    return told


def test_the_shape_of_a_report() -> None:
    report = kpi_report("L1", Window(start=5, end=5, label="06:00+02:00"), elements([], [], 5, 5))
    keys = ["equipment_id", "level", "from", "to", "label", "elements", "kpis", "absent"]
    keys += ["absent_coded", "coverage", "flags"]
    assert list(report) == keys
    assert (report["equipment_id"], report["from"], report["to"]) == ("L1", 5, 5)
    assert json.loads(json.dumps(report)) == report


def _spans(minutes: list[tuple[str, int]]) -> list[StateSpan]:
    spans, start = [], 0
    for time_class, length in minutes:
        end = start + length * MINUTE
        spans.append(StateSpan(start=start, end=end, time_class=time_class))
        start = end
    return spans


def _quantities(made: dict[str, Any]) -> Quantities:
    return Quantities(**{**made, "run_time_per_item": parse_run_time(made["run_time_per_item"])})
