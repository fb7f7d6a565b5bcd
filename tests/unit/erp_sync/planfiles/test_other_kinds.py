"""Files that other programs write: an ODS made by hand, an old Excel's .xls, the plan of the
examples, many merges."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlwt

from tests.unit.erp_sync.planfiles.books import HEADER, XLSX, book, faults, judged, taken

ROOT = Path(__file__).parents[4]
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLS = "application/vnd.ms-excel"
NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def cell(value: Any) -> str:
    """A cell as LibreOffice Calc writes it."""
    if isinstance(value, int):
        kind = f'office:value-type="float" office:value="{value}"'
    elif value.startswith("2026-"):
        kind = f'office:value-type="date" office:date-value="{value}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"


def ods(*rows: tuple[Any, ...]) -> bytes:
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMES}'
        ' office:version="1.2"><office:body><office:spreadsheet><table:table table:name="计划">'
        f"{lines}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
        "</manifest:manifest>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", ODS)
        packed.writestr("META-INF/manifest.xml", manifest)
        packed.writestr("content.xml", content)
    return file.getvalue()


def test_an_ods_is_read_as_an_xlsx() -> None:
    row = ("WO1", "HINGE-60", "A", 800, "2026-06-10")
    sent = taken(ods(HEADER, row, ("WO2", *row[1:4], "2026-06-10T14:30:00")), ODS)
    assert not sent.faults
    assert [one["due"] for one in sent.orders] == [
        "2026-06-11T00:00:00+02:00",
        "2026-06-10T14:30:00+02:00",
    ]
    assert sent.orders[0]["quantity"] == 800


def test_serial_dates_of_an_ods_are_asked_for() -> None:
    data = ods(HEADER, ("WO1", "HINGE-60", "A", 800, 46203))
    assert faults(taken(data, ODS)) == {"计划!E2 (due)": "46203"}
    assert taken(data, ODS, epoch="1900").orders[0]["due"] == "2026-07-01T00:00:00+02:00"


def xls(*rows: tuple[Any, ...], since_1904: bool = False, merged: str = "") -> bytes:
    """A workbook of Excel 97 (BIFF8), with real dates; `merged` is over C2:C3."""
    made = xlwt.Workbook(encoding="utf-8")
    made.dates_1904 = since_1904
    sheet = made.add_sheet("计划")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write(row, column, cell, day)
            elif cell is not None:
                sheet.write(row, column, cell)
    if merged:
        sheet.write_merge(1, 2, 2, 2, merged)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_an_xls_is_read_as_an_xlsx() -> None:
    header = ("工单号", "料号", "版本", "数量", "交期", "客户名称")
    rows = [
        header,
        ("WO1", "HINGE-60", None, 800, date(2026, 6, 10), "华东"),
        ("WO2", "BOLT-M8", None, "1 200", datetime.fromisoformat("2026-06-10T14:30"), None),
        (),
        (4711, "BOLT-M8", "B", 20, "30/06/2026", "ACME"),
    ]
    sent = taken(xls(*rows, merged="A"), XLS)
    assert not sent.faults
    assert [one.id for one in judged(sent).orders] == ["WO1", "WO2", "4711"]
    rows[1], rows[2] = (*rows[1][:2], "A", *rows[1][3:]), (*rows[2][:2], "A", *rows[2][3:])
    assert sent.orders == taken(book(rows), XLSX).orders
    assert [(one["quantity"], one["due"]) for one in sent.orders] == [
        (800, "2026-06-11T00:00:00+02:00"),
        (1200, "2026-06-10T14:30:00+02:00"),
        (20, "2026-07-01T00:00:00+02:00"),
    ]


def test_dates_of_an_xls_are_the_same_in_both_systems_and_bare_ones_are_asked_for() -> None:
    row = ("WO1", "HINGE-60", "A", 800)
    for since_1904 in (False, True):
        real = taken(xls(HEADER, (*row, date(2026, 6, 10)), since_1904=since_1904), XLS)
        assert real.orders[0]["due"] == "2026-06-11T00:00:00+02:00", since_1904
    bare = xls(HEADER, (*row, 46203))
    assert faults(taken(bare, XLS)) == {"计划!E2 (due)": "46203"}
    assert taken(bare, XLS, epoch="1900").orders[0]["due"] == "2026-07-01T00:00:00+02:00"
    assert taken(bare, XLS, epoch="1904").orders[0]["due"] == "2030-07-02T00:00:00+02:00"


def test_faults_of_an_xls_are_named_by_sheet_and_cell() -> None:
    sent = taken(xls(HEADER, ("WO1", "HINGE-60", "A", "1,200", date(2026, 6, 10))), XLS)
    assert faults(sent) == {"计划!D2 (quantity)": "1,200"}
    # Half of a file, and one that says of itself what it is not.
    for data in (xls(HEADER)[:2000], xls(HEADER)[:512] + bytes(4096)):
        assert [one.place for one in taken(data, XLS).faults] == ["file"]


def test_the_month_plan_of_the_examples_is_read_without_a_fault() -> None:
    data = (ROOT / "examples" / "hardware_plant" / "month_plan.csv").read_bytes()
    sent = taken(data)
    assert not sent.faults
    assert len(sent.orders) == len(data.splitlines()) - 1
    # In an Excel workbook with real dates it is the same plan.
    rows = [line.split(",") for line in data.decode().splitlines()]
    assert taken(book(rows), XLSX).orders == sent.orders


def test_thousands_of_merged_cells_are_read_in_one_pass() -> None:
    """It took time by the square of them: two minutes for 10,000."""

    def merge(_made: Any, sheet: Any) -> None:
        for top in range(1, 4001, 2):
            sheet.merge_range(top, 2, top + 1, 2, "A")

    rows = [(f"WO{number}", "HINGE-60", None, 1, "2026-06-10") for number in range(4000)]
    sent = taken(book([HEADER, *rows], then=merge), XLSX)
    assert {one["product_revision"] for one in sent.orders} == {"A"}
    assert not sent.faults
