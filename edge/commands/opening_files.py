"""The opening state as a file: CSV or XLSX with headers in English or Chinese, or JSON; pure."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from edge.domain.faults import Fault

HEADERS: Mapping[str, tuple[str, ...]] = {
    "order": ("order", "订单"),
    "operation": ("operation", "工序"),
    "state": ("state", "状态"),
    "good": ("good", "合格"),
    "scrap": ("scrap", "报废"),
    "before": ("before", "在制"),
    "work_center": ("work_center", "工作中心"),
    "counter": ("counter", "计数器"),
    "value": ("value", "读数"),
}
STATES: Mapping[str, str] = {
    "": "open",
    "open": "open",
    "未完成": "open",
    "finished": "finished",
    "已完成": "finished",
}
NAMES = {name: field for field, names in HEADERS.items() for name in names}
WHOLE = frozenset({"operation", "good", "scrap", "before", "value"})
OF_A_COUNTER = frozenset({"work_center", "counter", "value"})
OF_AN_OPERATION = frozenset({"order", "operation", "state", "good", "scrap", "before"})
NEEDED: Mapping[str, tuple[str, ...]] = {
    "operation": ("order", "operation"),
    "counter": ("work_center", "counter", "value"),
}
WRITE_HEADER = f"write names out of {', '.join(names[0] for names in HEADERS.values())}"


@dataclass(frozen=True)
class Rows:
    """The rows of a file as the edge's API takes them, and the hash of what they say.

    `apart`: the orders of rows that cannot be read, "" where not even their order can.
    """

    rows: Sequence[Mapping[str, Any]]
    sha256: str
    apart: frozenset[str] = frozenset()

    @property
    def sound(self) -> Sequence[Mapping[str, Any]]:
        """The rows that can be judged while others cannot be read: none of their orders."""
        if "" in self.apart:
            return [row for row in self.rows if "order" not in row]
        return [row for row in self.rows if row.get("order") not in self.apart]


def read_opening(data: bytes, kind: str) -> tuple[Rows, list[Fault]]:
    """The rows of a file and every fault of it, by row and column as the file has them.

    `kind` is a name of READERS, which are what a file's name ends in.
    """
    try:
        found = list(READERS[kind](data))
    except UnicodeDecodeError as error:
        return _nothing(f"byte {error.start}", "is not UTF-8", "save it as CSV UTF-8")
    except (ValueError, RecursionError, csv.Error, CalamineError) as error:
        return _nothing("file", f"cannot be read: {error}", "save it anew")
    faults: list[Fault] = []
    rows: list[Mapping[str, Any]] = []
    apart: set[str] = set()
    for number, raw, columns in found:
        row, wrong = _row(number, raw, columns)
        faults += wrong
        if wrong and not OF_A_COUNTER & set(raw):
            apart.add(str(raw.get("order", "")))
        if row:
            rows.append({"row": number, **row})
    if not rows and not faults:
        return _nothing("file", "has no row", "write a row for each operation that was begun")
    said = [{name: value for name, value in row.items() if name != "row"} for row in rows]
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Rows(rows, hashlib.sha256(canonical.encode()).hexdigest(), frozenset(apart)), faults


def _nothing(place: str, message: str, mend: str) -> tuple[Rows, list[Fault]]:
    return Rows((), ""), [Fault(place, "", message, mend)]


Raw = tuple[int, Mapping[str, Any], Mapping[str, str]]  # row, values, columns as the file has them


def _of_csv(data: bytes) -> Iterator[Raw]:
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return _of_table(list(csv.reader(text, strict=True)))


def _of_xlsx(data: bytes) -> Iterator[Raw]:
    """The first sheet, as text; a number in a cell is a float, whatever it looks like."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    return _of_table([[_cell(one) for one in row] for row in sheet.to_python()])


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _of_table(rows: Sequence[Sequence[str]]) -> Iterator[Raw]:
    header = [name.strip() for name in rows[0]] if rows else []
    columns = {NAMES.get(name, name): name for name in header}
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            cells = [*row, *[""] * (len(header) - len(row))]
            values = {
                NAMES.get(name, name): cell.strip()
                for name, cell in zip(header, cells, strict=False)
            }
            if len(row) > len(header):
                values["more"] = ",".join(row[len(header) :])
            yield number, {k: v for k, v in values.items() if v}, columns


def _of_json(data: bytes) -> Iterator[Raw]:
    content = json.loads(data.decode("utf-8-sig"))
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise ValueError("it is no list of objects")
    for number, one in enumerate(content, start=1):
        values = {NAMES.get(name, name): value for name, value in one.items()}
        yield number, {k: v for k, v in values.items() if v is not None}, {}


READERS: Mapping[str, Callable[[bytes], Iterator[Raw]]] = {
    ".csv": _of_csv,
    ".xlsx": _of_xlsx,
    ".json": _of_json,
}


def _row(
    number: int, raw: Mapping[str, Any], columns: Mapping[str, str]
) -> tuple[dict[str, Any], list[Fault]]:
    faults: list[Fault] = []

    def fault(field: str, what: str, mend: str) -> None:
        place = f"row {number}, {columns.get(field, field)}"
        faults.append(Fault(place, str(raw.get(field, "")), what, mend))

    row: dict[str, Any] = {}
    for field, value in raw.items():
        if field not in HEADERS:
            fault(field, "unknown column", WRITE_HEADER)
        elif field == "state":
            if (said := STATES.get(str(value))) is None:
                fault(field, "no such state", "write finished (已完成) or open (未完成)")
            else:
                row[field] = said
        elif field in WHOLE:
            if (number_ := _whole(value)) is None:
                fault(field, "is no whole number", "write for example 120")
            else:
                row[field] = number_
        else:
            row[field] = str(value)
    kind = "counter" if OF_A_COUNTER & set(raw) else "operation"
    for field in NEEDED[kind]:
        if field not in raw:
            fault(
                field,
                "is missing",
                f"a row of {'a counter' if kind == 'counter' else 'an operation'} needs it",
            )
    if kind == "counter" and (other := OF_AN_OPERATION & set(raw)):
        fault(sorted(other)[0], "does not belong to a counter", "write it in a row of its own")
    return ({} if faults else row), faults


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    text = str(value)
    return (
        int(text) if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() else None
    )
