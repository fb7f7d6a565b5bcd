"""Schedules as text for people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

Json = dict[str, Any]
Row = tuple[str, ...]
NOT_LOOKED_FOR = "not looked for: the search was ended"


def schedule_text(schedule: Json) -> str:
    """Hours by work center, orders with reasons, capacity and objective."""
    parts = [
        table(("hour", "work center", "order", "op", "pieces", "set-up s", ""), _hours(schedule)),
        table(("order", "done", "due", "late by", "late pieces", "why"), _orders(schedule)),
        table(("work center", "needed s", "available s", "short s"), _capacity(schedule)),
    ]
    objective = schedule["objective"]
    parts.append(
        f"weighted tardiness {objective['weighted_tardiness_s']} s, "
        f"set-up {objective['setup_s']} s, makespan {objective['makespan_s']} s"
    )
    return "\n\n".join(parts)


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
            setup = str(row["setup_s"]) if row["setup_s"] else ""
            frozen = "frozen" if row["frozen"] else ""
            pieces, seq = str(row["quantity"]), str(row["seq"])
            yield (_local(row), center, row["order"], seq, pieces, setup, frozen)


def _local(row: Json) -> str:
    """Date and label of an hour: its offset tells the local date."""
    offset = datetime.strptime(row["label"], "%H:%M%z").tzinfo
    return f"{datetime.fromisoformat(row['hour']).astimezone(offset):%Y-%m-%d} {row['label']}"


def _orders(schedule: Json) -> Iterator[Row]:
    unexplained = set(schedule.get("unexplained", ()))
    for order in schedule["orders"]:
        late = f"{order['tardiness_s']} s" if order["tardiness_s"] else ""
        pieces = str(order["late_quantity"]) if order["late_quantity"] else ""
        why = "; ".join(_reason(reason) for reason in order["reasons"])
        why = NOT_LOOKED_FOR if order["id"] in unexplained else why
        done, due = order["completion"] or "done before", order["due"] or ""
        yield (order["id"], done, due, late, pieces, why)


def _reason(reason: Json) -> str:
    names = ", ".join(
        f"{name} {value}" for name, value in reason.items() if name not in ("type", "relaxed")
    )
    return f"{reason['type']} ({names}; without it {reason['relaxed']})"


def _capacity(schedule: Json) -> Iterator[Row]:
    for row in schedule["capacity"]:
        needed, available = str(row["required_s"]), str(row["available_s"])
        yield (row["work_center"], needed, available, str(row["short_s"]) if row["short_s"] else "")
