"""Real workbooks and plans for the tests of plan files."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from erp_sync.masterdata.documents import ScheduleDocument
from erp_sync.masterdata.intake import ScheduleInput
from erp_sync.masterdata.schedules import Known, checked_schedule
from erp_sync.planfiles.taking import CSV, KINDS, schedule_of

BERLIN = ZoneInfo("Europe/Berlin")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = ("id", "product", "product_revision", "quantity", "due")
KNOWN = Known({"HINGE-60": ["A"], "BOLT-M8": ["A", "B"]})
Rows = Sequence[Sequence[Any]]


def book(*sheets: Rows, then: Callable[[Any, Any], None] | None = None, **options: Any) -> bytes:
    """A workbook; dates are real ones. `then(book, first sheet)` adds what rows cannot say."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as made:
        day = made.add_format({"num_format": "dd.mm.yyyy"})
        first = None
        for number, rows in enumerate(sheets, start=1):
            sheet = made.add_worksheet(f"Plan {number}" if len(sheets) > 1 else "Plan")
            first = first or sheet
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date | datetime):
                        sheet.write_datetime(row, column, cell, day)
                    elif cell is not None:
                        sheet.write(row, column, cell)
        if then is not None:
            then(made, first)
    return file.getvalue()


def taken(data: bytes | str, kind: str = CSV, id_: str = "2026-06", **query: str) -> ScheduleInput:
    content = data.encode() if isinstance(data, str) else data
    return schedule_of(KINDS[kind], content, id_, {"revision": "1"} | query, BERLIN)


def judged(sent: ScheduleInput, known: Known = KNOWN) -> ScheduleDocument:
    return checked_schedule(sent.head, sent.orders, known, sent.place, sent.faults, sent.judged)


def faults(sent: ScheduleInput) -> Mapping[str, str]:
    """place -> value, of the file alone."""
    assert all(one.message and one.mend for one in sent.faults)
    return {one.place: one.value for one in sent.faults}
