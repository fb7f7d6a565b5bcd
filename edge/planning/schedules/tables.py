"""Schedules as text for people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from edge.planning.views.words import Words, hours_of

Json = dict[str, Any]
Row = tuple[str, ...]
HOUR_S, MINUTE_S = 3600, 60
WORDS = Words()
NO_SINGLE = "no single constraint: `plan why` says more"
NOT_LOOKED_FOR = "not looked for: the search was ended"


def schedule_text(schedule: Json) -> str:
    """Hours by work center, orders with reasons, capacity and objective."""
    parts = [
        table(("hour", "work center", "order", "op", "pieces", "set-up", ""), _hours(schedule)),
        table(("order", "done", "due", "late by", "late pieces", "why"), _orders(schedule)),
        table(("work center", "needed h", "available h", "short h"), _capacity(schedule)),
    ]
    names = (
        ("weighted tardiness", "weighted_tardiness_s"),
        ("set-up", "setup_s"),
        ("makespan", "makespan_s"),
    )
    said = (f"{name} {hours_of(schedule['objective'][key])} h" for name, key in names)
    return "\n\n".join([*parts, ", ".join(said)])


def table(head: Row, rows: Iterable[Row]) -> str:
    """Columns as wide as their widest cell."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _hours(schedule: Json) -> Iterator[Row]:
    by_center: dict[str, list[Json]] = defaultdict(list)
    for row in schedule["hours"]:
        by_center[row["work_center"]].append(row)
    for center, rows in sorted(by_center.items()):
        for row in rows:
            setup = _lasting(row["setup_s"])
            marks = ", ".join(WORDS(one) for one in ("frozen", "unchecked") if row.get(one))
            pieces, seq = str(row["quantity"]), str(row["seq"])
            yield (_local(row), center, row["order"], seq, pieces, setup, marks)


def _local(row: Json) -> str:
    """Date and label of an hour: its offset tells the local date."""
    offset = datetime.strptime(row["label"], "%H:%M%z").tzinfo
    return f"{datetime.fromisoformat(row['hour']).astimezone(offset):%Y-%m-%d} {row['label']}"


def _orders(schedule: Json) -> Iterator[Row]:
    unexplained = set(schedule.get("unexplained", ()))
    for order in schedule["orders"]:
        late = _lasting(order["tardiness_s"])
        pieces = str(order["late_quantity"]) if order["late_quantity"] else ""
        why = "; ".join(map(WORDS.reason, order["reasons"]))
        why = why or (NO_SINGLE if order["tardiness_s"] else "")
        why = NOT_LOOKED_FOR if order["id"] in unexplained else why
        done, due = _when(order["completion"], "done before"), _when(order["due"], "")
        yield (order["id"], done, due, late, pieces, why)


def _lasting(seconds: int) -> str:
    """Minutes rounded up below an hour, then hours; nothing for none."""
    if seconds >= HOUR_S:
        return f"{hours_of(seconds)} h"
    return f"{-(-seconds // MINUTE_S)} min" if seconds else ""


def _when(said: str | None, none: str) -> str:
    """2026-06-08 14:00, of the clock that it is written with."""
    return f"{datetime.fromisoformat(said):%Y-%m-%d %H:%M}" if said else none


def _capacity(schedule: Json) -> Iterator[Row]:
    for row in schedule["capacity"]:
        needed, available = hours_of(row["required_s"]), hours_of(row["available_s"])
        short = hours_of(row["short_s"]) if row["short_s"] else ""
        yield (row["work_center"], needed, available, short)
