"""Sheets as people make them: any order of columns, two languages, blanks, merged cells."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from erp_sync.errors import Problem
from erp_sync.planfiles.headers import COLUMNS, FIELDS, HEAD, plain
from tests.unit.erp_sync.planfiles.books import HEADER, XLSX, book, faults, judged, taken

pytestmark = pytest.mark.usefixtures("read_here")
DUE = "2026-06-10 14:00"
ROW = ("WO1", "HINGE-60", "A", 800, DUE)


def orders(*rows: Any, header: Any = HEADER, **query: str) -> Any:
    return taken(book([header, *rows]), XLSX, **query).orders


def test_the_order_of_the_columns_is_free_in_two_languages() -> None:
    english = ("Due Date", "Qty (pcs)", "Item", "Rev.", "Work Order", "Sold-to")
    chinese = ("交期", "数量（件）", "料号", "版本", "工单号", "客户名称")
    row = (date(2026, 6, 10), 800, "HINGE-60", "A", "WO1", "ACME")
    wanted = {
        "due": "2026-06-11T00:00:00+02:00",
        "quantity": 800,
        "product": "HINGE-60",
        "product_revision": "A",
        "id": "WO1",
        "customer": "ACME",
    }
    assert orders(row, header=english) == orders(row, header=chinese) == [wanted]


def test_what_stands_above_the_table_is_the_plans_head() -> None:
    top: list[list[Any]] = [
        ["Month plan of the hall"],
        ["计划版本", 7],
        [None, "From", date(2026, 6, 1)],
        [],
    ]
    sent = taken(book([*top, ["to", "30.06.2026"], HEADER, ROW]), XLSX, revision="next")
    assert not sent.faults
    assert sent.head == {
        "revision": 7,
        "from": "2026-06-01T00:00:00+02:00",
        "to": "2026-07-01T00:00:00+02:00",
    }


def test_a_file_and_its_query_do_not_contradict_each_other() -> None:
    data = book([["schedule", "2026-05"], ["revision", 7], HEADER, ROW])
    assert faults(taken(data, XLSX)) == {
        "Plan!B1 (schedule)": "2026-05",
        "Plan!B2 (revision)": "7",
    }


def test_a_schedule_named_for_a_month_is_of_that_month() -> None:
    head = taken(book([HEADER, ROW]), XLSX, id_="2026-12").head
    assert head["from"] == "2026-12-01T00:00:00+01:00"
    assert head["to"] == "2027-01-01T00:00:00+01:00"
    assert "from" not in taken(book([HEADER, ROW]), XLSX, id_="JUNE").head


def test_blank_rows_headings_and_sums_are_no_orders() -> None:
    def merge(_made: Any, sheet: Any) -> None:
        sheet.merge_range(1, 0, 1, 4, "Line 1 一号线")

    rows = [HEADER, [], ROW, [], ["WO2", *ROW[1:]], ["Total", None, None, "1,600.00"]]
    sent = taken(book(rows, then=merge), XLSX)
    assert [one["id"] for one in sent.orders] == ["WO1", "WO2"]
    assert not sent.faults
    assert list(sent.notes) == [
        "Plan!A2 is a heading and was left aside: Line 1 一号线",
        "Plan!6 is a sum and was left aside",
    ]
    rows[-1][3] = 1500  # type: ignore[index]
    assert faults(taken(book(rows, then=merge), XLSX)) == {"Plan!D6 (quantity)": "1500"}


def test_merged_cells_of_a_column_are_the_value_of_each_row() -> None:
    def merge(_made: Any, sheet: Any) -> None:
        sheet.merge_range(1, 1, 2, 1, "HINGE-60")
        sheet.merge_range(1, 3, 2, 3, 800)

    rows = [HEADER, ["WO1", None, "A", None, DUE], ["WO2", None, "A", None, DUE]]
    sent = taken(book(rows, then=merge), XLSX)
    assert [one["product"] for one in sent.orders] == ["HINGE-60", "HINGE-60"]
    assert faults(sent) == {"Plan!D2 (quantity)": "800", "Plan!D3 (quantity)": "800"}


def test_every_fault_is_told_once_by_sheet_and_cell() -> None:
    """Of the file, of the values, of what contradicts the store: all of it at once."""

    def broken(_made: Any, sheet: Any) -> None:
        sheet.write_formula("F5", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D6", "=Z99", None, "#REF!")

    header = (*HEADER, "Customer", "Remark", None)
    rows = [
        header,
        ["WO1", "HINGE-60", "A", "1,200", "6/5/2026"],
        ["WO1", "HINJE", "A", 0, "10.06.2026", "ACME", "urgent", "stray"],
        [4711, "HINGE-60", "Z", 12.5, True],
        ["WO 4", "HINGE-60", date(2026, 1, 2), 5, 46203, None],
        [None, "HINGE-60", "A", None, "2026-05-31", None, None, None, "far"],
    ]
    sent = taken(book(rows, then=broken), XLSX, **{"from": "1.6.2026", "to": "30.6.2026"})
    with pytest.raises(Problem) as refused:
        judged(sent)
    told = [(one.place, one.value) for one in refused.value.errors]
    assert len({*told}) == len(told)
    assert {*told} == {
        ("Plan!G1", "Remark"),
        ("Plan!H1", ""),
        ("Plan!D2 (quantity)", "1,200"),
        ("Plan!E2 (due)", "6/5/2026"),
        ("Plan!A2 (id)", "WO1"),
        ("Plan!A3 (id)", "WO1"),
        ("Plan!B3 (product)", "HINJE"),
        ("Plan!D3 (quantity)", "0"),
        ("Plan!C4 (product_revision)", "Z"),
        ("Plan!D4 (quantity)", "12.5"),
        ("Plan!E4 (due)", "TRUE"),
        ("Plan!A5 (id)", "WO 4"),
        ("Plan!C5 (product_revision)", "2026-01-02"),
        ("Plan!F5 (customer)", "#DIV/0!"),
        ("Plan!A6 (id)", "(missing)"),
        ("Plan!D6 (quantity)", "#REF!"),
        ("Plan!I1", ""),
    }


def test_missing_and_doubled_columns_are_named_once_and_not_for_each_order() -> None:
    rows = [["id", "product", "品号", "due"], *[["WO1", "HINGE-60", "HINGE-60", DUE]] * 50]
    sent = taken(book(rows), XLSX)
    assert [(one.place, one.value) for one in sent.faults] == [
        ("Plan!C1", "品号"),
        ("Plan!1", "product_revision"),
        ("Plan!1", "quantity"),
    ]
    with pytest.raises(Problem) as refused:
        judged(sent)
    assert "(missing)" not in {one.value for one in refused.value.errors}


def test_an_unknown_column_is_told_what_was_meant_and_may_be_left_aside() -> None:
    header, row = (*HEADER, "Custmer", "Remark"), (*ROW, "ACME", "x")
    sent = taken(book([header, row]), XLSX)
    assert [(one.place, one.value) for one in sent.faults] == [
        ("Plan!F1", "Custmer"),
        ("Plan!G1", "Remark"),
    ]
    assert "write customer" in sent.faults[0].mend
    assert not taken(book([header, row]), XLSX, ignore="*").faults
    left = taken(book([header, row]), XLSX, ignore="remark, custmer")
    assert not left.faults
    assert left.notes == ["column Custmer was left aside", "column Remark was left aside"]


def test_several_sheets_that_look_like_a_plan_are_asked_about() -> None:
    data = book([HEADER, ROW], [HEADER, ("WO2", *ROW[1:])], [["Notes"]])
    assert faults(taken(data, XLSX)) == {"file": "Plan 1, Plan 2"}
    assert [one["id"] for one in taken(data, XLSX, sheet="Plan 2").orders] == ["WO2"]
    assert faults(taken(data, XLSX, sheet="May")) == {"query sheet": "May"}

    def hide(made: Any, _sheet: Any) -> None:
        made.worksheets()[1].hide()

    hidden = book([HEADER, ROW], [HEADER, ("WO2", *ROW[1:])], then=hide)
    assert [one["id"] for one in taken(hidden, XLSX).orders] == ["WO1"]


def test_serial_dates_without_a_format_count_as_the_workbook_says() -> None:
    for later, serial in ((False, 46203), (True, 44741)):
        data = book([HEADER, (*ROW[:4], serial)], date_1904=later)
        assert taken(data, XLSX).orders[0]["due"] == "2026-07-01T00:00:00+02:00"


def test_numbers_in_text_columns_are_what_is_shown() -> None:
    rows = [(4711, 60.0, 1, "1 200", DUE), (10**16, 1.5, True, "12", DUE)]
    sent = taken(book([HEADER, *rows]), XLSX)
    assert sent.orders[0] | {"due": ""} == {
        "id": "4711", "product": "60", "product_revision": "1", "quantity": 1200, "due": "",
    }  # fmt: skip
    assert faults(sent) == {"Plan!A3 (id)": "1e+16", "Plan!C3 (product_revision)": "TRUE"}


def test_an_unknown_option_is_named() -> None:
    assert faults(taken(book([HEADER, ROW]), XLSX, dates="german")) == {"query dates": "german"}


def test_a_header_that_is_there_again_is_no_order() -> None:
    sent = taken(book([HEADER, ROW, HEADER, ("WO2", *ROW[1:])]), XLSX)
    assert not sent.faults
    assert [one["id"] for one in sent.orders] == ["WO1", "WO2"]
    assert list(sent.notes) == ["Plan!3 is the header again and was left aside"]


def test_each_name_of_a_column_means_one_field_and_the_page_names_none_that_is_not_known() -> None:
    for table in (COLUMNS, HEAD):
        names = [plain(name) for names in table.values() for name in names]
        assert len({*names}) == len(names)
    page = (Path(__file__).parents[4] / "docs" / "plan_files.md").read_text("utf-8")
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| ")]
    told = [(cells[0].strip(), cells[2]) for cells in rows if cells[0].strip() in COLUMNS]
    assert {name for name, _ in told} == {*COLUMNS}
    for name, also in told:
        for word in re.split(r"[:;]", also)[0].split(","):
            assert FIELDS[plain(word)] == name, word


def test_a_formula_without_a_saved_value_is_told_as_one_and_not_as_missing() -> None:
    """Libraries write formulas without values: the cell is full, and nobody has worked it out."""

    def formulas(_made: Any, sheet: Any) -> None:
        sheet.write_formula("D2", "=2*150", None, None)
        sheet.write_formula("F2", '=IF(1,"","")', None, "NONE")
        sheet.write_formula("D3", "=SUM(D2:D2)", None, None)

    rows = [(*HEADER, "Customer"), ["WO1", "HINGE-60", "A", None, DUE], ["total"]]
    data = with_unsaved(book(rows, then=formulas))
    sent = taken(data, XLSX)
    (fault,) = sent.faults
    assert (fault.place, fault.value) == ("Plan!D2 (quantity)", "=2*150")
    assert "saved no value" in fault.message
    with pytest.raises(Problem) as refused:
        judged(sent)
    assert [one.place for one in refused.value.errors] == ["Plan!D2 (quantity)"]


def with_unsaved(data: bytes) -> bytes:
    """A workbook whose numbers of formulas are not saved, as openpyxl leaves them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(b"</f><v>(?:None|NONE)</v>", b"</f><v></v>", content)
            new.writestr(name, content)
    return made.getvalue()


def test_a_product_that_is_nearly_one_is_asked_for() -> None:
    sent = taken(
        book([HEADER, ["WO1", "HINJE-60", "A", 5, DUE], ["WO2", "XYZ", "A", 5, DUE]]), XLSX
    )
    with pytest.raises(Problem) as refused:
        judged(sent)
    near, far = (one.mend for one in refused.value.errors)
    assert near.startswith("did you mean HINGE-60? else have its definition sent first")
    assert far.startswith("have its definition sent first")
