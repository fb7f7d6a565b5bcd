"""Files of the opening state: each case says what is read of it, and every fault."""

import io
import json
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from edge.commands.opening_files import READERS, read_opening

CASES = sorted((Path(__file__).parents[2] / "cases" / "restating" / "opening").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_read_as_its_case_says(case: Path) -> None:
    [file] = case.glob("file.*")
    expected = json.loads((case / "expected.json").read_text())
    assert expected["why"]
    rows, faults = read_opening(file.read_bytes(), file.suffix)
    assert list(rows.rows) == expected["rows"]
    assert sorted(fault.place for fault in faults) == expected["faults"]
    assert all(fault.mend for fault in faults)


def test_the_hash_is_of_what_the_file_says_and_not_of_how_it_is_written() -> None:
    english = b"order,operation,good\nWO1,10,5\n"
    chinese = "\ufeff合格,订单,工序\r\n5,WO1,10\r\n\r\n".encode()
    other = b"order,operation,good\nWO1,10,6\n"
    hashes = [read_opening(one, ".csv")[0].sha256 for one in (english, chinese, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def sheet(*rows: tuple[object, ...]) -> bytes:
    """An XLSX file of one sheet."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page = book.add_worksheet("开账")
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def test_a_sheet_says_what_the_same_csv_says() -> None:
    rows = (("订单", "工序", "状态", "合格"), ("WO1", 10, "已完成", 120), ("WO1", 20, "", 5))
    text = "\n".join(",".join(map(str, row)) for row in rows)
    of_sheet, of_text = read_opening(sheet(*rows), ".xlsx"), read_opening(text.encode(), ".csv")
    assert of_sheet == of_text
    assert not of_sheet[1]


def test_a_fault_of_a_sheet_is_named_by_row_and_column() -> None:
    _, (fault,) = read_opening(sheet(("order", "operation", "good"), ("WO1", 10, 1.5)), ".xlsx")
    assert (fault.place, fault.value) == ("row 2, good", "1.5")


@given(st.binary(max_size=200), st.sampled_from(sorted(READERS)))
def test_no_file_is_too_strange_to_be_told(data: bytes, kind: str) -> None:
    rows, faults = read_opening(data, kind)
    assert rows.rows or faults
