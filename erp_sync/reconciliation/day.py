"""The reconciliation of a production day, from the store."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from erp_sync.errors import invalid
from erp_sync.inbox.local_days import day_end
from erp_sync.reconciliation.compare import Books, Finding, Pieces, Row, compare, findings
from erp_sync.storage import alarms, consumers, day_books, edges
from erp_sync.storage.alarms import AlarmRow


def chosen_consumer(connection: Connection, asked: str | None) -> str | None:
    """The consumer whose books are compared; raises Problem (422) if it is not clear."""
    if asked is not None:
        return asked
    names = consumers.names(connection)
    if len(names) > 1:
        raise invalid(
            f"there are several consumers: {', '.join(names)}",
            "say which with ?consumer=NAME",
        )
    return names[0] if names else None


def reconcile(
    connection: Connection, day: str, asked: str | None, zone: ZoneInfo, known: frozenset[str]
) -> dict[str, Any]:
    """The answer of `GET /reconciliations/{day}`; `known` are the configured edges."""
    consumer = chosen_consumer(connection, asked) or ""
    book = day_books.booked(connection, day, consumer)
    posted = day_books.posted(connection, day, consumer, book)
    books = Books(
        day_books.recorded(connection, day),
        posted.all,
        posted.reached,
        book.lines if book else None,
    )
    rows = compare(books)
    unsent = sum(row.said_seq - row.last_seq for row in edges.every(connection))
    over = _is_over(connection, day, zone, known)
    alarmed = alarms.listed(connection, is_open=True)
    found = [*findings(rows), *_others(connection, day, consumer, book is not None)]
    found += [_alarm(row) for row in alarmed]
    return {
        "day": day,
        "complete": (
            over and not unsent and not posted.waiting and not alarmed and book is not None
        ),
        "rows": [_row(row) for row in rows],
        "pieces": sum(sum(row.recorded) for row in rows),
        "difference": sum(row.difference for row in rows),
        "waiting": {"edges": unsent, "consumers": posted.waiting},
        "findings": [vars(finding) for finding in found],
    }


def _is_over(connection: Connection, day: str, zone: ZoneInfo, known: frozenset[str]) -> bool:
    """Whether nothing of the day can come any more: its shifts ended and edges are past it."""
    marks = {row.edge_id: row.watermark for row in edges.every(connection)}
    end = day_end(day, zone)
    passed = all((marks.get(edge_id) or 0) > end for edge_id in known)
    return passed and not day_books.open_shifts(connection, day)


def _others(connection: Connection, day: str, consumer: str, has_books: bool) -> list[Finding]:
    found = []
    if not has_books:
        said = f"consumer {consumer} has sent no" if consumer else "no consumer has sent"
        mend = f"send PUT /api/v1/consumers/{consumer or '{name}'}/books/{day}"
        found.append(Finding("books", f"{said} books of {day}", mend))
    found += [
        Finding(
            f"item {grouping} {position}",
            f"rejected by {consumer}: {reason}",
            "mend the reason in the consumer, then acknowledge it as posted",
        )
        for grouping, position, reason in consumers.rejections(connection, consumer)
    ]
    return found


def _alarm(row: AlarmRow) -> Finding:
    return Finding(
        f"edge {row.edge_id}",
        f"{row.kind}: {row.detail}",
        "look into it: facts of this edge were refused; then close it with "
        "PUT /api/v1/alarms/closures",
    )


def _row(row: Row) -> dict[str, Any]:
    return {
        "order": row.order or None,
        "operation": row.operation or None,
        "recorded": _pieces(row.recorded),
        "posted": _pieces(row.posted),
        "booked": _pieces(row.booked) if row.booked is not None else None,
        "difference": row.difference,
    }


def _pieces(pieces: Pieces) -> dict[str, int]:
    return {"good": pieces[0], "scrap": pieces[1]}
