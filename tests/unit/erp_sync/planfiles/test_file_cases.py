"""Files by case: tests/cases/plan_files/NAME.json holds a CSV by rows and what comes of it."""

import json
from pathlib import Path

import pytest

from tests.unit.erp_sync.planfiles.books import taken

CASES = sorted((Path(__file__).parents[3] / "cases" / "plan_files").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    assert case["why"]
    sent = taken("\n".join(case["rows"]) + "\n", **case["query"])
    told = [{"place": one.place, "value": one.value, "message": one.message} for one in sent.faults]
    assert told == case["faults"]
    assert all(one.mend for one in sent.faults)
    if case["orders"] is not None:
        assert {one["id"]: one["quantity"] for one in sent.orders} == case["orders"]
