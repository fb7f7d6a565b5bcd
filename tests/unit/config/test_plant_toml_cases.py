"""Every case of tests/cases/plant_toml: all faults at once, by key, value and message."""

import json
from pathlib import Path

import pytest

from edge.config import ConfigFaults, load

CASES = sorted(path for path in (Path(__file__).parents[2] / "cases" / "plant_toml").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case_names_each_fault_once_and_no_other(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text())
    file = case / "plant.toml"
    try:
        load(file)
    except ConfigFaults as error:
        faults = list(error.faults)
    else:
        faults = []
    assert all(fault.file == str(file) and fault.mend for fault in faults)
    found = sorted((fault.key, fault.value) for fault in faults)
    assert found == sorted((each["key"], each["value"]) for each in expected["faults"])
    for each in expected["faults"]:
        told = [
            fault for fault in faults if (fault.key, fault.value) == (each["key"], each["value"])
        ]
        said = [one for one in told if each["message"] in one.message]
        assert said, told
        assert each.get("mend", said[0].mend) in {one.mend for one in said}, told
