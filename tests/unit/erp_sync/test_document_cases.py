"""Schedules by case: tests/cases/plan_documents/NAME.json holds what was sent and what is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from erp_sync.errors import Problem
from erp_sync.masterdata.definitions import checked_definition, checked_receipts
from erp_sync.masterdata.schedules import Known, checked_schedule

CASES = sorted((Path(__file__).parents[2] / "cases" / "plan_documents").glob("*.json"))
KNOWN = Known({"HINGE": ["A"]})


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    assert case["why"]
    assert _faults(case["head"], case["orders"]) == case["faults"]


def _faults(head: Any, orders: Any) -> list[dict[str, str]]:
    try:
        checked_schedule(head, orders, KNOWN)
    except Problem as refused:
        return [
            {"place": one.place, "message": one.message, "mend": one.mend} for one in refused.errors
        ]
    return []


@pytest.mark.parametrize(
    ("at", "good"),
    [("2062-06-09T08:00+02:00", True), ("9999-12-31T00:00Z", False), ("0001-01-01T00:00Z", False)],
)
def test_a_purchase_comes_in_a_year_of_plans(at: str, good: bool) -> None:
    """Which year is typed wrongly only the edge knows: a list of purchases has no start."""
    sent = {"revision": 1, "receipts": [{"material": "STEEL", "quantity": "1", "at": at}]}
    if good:
        assert checked_receipts(sent).receipts
        return
    with pytest.raises(Problem) as refused:
        checked_receipts(sent)
    assert [one.place for one in refused.value.errors] == ["receipts[0].at"]


@pytest.mark.parametrize("cycle", ["9" * 4000, "0." + "0" * 5000 + "1", "1/" + "9" * 5000])
def test_a_cycle_time_is_no_endless_number(cycle: str) -> None:
    step = {"seq": 10, "alternatives": [{"work_center": "L1", "cycle_s": cycle}]}
    with pytest.raises(Problem) as refused:
        checked_definition({"unit": "pcs", "operations": [step]})
    assert [one.message for one in refused.value.errors] == ["cycle time is no number"]
