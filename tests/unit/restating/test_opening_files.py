"""Files of the opening state: each case says what is read of it, and every fault."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.opening_files import read_opening

CASES = sorted((Path(__file__).parents[2] / "cases" / "restating" / "opening").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_read_as_its_case_says(case: Path) -> None:
    [file] = case.glob("file.*")
    expected = json.loads((case / "expected.json").read_text())
    assert expected["why"]
    rows, faults = read_opening(file.read_bytes(), is_json=file.suffix == ".json")
    assert list(rows.rows) == expected["rows"]
    assert sorted(fault.place for fault in faults) == expected["faults"]
    assert all(fault.mend for fault in faults)


def test_the_hash_is_of_what_the_file_says_and_not_of_how_it_is_written() -> None:
    english = b"order,operation,good\nWO1,10,5\n"
    chinese = "\ufeff合格,订单,工序\r\n5,WO1,10\r\n\r\n".encode()
    other = b"order,operation,good\nWO1,10,6\n"
    hashes = [read_opening(one, is_json=False)[0].sha256 for one in (english, chinese, other)]
    assert hashes[0] == hashes[1] != hashes[2]


@given(st.binary(max_size=200), st.booleans())
def test_no_file_is_too_strange_to_be_told(data: bytes, is_json: bool) -> None:
    rows, faults = read_opening(data, is_json=is_json)
    assert rows.rows or faults
