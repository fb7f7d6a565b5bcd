"""Reads one workbook in a process of its own: stdin a file, stdout its sheets as JSON.

A workbook of a few kilobytes may ask for all the memory that there is (one cell at the far
corner of a sheet), and the library then ends the process. It ends this one, whose memory
and time are bounded, and not the service.
"""

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

MEMORY = 1 << 30
CPU_S = 30
LARGEST_CELLS = 2_000_000
LARGEST_UNPACKED = 128 << 20
FAILED = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\br="([A-Z]{1,3})(\d{1,7})")(?=[^>]*\bt="e")[^>]*>'
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
# A formula without a value; one whose value is the empty text says so (t="str").
UNSAVED = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\br="([A-Z]{1,3})(\d{1,7})")(?![^>]*\bt="str")[^>]*(?<!/)>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class Unreadable(Exception):
    """Why a workbook cannot be read, and what would mend it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.message, self.mend = message, mend


def read(data: bytes) -> dict[str, Any]:
    """{epoch, sheets: [{name, hidden, rows, merged, failed}]}; raises Unreadable."""
    epoch, failed = _marks(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [_sheet(book, one, failed) for one in book.sheets_metadata]
    except PasswordError:
        raise Unreadable("is locked with a password", "save it without one") from None
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(f"is no workbook that can be read: {error}", "save it anew") from None
    return {"epoch": epoch, "sheets": sheets}


def _sheet(book: CalamineWorkbook, about: Any, failed: Mapping[str, Any]) -> dict[str, Any]:
    found = book.get_sheet_by_name(about.name)
    if found.total_height * found.total_width > LARGEST_CELLS:
        raise Unreadable(
            f"sheet {about.name} reaches to row {found.total_height}, column {found.total_width}",
            "delete the empty rows and columns behind the plan, and save it anew",
        )
    return {
        "name": about.name,
        "hidden": about.visible is not SheetVisibleEnum.Visible,
        "rows": _rows(found.to_python(skip_empty_area=False)),
        "merged": found.merged_cell_ranges or [],
        "failed": failed.get(about.name, []),
    }


def _rows(found: list[list[Any]]) -> list[list[Any]]:
    """Blank rows as empty lists, and none behind the last that holds something."""
    rows = [[_cell(one) for one in row] if any(map(_is_said, row)) else [] for row in found]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _is_said(cell: Any) -> bool:
    return cell != "" and not (isinstance(cell, str) and cell.isspace())


def _cell(cell: Any) -> Any:
    """A number, a text and a truth as they are; [kind, text] of what JSON does not have."""
    if isinstance(cell, datetime):
        return ["datetime", cell.isoformat()]
    if isinstance(cell, date):
        return ["date", cell.isoformat()]
    if isinstance(cell, time):
        return ["time", cell.isoformat()]
    if isinstance(cell, timedelta):
        return ["span", str(cell)]
    return cell


def _marks(data: bytes) -> tuple[int | None, dict[str, list[Any]]]:
    """Of an XLSX: what its serial dates count from, and the cells whose formulas failed.

    The library gives neither; a failed formula looks like an empty cell there.
    """
    if not data.startswith(b"PK"):
        return None, {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > LARGEST_UNPACKED:
                raise Unreadable("is too large when it is unpacked", "save only the plan's sheet")
            if "xl/workbook.xml" not in packed.namelist():
                return None, {}
            book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
            failed = {name: [*_failed(packed.read(path))] for name, path in _paths(packed, book)}
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, EOFError, OSError) as error:
        raise Unreadable(f"is no workbook that can be read: {error}", "save it anew") from None
    told = [one.get("date1904", "0") for one in book.iter() if one.tag.endswith("}workbookPr")]
    return (1904 if told and told[0] in ("1", "true", "on") else 1900), failed


def _paths(packed: zipfile.ZipFile, book: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Each sheet's name and where it lies in the package."""
    relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): str(one.get("Target")) for one in relations}
    there = {*packed.namelist()}
    for one in book.iter():
        if one.tag.endswith("}sheet"):
            target = targets.get(one.get(RELATION) or one.get(STRICT), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in there:
                yield str(one.get("name")), path


def _failed(sheet: bytes) -> Iterator[list[Any]]:
    """[row, column, text] of each cell whose formula failed or has no value, from 0."""
    unsaved = ((*place, b"=" + text) for *place, text in UNSAVED.findall(sheet))
    for letters, row, text in chain(FAILED.findall(sheet), unsaved):
        column = 0
        for letter in letters:
            column = column * 26 + letter - ord("A") + 1
        yield [int(row) - 1, column - 1, text.decode("utf-8", "replace")]


def main() -> None:
    """The process: limits first, then one file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(answer(sys.stdin.buffer.read()))


def answer(data: bytes) -> str:
    """What the process says of a file: what `read` found as JSON, or `fault` with its mend."""
    try:
        found = read(data)
    except Unreadable as why:
        found = {"fault": [why.message, why.mend]}
    return json.dumps(found)


if __name__ == "__main__":
    main()
