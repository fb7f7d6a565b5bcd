"""When orders will be finished, by the plan that the floor works to."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete

from erp_sync.storage import tables
from erp_sync.storage.changes import upsert

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
