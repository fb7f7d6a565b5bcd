"""The plan in force with what is needed to draw it (contracts, section 4; docs/plan_views.md)."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.context import Edge
from edge.api.reading import only
from edge.api.routes import answer, edge_of
from edge.domain.calendars import WorkCalendar, compile_calendar
from edge.domain.clock import parse_time
from edge.domain.hours import DAY
from edge.domain.outlook import Outlook
from edge.domain.recording import ReleasedPlan
from edge.execution.dispatch.late import late_orders

Json = dict[str, Any]
MOST_DAYS = 400  # of working time; a plan that reaches further is cut there


async def chart(request: Request) -> Response:
    """Schedule in force, working time of the work centers, products and families of the orders."""
    only(request)
    edge = edge_of(request)
    edge.floor.register.reload()
    return answer(await asyncio.to_thread(_chart, edge))


def _chart(edge: Edge) -> Json:
    floor = edge.floor
    plan = floor.reader.plan()
    return {
        "edge_id": edge.edge_id,
        "plant_now": floor.clock.now(),
        "timezone": str(floor.zone),
        "version": None if plan is None else plan.version,
        "schedule": None if plan is None else dict(plan.schedule),
        "work_centers": [
            {"id": one.id, "name": one.name, "working": _working(one.calendar, plan)}
            for one in floor.work_centers.values()
        ],
        "orders": [] if plan is None else [*_orders(edge, plan.schedule)],
    }


def _working(calendar: WorkCalendar, plan: ReleasedPlan | None) -> list[list[int]]:
    """Working time from the day before the plan's first block to the one after its last (us)."""
    blocks = () if plan is None else plan.schedule["blocks"]
    if not blocks:
        return []
    begin = min(parse_time(one["start"]) for one in blocks) - DAY
    end = max(parse_time(one["end"]) for one in blocks) + DAY
    working = compile_calendar(calendar, begin, min(end, begin + MOST_DAYS * DAY)).working
    return [[one.start, one.end] for one in working]


def _orders(edge: Edge, schedule: Mapping[str, Any]) -> Iterator[Json]:
    data = edge.floor.register.held
    for row in schedule["orders"]:
        request = data.requests.get(row["id"])
        if request is None:
            continue
        definition = data.definitions.get((request.product, request.product_revision))
        yield {
            "id": request.id,
            "product": request.product,
            "family": definition.family if definition else "",
            "quantity": request.quantity,
            "customer": request.customer,
            "priority": request.priority,
            "expected": _expected(edge.outlooks().get(request.id)),
        }


def _expected(one: Outlook | None) -> Json | None:
    """When an order is finished as people are told, and the reasons that are proved of it: a plan
    that hours wait for has them proved when it is out."""
    if one is None:
        return None
    return {
        "finish": one.finish,
        "late_s": one.late_s,
        "reasons": [*one.reasons],
        "unexplained": one.unexplained,
    }


async def late(request: Request) -> Response:
    """Orders that are expected too late, the latest first, each with why."""
    only(request, "work_center")
    edge = edge_of(request)
    floor = edge.floor
    center = request.query_params.get("work_center")
    if center is not None:
        floor.work_center(center)
    floor.register.reload()
    return answer(await asyncio.to_thread(late_orders, floor, edge.outlooks(), center))


ROUTES = (
    Route("/api/v1/plan/chart", chart),
    Route("/api/v1/plan/late", late),
)
