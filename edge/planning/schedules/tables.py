"""Schedules as text for people, in English and Chinese."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from edge.planning.views.terminal import wide
from edge.planning.views.words import Words, hours_of

Json = dict[str, Any]
Row = tuple[str, ...]
HOUR_S, MINUTE_S = 3600, 60
HOURS = ("hour", "center", "order", "step", "pieces", "setup")
ORDERS = ("order", "done", "due", "late_by", "late_pieces", "why")
CAPACITY = ("center", "needed", "available", "short")
OBJECTIVE = {
    "weighted_tardiness_s": "weighted_tardiness_s",
    "setup_s": "setup_sum",
    "makespan_s": "makespan",
}


def schedule_text(schedule: Json, words: Words) -> str:
    """Hours by work center, orders with reasons, capacity and objective."""
    parts = [
        table((*head(words, HOURS), ""), _hours(schedule, words)),
        table(head(words, ORDERS), _orders(schedule, words)),
        table(head(words, CAPACITY), _capacity(schedule)),
    ]
    objective = schedule["objective"]
    said = (words(name, hours=hours_of(objective[key])) for key, name in OBJECTIVE.items())
    return "\n\n".join([*parts, words("comma").join(said)])


def head(words: Words, columns: Iterable[str]) -> Row:
    """What stands above columns."""
    return tuple(words(f"table_{one}") for one in columns)


def table(head: Row, rows: Iterable[Row]) -> str:
    """Columns as wide as their widest cell."""
    lines = [head, *rows]
    widths = [max(wide(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - wide(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _hours(schedule: Json, words: Words) -> Iterator[Row]:
    by_center: dict[str, list[Json]] = defaultdict(list)
    for row in schedule["hours"]:
        by_center[row["work_center"]].append(row)
    for center, rows in sorted(by_center.items()):
        for row in rows:
            setup = _lasting(row["setup_s"], words)
            marks = ", ".join(words(one) for one in ("frozen", "unchecked") if row.get(one))
            pieces, seq = str(row["quantity"]), str(row["seq"])
            yield (_local(row), center, row["order"], seq, pieces, setup, marks)


def _local(row: Json) -> str:
    """Date and label of an hour: its offset tells the local date."""
    offset = datetime.strptime(row["label"], "%H:%M%z").tzinfo
    return f"{datetime.fromisoformat(row['hour']).astimezone(offset):%Y-%m-%d} {row['label']}"


def _orders(schedule: Json, words: Words) -> Iterator[Row]:
    unexplained = set(schedule.get("unexplained", ()))
    for order in schedule["orders"]:
        late = _lasting(order["tardiness_s"], words)
        pieces = str(order["late_quantity"]) if order["late_quantity"] else ""
        why = "; ".join(map(words.reason, order["reasons"]))
        why = why or (words("ask_why") if order["tardiness_s"] else "")
        why = words("not_looked_for") if order["id"] in unexplained else why
        done = _when(order["completion"], words("done_before"))
        due = _when(order["due"], "")
        yield (order["id"], done, due, late, pieces, why)


def _lasting(seconds: int, words: Words) -> str:
    """Minutes rounded up below an hour, then hours; nothing for none."""
    if seconds >= HOUR_S:
        return words("in_hours", hours=hours_of(seconds))
    return words("in_minutes", minutes=-(-seconds // MINUTE_S)) if seconds else ""


def _when(said: str | None, none: str) -> str:
    """2026-06-08 14:00, of the clock that it is written with."""
    return f"{datetime.fromisoformat(said):%Y-%m-%d %H:%M}" if said else none


def _capacity(schedule: Json) -> Iterator[Row]:
    for row in schedule["capacity"]:
        needed, available = hours_of(row["required_s"]), hours_of(row["available_s"])
        short = hours_of(row["short_s"]) if row["short_s"] else ""
        yield (row["work_center"], needed, available, short)
