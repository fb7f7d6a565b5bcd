"""When orders will be finished, by the plan that the floor works to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from erp_sync.storage import tables
from erp_sync.storage.changes import upsert

MOST_AT_ONCE = 500
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
    kept = {str(order["id"]) for order in orders if order.get("completion") is not None}
    told = connection.scalars(select(outlook.c.order_id).where(outlook.c.edge_id == edge_id))
    gone = [one for one in told if one not in kept]
    for some in batched(gone, MOST_AT_ONCE):
        connection.execute(delete(outlook).where(outlook.c.order_id.in_(some)))


def put_outlooks(connection: Connection, edge_id: str, orders: Sequence[Mapping[str, Any]]) -> None:
    """Keep what an edge expects of orders, each in the place of what it said before."""
    rows = [
        {
            "order_id": order["id"],
            "edge_id": edge_id,
            "plan": order["plan"],
            "made_at": order["made_at"],
            "content": json.dumps(order),
        }
        for order in orders
    ]
    upsert(connection, tables.order_outlook, rows, ("edge_id", "plan", "made_at", "content"))


def batched(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The items, at most so many at once."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
