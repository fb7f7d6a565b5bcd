"""The API of maintenance (contracts, section 4)."""

import asyncio
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.reading import LONGEST_NOTE, Action, only, read, truth
from edge.api.routes import answer, committed, edge_of
from edge.domain.hours import DAY, HOUR
from edge.domain.maintenance import MaintenanceOrder
from edge.execution.desk import Asked
from edge.execution.errors import UnknownObject
from edge.execution.maintenance.due import Due
from edge.execution.maintenance.room import EVENTS, CarriedOver, Report
from edge.execution.wording import one_of


class WorkReport(Action):
    work_center: str
    note: str = Field("", max_length=LONGEST_NOTE)
    plan: str = ""
    stop: int | None = None


class WorkAction(Action):
    note: str = Field("", max_length=LONGEST_NOTE)


class UsedBefore(Action):
    hours: int = 0
    cycles: int = 0
    days: int = 0


async def due(request: Request) -> Response:
    """How far each maintenance plan is, the most urgent first."""
    only(request, "work_center")
    edge = edge_of(request)
    wanted = request.query_params.get("work_center")
    if wanted is not None:
        edge.floor.work_center(wanted)
    found = await asyncio.to_thread(edge.rooms.maintenance.due, wanted)
    return answer({"items": [_due_view(one) for one in found]})


async def orders(request: Request) -> Response:
    """Maintenance orders, open, closed or all."""
    only(request, "work_center", "open")
    edge = edge_of(request)
    wanted = request.query_params.get("work_center")
    if wanted is not None:
        edge.floor.work_center(wanted)
    found = edge.rooms.maintenance.reader.orders(wanted, open_=truth(request, "open"))
    return answer({"items": [_order_view(one) for one in found]})


async def report(request: Request) -> Response:
    """Somebody asks for work on a work center."""
    body, key = await read(request, WorkReport)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    said = Report(work_center=body.work_center, note=body.note, plan=body.plan, stop=body.stop)
    with edge.under_way.work_on(key):
        return committed(await edge.rooms.maintenance.report(said, asked))


async def change(request: Request) -> Response:
    """An order is begun, done or cancelled."""
    id_, action = request.path_params["id"], request.path_params["action"]
    if action not in EVENTS:
        raise UnknownObject(one_of("action", action, EVENTS))
    body, key = await read(request, WorkAction)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        return committed(await edge.rooms.maintenance.change(id_, action, body.note, asked))


async def carry_over(request: Request) -> Response:
    """What a plan had used up before the edge counted."""
    body, key = await read(request, UsedBefore)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    said = CarriedOver(running=body.hours * HOUR, cycles=body.cycles, days=body.days)
    with edge.under_way.work_on(key):
        plan = request.path_params["plan"]
        return committed(await edge.rooms.maintenance.carry_over(plan, said, asked))


def _due_view(one: Due) -> dict[str, Any]:
    plan = one.plan
    limits = {
        "hours": None if plan.hours is None else plan.hours // HOUR,
        "cycles": plan.cycles,
        "days": plan.days,
    }
    used = {
        "hours": one.used["hours"] // HOUR,
        "cycles": one.used["cycles"],
        "days": one.used["days"] // DAY,
    }
    return {
        "plan": plan.id,
        "work_center": plan.work_center,
        "en": plan.en,
        "zh": plan.zh,
        "state": one.state,
        "percent": round(one.share * 100),
        "used": {name: used[name] for name, limit in limits.items() if limit is not None},
        "limit": {name: limit for name, limit in limits.items() if limit is not None},
        "forbids": plan.forbids,
        "last_done_at": one.last.at if one.last else None,
    }


def _order_view(one: MaintenanceOrder) -> dict[str, Any]:
    return {
        "id": one.id,
        "work_center": one.equipment_id,
        "kind": one.kind,
        "plan": one.plan,
        "stop": one.stop,
        "state": one.state,
        "note": one.note,
        "reported_at": one.reported_at,
        "reported_by": one.reported_by,
        "from": one.start,
        "to": one.end,
        "done_by": one.done_by,
        "result": one.result,
    }


ROUTES = (
    Route("/api/v1/maintenance/due", due),
    Route("/api/v1/maintenance/orders", orders),
    Route("/api/v1/maintenance/orders", report, methods=["POST"]),
    Route("/api/v1/maintenance/orders/{id:fact}/{action}", change, methods=["POST"]),
    Route("/api/v1/maintenance/plans/{plan}/used", carry_over, methods=["POST"]),
)
