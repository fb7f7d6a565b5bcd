"""Job orders beside their own actions: questions to a supervisor, and time by job order."""

import asyncio

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.reading import LONGEST_NOTE, Action, number, only, read, text
from edge.api.routes import answer, committed, edge_of
from edge.domain.jobs import Choice
from edge.execution.board.jobs import question_view
from edge.execution.desk import Asked
from edge.execution.maintenance.tools import Worn
from edge.execution.orders.questions import Said
from edge.execution.orders.shares import busy_times

OPEN = {None: None, "true": True, "false": False}


class Reply(Action):
    answer: str
    note: str = Field("", max_length=LONGEST_NOTE)
    version: int | None = None


async def questions(request: Request) -> Response:
    """Questions of this edge, oldest first."""
    only(request, "open")
    said = request.query_params.get("open")
    if said not in OPEN:
        raise InvalidRequest(f"open={said!r}: true or false")
    found = edge_of(request).actions.questions.all(open_=OPEN[said])
    return answer({"items": [question_view(one) for one in found]})


async def reply(request: Request) -> Response:
    """A supervisor's answer."""
    body, key = await read(request, Reply)
    if body.answer not in set(Choice):
        mend = f"one of {', '.join(Choice)}"
        fault = {"place": "answer", "value": body.answer, "mend": mend}
        raise InvalidRequest(f"answer {body.answer!r} is none", [fault])
    edge = edge_of(request)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    said = Said(answer=Choice(body.answer), note=body.note)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.actions.questions.answer(id_, said, asked))


async def times(request: Request) -> Response:
    """What each job order of a work center was busy with, in a span of time."""
    only(request, "work_center", "from", "to")
    floor = edge_of(request).floor
    id_ = floor.work_center(text(request, "work_center")).id
    start, end = number(request, "from"), number(request, "to")
    if not start < end:
        raise InvalidRequest("from must be before to")
    intervals = await asyncio.to_thread(floor.reader.state_intervals, id_, start, end)
    first = intervals[0].opened if intervals else 0
    shared = floor.register.book.shared(id_, first)
    busy = busy_times(intervals, shared, start, min(end, floor.clock.now()))
    items = [{"job_order_id": job, "busy_us": busy[job]} for job in sorted(busy)]
    return answer({"items": items})


class SetupEnd(Action):
    version: int
    good: int = Field(0, ge=0)


class ToolChange(Action):
    work_center: str
    note: str = Field(min_length=1, max_length=LONGEST_NOTE)


async def approve(request: Request) -> Response:
    """The end of a set-up, and which of its pieces are good."""
    body, key = await read(request, SetupEnd)
    edge = edge_of(request)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.actions.approving.approve(id_, body.good, asked))


async def tools(request: Request) -> Response:
    """Tools, and how far each is."""
    only(request)
    return answer({"items": [tool_view(one) for one in edge_of(request).rooms.tools.all()]})


async def change_tool(request: Request) -> Response:
    """A tool was changed or ground."""
    body, key = await read(request, ToolChange)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        done = await edge.rooms.tools.change(id_, body.work_center, body.note, asked)
        return committed(done)


def tool_view(one: Worn) -> dict[str, object]:
    """A tool as the API shows it."""
    life = one.life
    return {
        "id": life.id,
        "strokes": one.strokes,
        "life": life.strokes,
        "warn_at": life.warn_at,
        "worn": life.worn,
        "state": one.state,
    }


ROUTES = (
    Route("/api/v1/tools", tools),
    Route("/api/v1/tools/{id}/change", change_tool, methods=["POST"]),
    Route("/api/v1/job-orders/times", times),
    Route("/api/v1/questions", questions),
    Route("/api/v1/questions/{id:fact}/answer", reply, methods=["POST"]),
)
