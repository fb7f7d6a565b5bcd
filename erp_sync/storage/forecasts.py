"""When orders will be finished, by the plan that the floor works to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from erp_sync.storage import tables
from erp_sync.storage.changes import upsert

MOST_AT_ONCE = 500
OUTLOOK = ("edge_id", "plan", "made_at", "no_finish", "content")
COLUMNS = ("edge_id", "plan", "completion", "due", "tardiness_s", "reasons")


def replace_with(
    connection: Connection, edge_id: str, plan: int, orders: Sequence[Mapping[str, Any]]
) -> None:
    """Put a released plan's forecasts in the place of the edge's earlier ones."""
    forecast = tables.forecast
    connection.execute(delete(forecast).where(forecast.c.edge_id == edge_id))
    rows = [
        {
            "order_id": order["id"],
            "edge_id": edge_id,
            "plan": plan,
            "completion": order.get("completion"),
            "due": order.get("due"),
            "tardiness_s": order.get("tardiness_s") or 0,
            "reasons": json.dumps(order.get("reasons") or []),
        }
        for order in orders
    ]
    upsert(connection, forecast, rows, COLUMNS)
    outlook = tables.order_outlook
    done = {str(order["id"]) for order in orders if order.get("completion") is not None}
    told = select(outlook.c.order_id, outlook.c.no_finish).where(outlook.c.edge_id == edge_id)
    # What had a finish and has none now, or none and has one now, is not so any more.
    _drop(connection, [id_ for id_, never in connection.execute(told) if never == (id_ in done)])


def put_outlooks(connection: Connection, edge_id: str, orders: Sequence[Mapping[str, Any]]) -> None:
    """Keep what an edge expects of orders, each in the place of what it said before.

    Of one of which it says no finish, nor why there is none, nothing is expected any more.
    """
    rows = [
        {
            "order_id": order["id"],
            "edge_id": edge_id,
            "plan": order["plan"],
            "made_at": order["made_at"],
            "no_finish": int(order.get("forecast_finish") is None),
            "content": json.dumps(order),
        }
        for order in orders
    ]
    upsert(connection, tables.order_outlook, rows, OUTLOOK)
    gone = [one for one in orders if one.get("forecast_finish") is None and not one.get("unmade")]
    _drop(connection, [str(one["id"]) for one in gone])


def _drop(connection: Connection, orders: Sequence[str]) -> None:
    outlook = tables.order_outlook
    for some in batched(orders, MOST_AT_ONCE):
        connection.execute(delete(outlook).where(outlook.c.order_id.in_(some)))


def batched(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The items, at most so many at once."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
