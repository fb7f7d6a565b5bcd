"""CSV as spreadsheets and ERPs write it: UTF-8, UTF-16 or GB18030; comma, semicolon or tab."""

import codecs
import csv
import io
import re
from collections.abc import Mapping

from edge.domain.faults import Fault
from erp_sync.planfiles.cells import File, Grid
from erp_sync.planfiles.headers import ENOUGH, FIELDS, LOOKED_AT, plain
from erp_sync.planfiles.options import Options

SEPARATORS: Mapping[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t"}
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAY = "save it as CSV UTF-8, or say encoding=gb18030 or encoding=windows-1252 (--encoding)"
LARGEST_FIELD = 131_072
EPOCH = None  # a CSV does not tell what its serial dates count from


FORMULA = re.compile(r"'*[=+\-@]")
MARKED = re.compile(r"'+[=+\-@]")


def marked(text: str) -> str:
    """A text that a spreadsheet does not take for a formula: `'=cmd`; reading takes it off."""
    return f"'{text}" if FORMULA.match(text) else text


def _plain(text: str) -> str:
    said = text.strip()
    return said[1:] if MARKED.match(said) else text


def read_csv(data: bytes, options: Options) -> File:
    """The one sheet of a CSV file. Rows are records, as a spreadsheet shows them."""
    try:
        text, encoding = _decoded(data, options.encoding)
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        said = options.encoding.upper() or "UTF-8"
        return File(faults=[Fault(f"byte {at}", "", f"is not {said}", SAY)])
    mark, text = _told_mark(text)
    names = [options.separator] if options.separator else [mark] if mark else [*SEPARATORS]
    found = [_rows(text, SEPARATORS[name]) for name in names]
    best = max(range(len(names)), key=lambda at: _names_in(found[at][0]))
    rows, faults = found[best]
    if mark:
        rows = [[], *rows]  # `sep=;` is the first row of the file
    told = {"encoding": encoding, "separator": names[best]}
    grid = Grid(rows=rows, epoch=EPOCH)
    return File(grids=[grid], faults=faults, options=told)


def _decoded(data: bytes, said: str) -> tuple[str, str]:
    """Text and encoding. Without a word on it GB18030 is believed where its Chinese headers are."""
    for mark, encoding in MARKS:
        if data.startswith(mark) and said in ("", encoding.removesuffix("-sig")):
            return data.decode(encoding), encoding.removesuffix("-sig")
    if said:
        return data.decode(_wide(data) if said == "utf-16" else said), said
    if b"\0" in data[:200]:
        return data.decode(_wide(data)), "utf-16"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as first:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise first from None
        if not any(_chinese_names(_rows(text, mark)[0]) for mark in SEPARATORS.values()):
            raise first from None
        return text, "gb18030"


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: in Latin text every other byte is 0."""
    return "utf-16-le" if data[1:200:2].count(0) >= data[0:200:2].count(0) else "utf-16-be"


def _told_mark(text: str) -> tuple[str, str]:
    """Excel's own first line `sep=;`, and the text behind it."""
    line, _, rest = text.partition("\n")
    for name, mark in SEPARATORS.items():
        if line.strip("\r").strip('"') == f"sep={mark}":
            return name, rest
    return "", text


def _rows(text: str, mark: str) -> tuple[list[list[str]], list[Fault]]:
    """Records; a file that breaks in the middle gives those before, and the fault."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            rows.append([_plain(cell) for cell in row])  # noqa: PERF401 - kept before a fault
    except csv.Error as error:
        mend = f"close every quote; a field has at most {LARGEST_FIELD} characters"
        return rows, [Fault(f"row {len(rows) + 1}", "", f"is not CSV: {error}", mend)]
    return rows, []


def _names_in(rows: list[list[str]]) -> int:
    """Most known names in one of the first rows."""
    return max((sum(plain(cell) in FIELDS for cell in row) for row in rows[:LOOKED_AT]), default=0)


def _chinese_names(rows: list[list[str]]) -> bool:
    return any(
        sum(plain(cell) in FIELDS and not cell.isascii() for cell in row) >= ENOUGH
        for row in rows[:LOOKED_AT]
    )
