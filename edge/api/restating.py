"""The API of what is known later (contracts, section 4)."""

import asyncio
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.reading import Action, Judgement, number, only, read
from edge.api.routes import UNASSIGNED_DAYS, answer, committed, edge_of, known
from edge.domain.hours import DAY, hour_label
from edge.execution.assigning import Assignment
from edge.execution.boundaries import Move
from edge.execution.declaring import MadeIn, ReworkDone
from edge.execution.desk import Asked


class RawValue(BaseModel):
    """A counter's own value."""

    model_config = ConfigDict(extra="forbid", strict=True)
    tag: str
    value: int


class BoundaryMove(Judgement):
    between: list[str | None] = Field(min_length=2, max_length=2)
    at: int | None = None
    raw: RawValue | None = None
    version: int | None = None


async def move_boundary(request: Request) -> Response:
    """Where the boundary between two jobs was."""
    body, key = await read(request, BoundaryMove)
    edge = edge_of(request)
    move = Move(
        before=body.between[0],
        after=body.between[1],
        note=body.note,
        at=body.at,
        raw=(body.raw.tag, body.raw.value) if body.raw else None,
    )
    asked = Asked(actor=body.actor, request=key, version=body.version)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.rooms.boundaries.move(id_, move, asked))


class AssignmentOf(Judgement):
    job_order_id: str | None
    taken_from: str | None = None
    hour: int | None = None
    fact: int | None = None
    quantity: int | None = None
    version: int | None = None


async def unassigned(request: Request) -> Response:
    """Pieces of a work center that nobody has, count by count."""
    only(request, "since")
    edge = edge_of(request)
    since = number(request, "since", edge.floor.clock.now() - UNASSIGNED_DAYS * DAY)
    id_ = request.path_params["id"]
    found = await asyncio.to_thread(edge.rooms.assigning.unassigned, id_, since)
    zone = edge.floor.work_center(id_).calendar.zone
    return answer(
        {
            "items": [
                {
                    "fact": one.fact,
                    "hour": one.hour,
                    "label": hour_label(one.hour, zone, date=True),
                    "role": one.role,
                    "quantity": one.quantity,
                    "from": one.start,
                    "to": one.end,
                }
                for one in found
            ]
        }
    )


async def assign(request: Request) -> Response:
    """Whose pieces they are that were made without an order."""
    body, key = await read(request, AssignmentOf)
    edge = edge_of(request)
    said = Assignment(
        job=body.job_order_id,
        taken_from=body.taken_from,
        note=body.note,
        hour=body.hour,
        fact=body.fact,
        quantity=body.quantity,
    )
    asked = Asked(actor=body.actor, request=key, version=body.version)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.rooms.assigning.assign(id_, said, asked))


class Rework(Action):
    quantity: int
    reason: str
    hour: int | None = None
    day: str | None = None
    version: int | None = None


class ReworkResult(Action):
    quantity: int
    result: Literal["good", "scrap"]
    reason: str = ""
    hour: int | None = None
    day: str | None = None
    counted_as: Literal["good", "scrap"] | None = None
    rerun_hour: int | None = None
    version: int | None = None


async def rework(request: Request) -> Response:
    """Good pieces are to be reworked."""
    body, key = await read(request, Rework)
    edge = edge_of(request)
    known(edge, "scrap", body.reason)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    made = MadeIn(hour=body.hour, day=body.day)
    id_ = request.path_params["id"]
    with edge.under_way.work_on(key):
        declaring = edge.actions.declaring
        return committed(await declaring.rework(id_, body.quantity, body.reason, asked, made))


async def rework_done(request: Request) -> Response:
    """What came of pieces that were to be reworked."""
    body, key = await read(request, ReworkResult)
    edge = edge_of(request)
    if body.reason:
        known(edge, "scrap", body.reason)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    done = ReworkDone(
        quantity=body.quantity,
        result=body.result,
        reason=body.reason,
        made=MadeIn(hour=body.hour, day=body.day),
        counted_as=body.counted_as,
        rerun=MadeIn(hour=body.rerun_hour),
    )
    id_ = request.path_params["id"]
    with edge.under_way.work_on(key):
        return committed(await edge.actions.declaring.rework_done(id_, done, asked))


ROUTES = (
    Route("/api/v1/work-centers/{id}/boundaries", move_boundary, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/rework", rework, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/rework-done", rework_done, methods=["POST"]),
    Route("/api/v1/work-centers/{id}/unassigned", unassigned),
    Route("/api/v1/work-centers/{id}/assignments", assign, methods=["POST"]),
)
