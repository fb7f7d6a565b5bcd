"""A file of a month plan and its query as a schedule that can be judged."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from edge.domain.faults import Fault
from erp_sync.masterdata.intake import NEXT, ScheduleInput
from erp_sync.masterdata.schedules import OF_HEAD
from erp_sync.planfiles.cells import File
from erp_sync.planfiles.csv_text import read_csv
from erp_sync.planfiles.dates import NotADate
from erp_sync.planfiles.headers import REQUIRED
from erp_sync.planfiles.numbers import NotWhole
from erp_sync.planfiles.options import NAMES, Options
from erp_sync.planfiles.reading import Sheet, read_head, read_plan
from erp_sync.planfiles.workbook import read_workbook

Read = Callable[[bytes, Options], File]
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Content type -> how its sheets are read.
KINDS: Mapping[str, Read] = {
    CSV: read_csv,
    XLSX: read_workbook,
    "application/vnd.ms-excel.sheet.macroenabled.12": read_workbook,
    "application/vnd.ms-excel": read_workbook,
    "application/vnd.oasis.opendocument.spreadsheet": read_workbook,
}
HEAD = ("revision", "from", "to")
MONTH = re.compile(r"(\d{4})-(\d{2})")


def schedule_of(
    read: Read, data: bytes, id_: str, query: Mapping[str, str], zone: ZoneInfo
) -> ScheduleInput:
    """What a file and the query beside it say, with every fault that they have themselves."""
    options, faults = Options.of(query, zone)
    sheet = read_plan(read(data, options), options)
    faults += sheet.faults
    head = _head(sheet, query, options, faults)
    if (said := sheet.head.get("schedule", id_)) != id_:
        mend = f"send it as operations-schedules/{said}, or mend the cell"
        faults.append(Fault(sheet.head_places["schedule"], said, f"is not {id_}", mend))
    _month(head, sheet, id_, zone)
    without = [name for name in REQUIRED if _is_missing(sheet, name)]
    judged = sheet.judged | {(at, name) for at in range(len(sheet.orders)) for name in without}
    judged |= {(OF_HEAD, name) for name in sheet.head_places if name not in sheet.head}
    return ScheduleInput(
        head,
        list(sheet.orders),
        sheet.place,
        tuple(faults),
        judged=judged,
        notes=sheet.notes,
        based_on=based_on if isinstance(based_on := sheet.head.get("based_on"), int) else None,
    )


def _is_missing(sheet: Sheet, name: str) -> bool:
    return any(
        fault.value == name and fault.message == "the column is missing" for fault in sheet.faults
    )


def _head(
    sheet: Sheet, query: Mapping[str, str], options: Options, faults: list[Fault]
) -> dict[str, Any]:
    """Revision and span: of the query or of the file, which must not contradict each other."""
    head: dict[str, Any] = {
        name: value for name, value in query.items() if name not in (*HEAD, *NAMES)
    }
    for name in HEAD:
        inside = sheet.head.get(name)
        if name in query:
            said = _said(name, query[name], options)
            head[name] = said
            if inside is None or inside == said:
                continue
            if said == NEXT:
                head[name] = inside
            elif inside != NEXT:
                message = f"the query says {query[name]}"
                fault = Fault(sheet.head_places[name], str(inside), message, "say it once")
                faults.append(fault)
        elif inside is not None:
            head[name] = inside
    return head


def _said(name: str, text: str, options: Options) -> Any:
    """A value of the query; as it is where it means nothing, so that it is told so."""
    try:
        return read_head(name, text, options, None)
    except (NotWhole, NotADate):
        return text


def _month(head: dict[str, Any], sheet: Sheet, id_: str, zone: ZoneInfo) -> None:
    """A schedule that is named for a month, and says no span, is of that month."""
    found = MONTH.fullmatch(id_)
    if not found or not 1 <= int(found[2]) <= 12:
        return
    if {"from", "to"} & {*head, *sheet.head_places}:
        return
    first = date(int(found[1]), int(found[2]), 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    options = Options(zone=zone)
    for name, day in (("from", first), ("to", last)):
        try:
            head[name] = read_head(name, day, options, None)
        except NotADate:
            return
