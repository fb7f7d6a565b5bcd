"""Files that other programs write: an ODS made by hand, the plan of the examples, many merges."""

import io
import zipfile
from pathlib import Path
from typing import Any

from tests.unit.erp_sync.planfiles.books import HEADER, XLSX, book, faults, taken

ROOT = Path(__file__).parents[4]
ODS = "application/vnd.oasis.opendocument.spreadsheet"
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
