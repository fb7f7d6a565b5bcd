"""Every case of tests/cases/kpi/plants: figures of whole plants, worked out by hand."""

import json
from pathlib import Path

import pytest

from edge.kpi.windows import reports
from tests.unit.kpi.plants import book_of, question_of

CASES = sorted((Path(__file__).parents[2] / "cases" / "kpi" / "plants").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_plant_gives_the_figures_that_were_worked_out_by_hand(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    assert case["why"]
    assert case["arithmetic"]
    found = reports(book_of(case), question_of(case))
    by_key = {(item["equipment_id"], item["label"]): item for item in found}
    for expected in case["expected"]:
        item = by_key[expected["of"], expected["label"]]
        for part in set(expected) - {"of", "label"}:
            told = item[part]
            if isinstance(told, dict):
                told = {name: told[name] for name in expected[part]}
            assert told == expected[part], part
    if case.get("all"):
        assert len(found) == len(case["expected"])
