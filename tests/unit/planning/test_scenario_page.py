"""docs/scenario.md names every field, and its example is planned."""

import re
from pathlib import Path

from edge.planning.checking.check import check
from edge.planning.scenario import fields
from edge.planning.scenario.parse import load, parse
from edge.planning.solving import solve

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples" / "scenarios" / "two_lines.json"
OF_PITCHES = {"pitch_s", "products", "families"}  # in planning.md, which the page names


def test_every_field_stands_in_the_page() -> None:
    source = Path(str(fields.__file__)).read_text(encoding="utf-8")
    names = set(re.findall(r'"(\w+)": Field\(', source)) - OF_PITCHES
    assert len(names) > 60
    assert {name for name in names if not re.search(rf"\b{name}\b", PAGE)} == set()


def test_the_example_is_planned() -> None:
    scenario = parse(load(EXAMPLE.read_bytes()))
    schedule = solve(scenario)
    assert check(scenario, schedule) == ()
    assert {one["id"]: one["tardiness_s"] for one in schedule["orders"]} == {"WO1": 0, "WO2": 0}
    assert {one.get("person") for one in schedule["blocks"] if one["seq"] == 30} == {"ann"}
