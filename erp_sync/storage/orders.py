"""Orders of the plans in force, with what the floor has done of them."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from erp_sync.storage import documents, edges, record_tables, tables


@dataclass(frozen=True)
class OrderRecord:
    """An order with its routing, its jobs and its forecast.

    `completion` and `reasons` are those of version `plan` of its edge; `outlook` is what the edge
    expected of it last, as its fact has it; `promises` what became of those that it named.
    """

    order: Row[Any]
    routing: Sequence[Mapping[str, Any]]
    jobs: Sequence[Row[Any]]
    completion: int | None
    reasons: list[Any]
    plan: int | None = None
    outlook: Mapping[str, Any] | None = None
    promises: Sequence[Row[Any]] = ()


def records(connection: Connection, order_id: str | None = None) -> list[OrderRecord]:
    """All orders by due date, or one."""
    order = tables.planned_order
    query = select(order).order_by(order.c.due, order.c.order_id)
    if order_id is not None:
        query = query.where(order.c.order_id == order_id)
    rows = connection.execute(query).all()
    jobs, forecasts = _jobs(connection, order_id), _forecasts(connection, order_id)
    outlooks, promises = _outlooks(connection, order_id), _promises(connection, order_id)
    routings: dict[tuple[str, str], Sequence[Mapping[str, Any]]] = {}
    found = []
    for row in rows:
        key = row.product, row.product_revision
        if key not in routings:
            routings[key] = documents.routing(connection, *key)
        completion, reasons, plan = forecasts.get(row.order_id, (None, [], None))
        expected = outlooks.get(row.order_id)
        has_finish = expected is not None and expected.get("forecast_finish") is not None
        if completion is None and has_finish:
            expected = None  # it is of a plan that is none any more
        found.append(
            OrderRecord(
                row,
                routings[key],
                jobs[row.order_id],
                completion,
                reasons,
                plan,
                expected,
                promises[row.order_id],
            )
        )
    return found


def as_of(connection: Connection) -> int | None:
    """The moment up to which all edges' facts are here; None before their first word."""
    marks = [row.watermark for row in edges.every(connection)]
    known = [mark for mark in marks if mark is not None]
    return min(known) if known and len(known) == len(marks) else None


def count(connection: Connection) -> int:
    """How many orders are planned."""
    return connection.scalar(select(func.count()).select_from(tables.planned_order)) or 0


def made(connection: Connection) -> dict[str, int]:
    """Good pieces of the operation that is furthest, of each order that is begun."""
    job = tables.job_progress
    query = select(job.c.order_id, job.c.good).where(job.c.started_at.is_not(None))
    found: dict[str, int] = {}
    for row in connection.execute(query.order_by(job.c.operation)):
        found[row.order_id] = row.good
    return found


def _jobs(connection: Connection, order_id: str | None) -> dict[str, list[Row[Any]]]:
    job = tables.job_progress
    query = select(job).order_by(job.c.operation)
    if order_id is not None:
        query = query.where(job.c.order_id == order_id)
    by_order: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        by_order[row.order_id].append(row)
    return by_order


def _forecasts(
    connection: Connection, order_id: str | None
) -> dict[str, tuple[int | None, list[Any], int]]:
    forecast = tables.forecast
    query = select(forecast)
    if order_id is not None:
        query = query.where(forecast.c.order_id == order_id)
    return {
        row.order_id: (row.completion, json.loads(row.reasons), row.plan)
        for row in connection.execute(query)
    }


def _promises(connection: Connection, order_id: str | None) -> dict[str, list[Row[Any]]]:
    """What became of the promises that orders name, as their edges said."""
    promise = record_tables.order_promise
    query = select(promise).where(promise.c.state.is_not(None)).order_by(promise.c.promise)
    if order_id is not None:
        query = query.where(promise.c.order_id == order_id)
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.order_id].append(row)
    return found


def _outlooks(connection: Connection, order_id: str | None) -> dict[str, dict[str, Any]]:
    outlook = tables.order_outlook
    query = select(outlook)
    if order_id is not None:
        query = query.where(outlook.c.order_id == order_id)
    return {row.order_id: json.loads(row.content) for row in connection.execute(query)}
