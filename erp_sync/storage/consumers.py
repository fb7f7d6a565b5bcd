"""What consumers of the feed did with its items, and their own books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from erp_sync.storage import facts, tables
from erp_sync.storage.changes import upsert

acknowledgement = tables.acknowledgement
GROUPINGS = ("hour", "shift", "order")
FACTS = "fact"


@dataclass(frozen=True)
class Acknowledgement:
    """What a consumer did with the item at a position of a feed."""

    grouping: str
    position: int
    status: str
    document: str
    reason: str


def places(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """(grouping, position) of feed items by id; unknown ids are left out."""
    found: dict[str, tuple[str, int]] = {}
    by_edge: dict[str, dict[tuple[int, int], str]] = {}
    for id_ in ids:
        head, _, last = id_.rpartition("/")
        if not (last.isascii() and last.isdigit()):
            continue
        edge_id, _, epoch = head.rpartition("/")
        if head in GROUPINGS:
            if _group_exists(connection, head, int(last)):
                found[id_] = head, int(last)
        elif edge_id and epoch.isascii() and epoch.isdigit():
            by_edge.setdefault(edge_id, {})[int(epoch), int(last)] = id_
    for edge_id, keys in by_edge.items():
        known = facts.positions(connection, edge_id, list(keys))
        found |= {keys[key]: (FACTS, position) for key, position in known.items() if key in keys}
    return found


def acknowledge(
    connection: Connection, consumer: str, items: Sequence[Acknowledgement], now: int
) -> int:
    """Keep acknowledgements; how many were new or changed."""
    changed = [item for item in items if _known(connection, consumer, item) != item]
    rows = [{"consumer": consumer, "at": now, **vars(item)} for item in changed]
    upsert(connection, acknowledgement, rows, ("status", "document", "reason", "at"))
    furthest: dict[str, int] = {}
    for item in items:
        furthest[item.grouping] = max(item.position, furthest.get(item.grouping, 0))
    for grouping, position in furthest.items():
        _advance(connection, consumer, grouping, position, now)
    return len(changed)


def names(connection: Connection) -> list[str]:
    """All consumers that have acknowledged or sent books."""
    consumer, book = tables.consumer, tables.book
    query = select(consumer.c.name).union(select(book.c.consumer))
    return sorted(connection.scalars(query))


def put_book(
    connection: Connection,
    consumer: str,
    day: str,
    after: tuple[str, int],
    lines: Mapping[tuple[str, int], tuple[int, int]],
    now: int,
) -> None:
    """Put a day's books in the place of what was there; `after` is (grouping, position)."""
    book, line = tables.book, tables.book_line
    row = {"consumer": consumer, "day": day, "grouping": after[0], "after": after[1], "at": now}
    upsert(connection, book, [row], ("grouping", "after", "at"))
    connection.execute(delete(line).where(line.c.consumer == consumer, line.c.day == day))
    rows = [
        {
            "consumer": consumer,
            "day": day,
            "order_id": order,
            "operation": operation,
            "good": good,
            "scrap": scrap,
        }
        for (order, operation), (good, scrap) in lines.items()
    ]
    upsert(connection, line, rows, ("good", "scrap"))


def rejections(connection: Connection, consumer: str) -> list[tuple[str, int, str]]:
    """(grouping, position, reason) of items that the consumer refused."""
    query = select(
        acknowledgement.c.grouping, acknowledgement.c.position, acknowledgement.c.reason
    ).where(acknowledgement.c.consumer == consumer, acknowledgement.c.status == "rejected")
    rows = connection.execute(query.order_by(acknowledgement.c.position))
    return [(row.grouping, row.position, row.reason) for row in rows]


def _group_exists(connection: Connection, grouping: str, position: int) -> bool:
    item = tables.grouped_item
    query = select(item.c.position).where(item.c.grouping == grouping, item.c.position == position)
    return connection.scalar(query) is not None


def _known(connection: Connection, consumer: str, item: Acknowledgement) -> Acknowledgement | None:
    query = select(*(acknowledgement.c[name] for name in Acknowledgement.__dataclass_fields__))
    row = connection.execute(
        query.where(
            acknowledgement.c.consumer == consumer,
            acknowledgement.c.grouping == item.grouping,
            acknowledgement.c.position == item.position,
        )
    ).one_or_none()
    return Acknowledgement(*row) if row else None


def _advance(connection: Connection, consumer: str, grouping: str, position: int, now: int) -> None:
    table = tables.consumer
    query = select(table.c.position).where(table.c.name == consumer, table.c.grouping == grouping)
    reached = max(position, connection.scalar(query) or 0)
    row = {"name": consumer, "grouping": grouping, "position": reached, "at": now}
    upsert(connection, table, [row], ("position", "at"))
