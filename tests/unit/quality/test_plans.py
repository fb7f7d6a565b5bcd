"""Inspection plans of a definition: refused with every fault, and read as they were written."""

import json
from pathlib import Path
from typing import Any

import pytest

from edge.domain.quality.plans import plans_from
from erp_sync.errors import Problem
from erp_sync.masterdata.definitions import checked_definition

CASES = json.loads((Path(__file__).parents[2] / "cases" / "quality" / "plans.json").read_text())


def definition(*plans: dict[str, Any]) -> dict[str, Any]:
    way = {"work_center": "L1", "cycle_s": "2.5", "setup_s": 60}
    operation = {"seq": 10, "alternatives": [way], "inspections": list(plans)}
    return {"description": "Hinge", "unit": "pcs", "operations": [operation]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_plan_is_taken_or_its_fault_is_named(case: dict[str, Any]) -> None:
    if case["fault"] is None:
        document = checked_definition(definition(case["plan"]))
        (plan,) = plans_from(document.model_dump()["operations"][0])
        assert plan == plans_from({"inspections": [case["plan"]]})[0]
        return
    with pytest.raises(Problem) as refused:
        checked_definition(definition(case["plan"]))
    (fault, *_) = refused.value.errors
    assert case["fault"] in fault.message
    assert "inspections" in fault.place


def test_an_inspection_is_named_once() -> None:
    plan = CASES[0]["plan"]
    with pytest.raises(Problem) as refused:
        checked_definition(definition(plan, plan))
    assert "inspection is there twice" in str(refused.value.errors)
