"""Hour instructions as rows: in a packed plan, and as what is in force.

What holds for all hours of an operation is a sheet that is kept once, by its hash: a
product's papers stand in thousands of hours.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from edge.domain.instructions import BLANK, SetUp, Sheet, sheet_from, sheet_key, sheet_text
from edge.domain.orders import HourInstruction

INSERT = (
    "INSERT INTO hour_instruction (work_center, hour, label, order_id, operation, quantity,"
    " setup_s, begun, scrap, change, sheet, position, plan)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_SHEET = "INSERT OR IGNORE INTO instruction_sheet (hash, content) VALUES (?, ?)"
READ = (
    "SELECT plan, work_center, hour, label, order_id AS 'order', operation, quantity, setup_s,"
    " begun, scrap, change, sheet, content FROM hour_instruction LEFT JOIN instruction_sheet"
    " ON hash = sheet WHERE work_center = ? AND hour >= ? AND hour < ? ORDER BY hour, position"
)
NONE_UNFROZEN: Mapping[str, int] = {}
Placed = tuple[int, HourInstruction]
PLAIN = (
    *("work_center", "hour", "label", "order", "operation"),
    *("quantity", "setup_s", "begun", "scrap"),
)
_plain = attrgetter(*PLAIN)


class Sheets:
    """Texts of sheets by hash, each made once however many hours have it."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._keys: dict[int, tuple[Sheet, str]] = {}

    def key(self, sheet: Sheet) -> str:
        """The hash of a sheet; empty for one that says nothing."""
        known = self._keys.get(id(sheet))
        if known is None:
            if sheet == BLANK:
                return ""
            text = sheet_text(sheet)
            known = self._keys[id(sheet)] = (sheet, sheet_key(text))
            self.texts[known[1]] = text
        return known[1]


def packed(instructions: Sequence[HourInstruction]) -> dict[str, Any]:
    """Instructions of one plan as JSON: rows of values, and the sheets that they name."""
    sheets = Sheets()
    rows = [_row(one, sheets) for one in instructions]
    contents = {key: json.loads(text) for key, text in sheets.texts.items()}
    return {"columns": [*PLAIN, "change", "sheet"], "rows": rows, "sheets": contents}


def unpacked(plan: int, content: Any) -> tuple[HourInstruction, ...]:
    """The instructions of a packed plan, also of one that was packed as objects."""
    return tuple(one for _, one in placed(plan, content))


def placed(plan: int, content: Any) -> list[Placed]:
    """The same with their places in the whole plan, of which some may have been left out."""
    if isinstance(content, list):
        return [(place, HourInstruction(**fields)) for place, fields in enumerate(content)]
    sheets = {key: sheet_from(one) for key, one in content["sheets"].items()}
    places = content.get("places") or range(len(content["rows"]))
    return [
        (place, _read(dict(zip(content["columns"], row, strict=True)), plan, sheets))
        for place, row in zip(places, content["rows"], strict=True)
    ]


def in_short(plan: int, content: Any, kept: Collection[tuple[int, str, int]]) -> dict[str, Any]:
    """A packed plan with the instructions alone whose hour, work center and place are in `kept`.

    All sheets stay: they are kept for ever where instructions name them, once they did.
    """
    rows = [
        (place, one)
        for place, one in placed(plan, content)
        if (one.hour, one.work_center, place) in kept
    ]
    short = packed([one for _, one in rows])
    sheets = {} if isinstance(content, list) else content["sheets"]
    return {**short, "places": [place for place, _ in rows], "sheets": sheets | short["sheets"]}


def keep_sheets(conn: sqlite3.Connection, content: Any) -> None:
    """Store all sheets of a packed plan."""
    if not isinstance(content, list):
        texts = {key: sheet_text(sheet_from(one)) for key, one in content["sheets"].items()}
        conn.executemany(INSERT_SHEET, texts.items())


def bring_into_force(
    conn: sqlite3.Connection,
    valid_from: int,
    instructions: Iterable[Placed],
    unfrozen: Mapping[str, int] = NONE_UNFROZEN,
) -> None:
    """Replace what is instructed from `valid_from` on, and of `unfrozen` work centers from their
    own moment on; earlier hours stay as they were."""
    conn.execute("DELETE FROM hour_instruction WHERE hour >= ?", (valid_from,))
    for center, since in unfrozen.items():
        conn.execute(
            "DELETE FROM hour_instruction WHERE work_center = ? AND hour >= ?", (center, since)
        )
    coming = [
        (place, one)
        for place, one in instructions
        if one.hour >= min(valid_from, unfrozen.get(one.work_center, valid_from))
    ]
    sheets = Sheets()
    rows = ((*_row(one, sheets), position, one.plan) for position, one in coming)
    conn.executemany(INSERT, rows)
    conn.executemany(INSERT_SHEET, sheets.texts.items())


def _row(one: HourInstruction, sheets: Sheets) -> tuple[Any, ...]:
    return (*_plain(one), _change(one), sheets.key(one.sheet))


def in_force(rows: Sequence[sqlite3.Row]) -> list[HourInstruction]:
    """The instructions of rows of READ."""
    sheets = {
        row["sheet"]: sheet_from(json.loads(row["content"])) for row in rows if row["content"]
    }
    return [
        _read({name: row[name] for name in (*PLAIN, "change", "sheet")}, row["plan"], sheets)
        for row in rows
    ]


def _read(values: dict[str, Any], plan: int, sheets: Mapping[str, Sheet]) -> HourInstruction:
    change, sheet = values.pop("change"), values.pop("sheet")
    return HourInstruction(
        plan=plan,
        change=SetUp(**json.loads(change)) if change else None,
        sheet=sheets.get(sheet, BLANK),
        **values,
    )


def _change(one: HourInstruction) -> str:
    return "" if one.change is None else _change_text(one.change)


@lru_cache(maxsize=4096)
def _change_text(change: SetUp) -> str:
    """A plan has a set-up between two families many times."""
    return json.dumps(vars(change), ensure_ascii=False, separators=(",", ":"))
