"""The API of stops and planned stops (contracts, section 4; docs/stops.md)."""

import asyncio
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.reading import LONGEST_NOTE, Action, Instant, number, only, read, text
from edge.api.routes import answer, committed, edge_of, known
from edge.domain.hours import DAY
from edge.execution.desk import Asked
from edge.execution.stops.charts import Question, chart
from edge.execution.stops.room import Window
from edge.execution.stops.views import stop_views, stretches

MOST_LEVELS = 9


class StopReason(Action):
    reason: str
    note: str = Field("", max_length=LONGEST_NOTE)
    part: Instant | None = None
    version: int | None = None


class Split(Action):
    at: Instant
    reason: str = ""
    note: str = Field("", max_length=LONGEST_NOTE)
    version: int | None = None


class Merge(Action):
    at: Instant
    version: int | None = None


class PlannedWindow(Action):
    from_: Instant = Field(alias="from")
    to: Instant
    reason: str
    note: str = Field("", max_length=LONGEST_NOTE)

    def window(self) -> Window:
        return Window(start=self.from_, end=self.to, reason=self.reason, note=self.note)


class Planned(PlannedWindow):
    work_center: str


class Cancelled(Action):
    note: str = Field("", max_length=LONGEST_NOTE)


async def stops(request: Request) -> Response:
    """Stops of a work center that touch a span of time, each with its parts."""
    only(request, "work_center", "from", "to")
    edge = edge_of(request)
    id_ = edge.floor.work_center(text(request, "work_center")).id
    now = edge.floor.clock.now()
    start, end = number(request, "from", 0), number(request, "to", now + 1)
    book, over = await asyncio.to_thread(stretches, edge.floor.reader, id_, start, end, now)
    return answer({"items": stop_views(book, over)})


async def show_pareto(request: Request) -> Response:
    """What time went where: bars by reason, class, fault, shift, day or work center."""
    only(
        request,
        *("work_center", "line", "from", "to", "by", "level", "order", "planned", "shift"),
    )
    edge = edge_of(request)
    asked, now = request.query_params, edge.floor.clock.now()
    level = number(request, "level", 0)
    if not 0 <= level <= MOST_LEVELS:
        raise InvalidRequest(f"level={level}: 0 to {MOST_LEVELS}")
    question = Question(
        work_centers=_work_centers(request),
        start=number(request, "from", now - DAY),
        end=number(request, "to", now + 1),
        by=asked.get("by", "reason"),
        level=level,
        order=asked.get("order", "time"),
        planned=asked.get("planned", "with"),
        shift=asked.get("shift", ""),
    )
    rules = edge.rooms.stops.rules
    return answer(await asyncio.to_thread(chart, edge.floor, rules, question))


def _work_centers(request: Request) -> tuple[str, ...]:
    floor = edge_of(request).floor
    if one := request.query_params.get("work_center"):
        return (floor.work_center(one).id,)
    if line := request.query_params.get("line"):
        return tuple(one.id for one in floor.line(line))
    return tuple(floor.work_centers)


async def stop_reason(request: Request) -> Response:
    """Say why a work center stood, or a part of the stop."""
    body, key = await read(request, StopReason)
    edge = edge_of(request)
    known(edge, "stop", body.reason)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    id_ = request.path_params["id"]
    with edge.under_way.work_on(key):
        done = await edge.rooms.stops.reason(id_, body.reason, body.note, asked, body.part)
        return committed(done)


async def split(request: Request) -> Response:
    """Cut a stop in two."""
    body, key = await read(request, Split)
    edge = edge_of(request)
    if body.reason:
        known(edge, "stop", body.reason)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    id_ = request.path_params["id"]
    with edge.under_way.work_on(key):
        done = await edge.rooms.stops.split(id_, body.at, body.reason, body.note, asked)
        return committed(done)


async def merge(request: Request) -> Response:
    """Join two parts of a stop again."""
    body, key = await read(request, Merge)
    edge = edge_of(request)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    with edge.under_way.work_on(key):
        return committed(await edge.rooms.stops.merge(request.path_params["id"], body.at, asked))


async def planned_stops(request: Request) -> Response:
    """Planned stops of a work center that touch a span of time."""
    only(request, "work_center", "from", "to")
    edge = edge_of(request)
    id_ = edge.floor.work_center(text(request, "work_center")).id
    now = edge.floor.clock.now()
    start, end = number(request, "from", now - DAY), number(request, "to", now + 40 * DAY)
    found = await asyncio.to_thread(edge.rooms.stops.reader.planned_stops, id_, start, end)
    items: list[dict[str, Any]] = [
        {
            "id": one.id,
            "work_center": one.equipment_id,
            "from": one.start,
            "to": one.end,
            "reason": one.reason,
            "class": one.class_ or None,
            "note": one.note,
        }
        for one in found
    ]
    return answer({"items": items})


async def plan_stop(request: Request) -> Response:
    """Tell a planned stop, ahead of time or afterwards."""
    body, key = await read(request, Planned)
    edge = edge_of(request)
    known(edge, "stop", body.reason)
    asked = Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        done = await edge.rooms.stops.plan(body.work_center, body.window(), asked)
        return committed(done)


async def change_planned(request: Request) -> Response:
    """Give a planned stop another time or reason."""
    body, key = await read(request, PlannedWindow)
    edge = edge_of(request)
    known(edge, "stop", body.reason)
    asked = Asked(actor=body.actor, request=key)
    id_ = request.path_params["id"]
    with edge.under_way.work_on(key):
        done = await edge.rooms.stops.change_planned(id_, body.window(), asked)
        return committed(done)


async def cancel_planned(request: Request) -> Response:
    """Take a planned stop back."""
    body, key = await read(request, Cancelled)
    edge = edge_of(request)
    asked = Asked(actor=body.actor, request=key)
    id_ = request.path_params["id"]
    with edge.under_way.work_on(key):
        done = await edge.rooms.stops.cancel_planned(id_, body.note, asked)
        return committed(done)


ROUTES = (
    Route("/api/v1/stops", stops),
    Route("/api/v1/stops/pareto", show_pareto),
    Route("/api/v1/stops/{id:fact}/reason", stop_reason, methods=["POST"]),
    Route("/api/v1/stops/{id:fact}/split", split, methods=["POST"]),
    Route("/api/v1/stops/{id:fact}/merge", merge, methods=["POST"]),
    Route("/api/v1/planned-stops", planned_stops),
    Route("/api/v1/planned-stops", plan_stop, methods=["POST"]),
    Route("/api/v1/planned-stops/{id:fact}/change", change_planned, methods=["POST"]),
    Route("/api/v1/planned-stops/{id:fact}/cancel", cancel_planned, methods=["POST"]),
)
