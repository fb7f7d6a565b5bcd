"""A schedule's orders as CSV, with the place of every fault by row and column."""

import csv
import io
from typing import Any

from edge.domain.faults import Fault
from erp_sync.masterdata.schedules import UNREADABLE

COLUMNS = (
    "id",
    "number",
    "product",
    "product_revision",
    "quantity",
    "release",
    "due",
    "customer",
    "priority",
)
REQUIRED = ("id", "product", "product_revision", "quantity", "due")
WHOLE_NUMBERS = frozenset({"number", "quantity", "priority"})
HEADER = f"write the header {','.join(COLUMNS)}"


def read_orders(text: bytes) -> tuple[list[Any], list[Fault]]:
    """Orders as in a JSON schedule, and what is wrong with the file itself.

    Empty fields are left out. A row that cannot be told apart into columns becomes a
    fault and UNREADABLE, so that rows keep their numbers; its fields are not judged.
    """
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault(f"byte {error.start}", "", "is not UTF-8", "save the file as CSV UTF-8")
        return [], [fault]
    try:
        rows = list(csv.reader(io.StringIO(decoded, newline=""), strict=True))
    except csv.Error as error:
        line = decoded[:60].splitlines()[0] if decoded else ""
        return [], [Fault("file", line, f"is not CSV: {error}", "close every quote")]
    if not rows:
        return [], [Fault("row 1", "", "the header is missing", HEADER)]
    faults = _header_faults(rows[0])
    if faults:
        return [], faults
    return _orders(rows, faults), faults


def _header_faults(header: list[str]) -> list[Fault]:
    faults = []
    for at, name in enumerate(header, start=1):
        place = f"row 1, column {at}"
        if name not in COLUMNS:
            faults.append(Fault(place, name, "unknown column", HEADER))
        elif name in header[: at - 1]:
            faults.append(Fault(place, name, "the column is there twice", "name it once"))
    faults += [
        Fault("row 1", name, "the column is missing", HEADER)
        for name in REQUIRED
        if name not in header
    ]
    return faults


def _orders(rows: list[list[str]], faults: list[Fault]) -> list[Any]:
    header, orders = rows[0], list[Any]()
    for number, row in enumerate(rows[1:], start=2):
        if len(row) == len(header):
            orders.append(_order(dict(zip(header, row, strict=True))))
            continue
        orders.append(UNREADABLE)
        what = f"has {len(row)} columns where the header has {len(header)}"
        mend = f"write {len(header)} columns; put fields with commas in quotes"
        faults.append(Fault(f"row {number}", ",".join(row)[:60], what, mend))
    return orders


def _order(row: dict[str, str]) -> dict[str, Any]:
    return {name: _value(name, field.strip()) for name, field in row.items() if field.strip()}


def _value(name: str, field: str) -> str | int:
    digits = field[1:] if field.startswith("-") else field
    whole = name in WHOLE_NUMBERS and digits.isascii() and digits.isdigit() and len(digits) < 19
    return int(field) if whole else field
