"""The API of the board's hours and of calls for help (contracts, section 4; docs/board.md)."""

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.reading import LONGEST_NOTE, Action, only, read, truth
from edge.api.routes import answer, committed, edge_of, known
from edge.execution.board.hours import call_view
from edge.execution.desk import Asked


class Cause(Action):
    reason: str
    note: str = Field("", max_length=LONGEST_NOTE)
    version: int | None = None


class Signature(Action):
    version: int
    note: str = Field("", max_length=LONGEST_NOTE)


class Unsigning(Action):
    version: int
    note: str = Field(min_length=1, max_length=LONGEST_NOTE, pattern=r"\S")


class Call(Action):
    work_center: str
    topic: str
    note: str = Field("", max_length=LONGEST_NOTE)


class Word(Action):
    note: str = Field("", max_length=LONGEST_NOTE)


async def cause(request: Request) -> Response:
    """Say why an hour fell behind."""
    body, key = await read(request, Cause)
    edge = edge_of(request)
    known(edge, "stop", body.reason)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    id_, hour = request.path_params["id"], request.path_params["hour"]
    with edge.under_way.work_on(key):
        return committed(await edge.rooms.board.cause(id_, hour, body.reason, body.note, asked))


async def sign(request: Request) -> Response:
    """Sign an hour with its figures of now."""
    body, key = await read(request, Signature)
    edge = edge_of(request)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    id_, hour = request.path_params["id"], request.path_params["hour"]
    with edge.under_way.work_on(key):
        return committed(await edge.rooms.board.sign(id_, hour, body.note, asked))


async def unsign(request: Request) -> Response:
    """Take the signature of an hour back."""
    body, key = await read(request, Unsigning)
    edge = edge_of(request)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    id_, hour = request.path_params["id"], request.path_params["hour"]
    with edge.under_way.work_on(key):
        return committed(await edge.rooms.board.unsign(id_, hour, body.note, asked))


async def calls(request: Request) -> Response:
    """Calls for help, those that are open, closed ones, or all."""
    only(request, "work_center", "open")
    edge = edge_of(request)
    if (wanted := request.query_params.get("work_center")) is not None:
        edge.floor.work_center(wanted)
    found = edge.rooms.board.reader.andon_calls(wanted, open_=truth(request, "open"))
    return answer({"items": [call_view(one) for one in found]})


async def call(request: Request) -> Response:
    """Call for help."""
    body, key = await read(request, Call)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        done = await edge.rooms.board.call(body.work_center, body.topic, body.note, asked)
        return committed(done)


async def acknowledge(request: Request) -> Response:
    """Say that somebody comes."""
    body, key = await read(request, Word)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.rooms.board.acknowledge(id_, body.note, asked))


async def close(request: Request) -> Response:
    """Say that the help was given."""
    body, key = await read(request, Word)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        return committed(await edge.rooms.board.close(request.path_params["id"], body.note, asked))


HOUR = "/api/v1/work-centers/{id}/hours/{hour:hour}"
ROUTES = (
    Route(f"{HOUR}/cause", cause, methods=["POST"]),
    Route(f"{HOUR}/sign", sign, methods=["POST"]),
    Route(f"{HOUR}/unsign", unsign, methods=["POST"]),
    Route("/api/v1/andon", calls),
    Route("/api/v1/andon", call, methods=["POST"]),
    Route("/api/v1/andon/{id:fact}/acknowledge", acknowledge, methods=["POST"]),
    Route("/api/v1/andon/{id:fact}/close", close, methods=["POST"]),
)
