"""Definitions and schedules by position, and the orders of the schedules in force."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from edge.domain.orders import OperationsSchedule
from erp_sync.storage import sequences, tables
from erp_sync.storage.changes import upsert

document = tables.document
order = tables.planned_order
SCHEDULE = "operations_schedule"
DEFINITION = "operations_definition"
RECEIPTS = "expected_receipts"
ORDER_COLUMNS = tuple(column.name for column in order.c if column.name != "order_id")


def find(connection: Connection, kind: str, id_: str, revision: str) -> Row[Any] | None:
    """A document by its natural key."""
    query = select(document).where(
        document.c.kind == kind, document.c.id == id_, document.c.revision == revision
    )
    return connection.execute(query).one_or_none()


def latest(connection: Connection, kind: str, id_: str) -> Row[Any] | None:
    """The last document of an id that came."""
    query = select(document).where(document.c.kind == kind, document.c.id == id_)
    return connection.execute(query.order_by(document.c.position.desc()).limit(1)).one_or_none()


def add(
    connection: Connection, kind: str, id_: str, revision: str, sha256: str, content: bytes, at: int
) -> int:
    """Add a document; its position in the downlink."""
    position = sequences.take(connection, sequences.DOCUMENTS, 1)
    row = {"kind": kind, "id": id_, "revision": revision, "sha256": sha256, "content": content}
    connection.execute(insert(document).values(position=position, at=at, **row))
    return position


def after(connection: Connection, position: int, limit: int) -> Sequence[Row[Any]]:
    """The documents after a position of the downlink."""
    query = select(document).where(document.c.position > position)
    return connection.execute(query.order_by(document.c.position).limit(limit)).all()


def is_elsewhere(connection: Connection, position: int, sha256: str) -> bool:
    """Whether an edge holds another document at `position` than was ever given out here.

    So it is when this store was put back: it knows fewer positions, or gave them out again.
    """
    if position > sequences.tip(connection, sequences.DOCUMENTS):
        return True
    query = select(document.c.sha256).where(document.c.position == position)
    known = connection.scalar(query)
    return known is not None and sha256 not in {"", known}


def give_out_anew(connection: Connection, behind: int) -> None:
    """Move all documents, in their order, behind position `behind` and all that were given out."""
    rows = connection.execute(select(document.c.position).order_by(document.c.position)).all()
    tip = sequences.tip(connection, sequences.DOCUMENTS)
    sequences.take(connection, sequences.DOCUMENTS, max(behind - tip, 0))
    first = sequences.take(connection, sequences.DOCUMENTS, len(rows))
    for at, row in enumerate(rows):
        moved = update(document).where(document.c.position == row.position)
        connection.execute(moved.values(position=first + at))


def revisions(connection: Connection) -> dict[str, list[str]]:
    """Revisions of each product that has a definition."""
    known: dict[str, list[str]] = defaultdict(list)
    query = select(document.c.id, document.c.revision).where(document.c.kind == DEFINITION)
    for row in connection.execute(query):
        known[row.id].append(row.revision)
    return known


def numbers_elsewhere(connection: Connection, schedule_id: str) -> dict[int, str]:
    """Order of each number that another schedule has given out."""
    query = select(order.c.number, order.c.order_id).where(
        order.c.schedule_id != schedule_id, order.c.number.is_not(None)
    )
    return {row.number: row.order_id for row in connection.execute(query)}


def promises_elsewhere(connection: Connection, schedule_id: str) -> dict[tuple[int, str], str]:
    """Order of each promise that another schedule names, by its product too: each edge numbers
    its own promises."""
    query = select(order.c.promise, order.c.product, order.c.order_id).where(
        order.c.schedule_id != schedule_id, order.c.promise.is_not(None)
    )
    return {(row.promise, row.product): row.order_id for row in connection.execute(query)}


def elsewhere(connection: Connection, schedule_id: str, ids: Sequence[str]) -> dict[str, str]:
    """The other schedule that has an order now, of those of these orders that one has."""
    query = select(order.c.order_id, order.c.schedule_id).where(order.c.schedule_id != schedule_id)
    wanted = {*ids}
    return {
        row.order_id: row.schedule_id for row in connection.execute(query) if row.order_id in wanted
    }


def replace_orders(connection: Connection, schedule: OperationsSchedule) -> None:
    """Put the orders of a schedule's new revision in the place of its old ones.

    An order that another schedule had, an unfinished one carried over, moves here.
    """
    ids = [one.id for one in schedule.orders]
    old = or_(order.c.schedule_id == schedule.id, order.c.order_id.in_(ids))
    connection.execute(delete(order).where(old))
    rows = [
        {
            "order_id": one.id,
            "schedule_id": schedule.id,
            "number": one.number,
            "product": one.product,
            "product_revision": one.product_revision,
            "quantity": one.quantity,
            "release": one.release,
            "due": one.due,
            "customer": one.customer,
            "priority": one.priority,
            "promise": one.promise,
        }
        for one in schedule.orders
    ]
    upsert(connection, order, rows, ORDER_COLUMNS)


def routing(connection: Connection, product: str, revision: str) -> list[Mapping[str, Any]]:
    """Operations of a product's revision, by seq; none if it has no definition."""
    row = find(connection, DEFINITION, product, revision)
    operations = json.loads(row.content)["operations"] if row else []
    return sorted(operations, key=lambda operation: int(operation["seq"]))
