"""The three books of a production day, as the store holds them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, String, and_, cast, func, select

from erp_sync.storage import tables
from erp_sync.storage.consumers import FACTS, GROUPINGS

entry = tables.entry
item = tables.grouped_item
ack = tables.acknowledgement
Key = tuple[str, int]
Pieces = tuple[int, int]  # good, scrap
# Slot of an entry within a grouping, as the ledger's groups write it.
SLOTS: dict[str, ColumnElement[str]] = {
    "hour": cast(entry.c.hour, String),
    "shift": cast(entry.c.shift_key, String),
}


@dataclass(frozen=True)
class Posted:
    """What a consumer acknowledged as posted; `reached` only up to where its books go."""

    all: dict[Key, Pieces]
    reached: dict[Key, Pieces]
    waiting: int  # facts with pieces that it has not answered for


@dataclass(frozen=True)
class Book:
    """The consumer's own totals; `after` -1 is up to all that it acknowledged."""

    grouping: str
    after: int
    lines: dict[Key, Pieces]


def recorded(connection: Connection, day: str) -> dict[Key, Pieces]:
    """Pieces by (order, operation) as the edges' facts say."""
    query = (
        select(
            entry.c.order_id,
            entry.c.operation,
            func.sum(entry.c.good),
            func.sum(entry.c.scrap),
        )
        .where(entry.c.production_day == day)
        .group_by(entry.c.order_id, entry.c.operation)
    )
    return {
        (order, operation): (int(good), int(scrap))
        for order, operation, good, scrap in connection.execute(query)
    }


def posted(connection: Connection, day: str, consumer: str, book: Book | None) -> Posted:
    """Pieces of the day's entries by what the consumer said of the items that hold them."""
    answered: dict[tuple[int, int], str] = {}
    within: set[tuple[int, int]] = set()
    for grouping in (FACTS, *GROUPINGS):
        reach = _reach(book, grouping)
        for position, line, at, status in _answers(connection, day, consumer, grouping):
            if answered.get((position, line)) != "posted":
                answered[position, line] = status
            if reach is None or at <= reach:
                within.add((position, line))
    return _sums(connection, day, answered, within)


def booked(connection: Connection, day: str, consumer: str) -> Book | None:
    """The books that the consumer sent of the day; None if it sent none."""
    book, line = tables.book, tables.book_line
    head = connection.execute(
        select(book.c.grouping, book.c.after).where(book.c.consumer == consumer, book.c.day == day)
    ).one_or_none()
    if head is None:
        return None
    query = select(line.c.order_id, line.c.operation, line.c.good, line.c.scrap).where(
        line.c.consumer == consumer, line.c.day == day
    )
    lines = {
        (row.order_id, row.operation): (row.good, row.scrap) for row in connection.execute(query)
    }
    return Book(head.grouping, head.after, lines)


def open_shifts(connection: Connection, day: str) -> int:
    """How many shifts of the day last: have pieces and no end yet, or have a state that is on."""
    grouped, state = tables.grouped, tables.state_interval
    unsent = select(func.count()).where(
        grouped.c.grouping == "shift",
        grouped.c.slot.startswith(f"{day}|", autoescape=True),
        grouped.c.open == 1,
    )
    lasting = select(func.count()).where(state.c.production_day == day, state.c.end.is_(None))
    counted = select(
        unsent.select_from(grouped).scalar_subquery() + lasting.select_from(state).scalar_subquery()
    )
    return connection.scalar(counted) or 0


def _reach(book: Book | None, grouping: str) -> int | None:
    """Position in a feed up to which the books go; None for all of it."""
    if book is None or book.after < 0 or book.grouping != grouping:
        return None
    return book.after


def _answers(
    connection: Connection, day: str, consumer: str, grouping: str
) -> list[tuple[int, int, int, str]]:
    """(entry's position and line, item's position, status) of the day's answered entries."""
    columns = select(entry.c.position, entry.c.line, ack.c.position, ack.c.status)
    mine = and_(ack.c.consumer == consumer, ack.c.grouping == grouping)
    if grouping == FACTS:
        query = columns.join(ack, and_(mine, ack.c.position == entry.c.position))
    else:
        held = and_(
            item.c.grouping == grouping,
            item.c.edge_id == entry.c.edge_id,
            item.c.order_id == entry.c.order_id,
            item.c.operation == entry.c.operation,
            item.c.equipment_id == entry.c.equipment_id,
            item.c.covers_after < entry.c.position,
            item.c.covers_to >= entry.c.position,
        )
        if grouping in SLOTS:
            held = and_(held, item.c.slot == SLOTS[grouping])
        query = columns.join(item, held).join(ack, and_(mine, ack.c.position == item.c.position))
    rows = connection.execute(query.where(entry.c.production_day == day))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _sums(
    connection: Connection,
    day: str,
    answered: dict[tuple[int, int], str],
    within: set[tuple[int, int]],
) -> Posted:
    total: dict[Key, Pieces] = {}
    reached: dict[Key, Pieces] = {}
    waiting = set()
    for row in connection.execute(select(entry).where(entry.c.production_day == day)):
        place, key = (row.position, row.line), (row.order_id, row.operation)
        status = answered.get(place)
        if status is None:
            waiting.add(row.position)
        if status == "posted":
            total[key] = _plus(total.get(key), row.good, row.scrap)
            if place in within:
                reached[key] = _plus(reached.get(key), row.good, row.scrap)
    return Posted(total, reached, len(waiting))


def _plus(pieces: Pieces | None, good: int, scrap: int) -> Pieces:
    before = pieces or (0, 0)
    return before[0] + good, before[1] + scrap
