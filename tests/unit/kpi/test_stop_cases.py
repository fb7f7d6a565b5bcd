"""Every case of tests/cases/stops: states, what people said, and what the time counts as."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from edge.domain.facts import FactKind
from edge.domain.stops import overlaid
from edge.kpi.pareto import reason_of
from tests.unit.kpi.test_overlay import Books

CASES = sorted((Path(__file__).parents[2] / "cases" / "stops").glob("*.json"))
SAID = {"reason": "", "note": "", "class": "", "planned": False}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case: dict[str, Any] = json.loads(path.read_text())
    books = Books()
    for at, time_class in case["states"]:
        shown = {"state": 6, "mode": 1, "fault": None, "calendar": None}
        books.take(at, FactKind.EQUIPMENT_STATE, {**shown, "time_class": time_class})
    for said in case["said"]:
        books.take(case["until"], FactKind.STOP_REASON, {**SAID, **said})
    seen = [
        [one.start, one.end, str(one.time_class), reason_of(one)]
        for one in overlaid(*books.ledger(), case["until"])
    ]
    assert _joined(seen) == case["expected"]


def _joined(rows: list[list[Any]]) -> list[list[Any]]:
    found = []
    for _, group in groupby(rows, key=lambda row: (row[2], row[3])):
        same = list(group)
        found.append([same[0][0], same[-1][1], *same[0][2:]])
    return found
