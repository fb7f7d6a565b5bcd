"""What no calendar has time for is refused by order: tests/cases/plan_beyond, by the command."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from edge.execution.dispatch.set_aside import ORDER
from edge.planning.cli import plan
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve

CASES = sorted((Path(__file__).parents[2] / "cases" / "plan_beyond").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = json.loads(path.read_text())
    assert case["why"]
    run = CliRunner().invoke(plan, ["solve", str(path), "--json"])
    assert run.exit_code == 3, run.output
    faults = json.loads(run.stdout)["faults"]
    assert [one["place"] for one in faults] == [place for place, _ in case["faults"]]
    for fault, (_, message) in zip(faults, case["faults"], strict=True):
        assert message in fault["message"]
        assert fault["mend"]
    assert solve(parse(without(case["scenario"], {one["place"] for one in faults})))["hours"]


def without(scenario: dict[str, Any], places: set[str]) -> dict[str, Any]:
    """The scenario without the orders that were named."""
    named = {found[1] for place in places if (found := ORDER.match(place))}
    kept = [one for one in scenario["orders"] if one["id"] not in named]
    return {**scenario, "orders": kept}
