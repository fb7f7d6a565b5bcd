"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) as grids, read in a process of their own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from edge.domain.faults import Fault
from erp_sync.planfiles.cells import Broken, Cell, File, Grid
from erp_sync.planfiles.headers import header_row
from erp_sync.planfiles.options import Options

TIME_LIMIT_S = 60
COMMAND = (sys.executable, "-m", "erp_sync.planfiles.apart")


def read_workbook(data: bytes, options: Options) -> File:
    """The sheet that holds the plan: the one that is named, or the only one with a header."""
    try:
        found = json.loads(ask(data))
    except ValueError:
        found = {}
    if "sheets" not in found:
        message, mend = found.get("fault") or (
            "cannot be read: it asks for too much memory or time, or is damaged",
            "copy the plan into a new workbook and save that",
        )
        return File(faults=[Fault("file", "", message, mend)])
    grids = [_grid(one, options.epoch or found["epoch"]) for one in found["sheets"]]
    visible = [not one["hidden"] for one in found["sheets"]]
    return _chosen(grids, visible, options.sheet)


def ask(data: bytes) -> bytes | str:
    """What the process answers (JSON); nothing where it was ended or took too long."""
    try:
        done = subprocess.run(
            COMMAND, input=data, capture_output=True, timeout=TIME_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""


def _chosen(grids: Sequence[Grid], visible: Sequence[bool], said: str) -> File:
    if said:
        named = [one for one in grids if one.name == said]
        if named:
            return File(grids=named)
        names = ", ".join(one.name for one in grids)
        return File(faults=[Fault("query sheet", said, "no such sheet", f"write one of: {names}")])
    plans = [
        one
        for one, shown in zip(grids, visible, strict=True)
        if shown and header_row(one) is not None
    ]
    if len(plans) == 1:
        return File(grids=plans)
    if plans:
        names = ", ".join(one.name for one in plans)
        mend = "say which is meant, sheet=NAME (--sheet)"
        return File(faults=[Fault("file", names, "several sheets look like a plan", mend)])
    shown = [one for one, is_shown in zip(grids, visible, strict=True) if is_shown]
    return File(grids=shown[:1])  # its missing header is told as that of any sheet


def _grid(sheet: dict[str, Any], epoch: Any) -> Grid:
    rows = [[_cell(one) for one in row] for row in sheet["rows"]]
    for row, column, text in sheet["failed"]:
        while len(rows) <= row:
            rows.append([])
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = Broken(text)
    merged = [((first[0], first[1]), (last[0], last[1])) for first, last in sheet["merged"]]
    return Grid(name=sheet["name"], rows=rows, merged=merged, epoch=int(epoch) if epoch else None)


def _cell(said: Any) -> Cell:
    if isinstance(said, list):
        kind, text = said
        if kind == "datetime":
            return datetime.fromisoformat(text)
        if kind == "date":
            return date.fromisoformat(text)
        return time.fromisoformat(text) if kind == "time" else Broken(text)
    return said if isinstance(said, str | int | float | bool) else None
