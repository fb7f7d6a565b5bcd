"""`POST /upkeep/{work}` and `GET /upkeep`: long work on the store, begun and watched."""

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.reading import Action, only, read
from edge.api.routes import answer, edge_of
from edge.domain.sentences import say
from edge.execution.errors import InvalidAction

WORKS = ("archive", "rebuild")


class Upkeep(Action):
    keep_days: int | None = None


async def begin(request: HttpRequest) -> Response:
    """202 once it is begun, with what `GET /upkeep` shows; a repetition begins nothing twice."""
    body, _ = await read(request, Upkeep)
    work = request.path_params["work"]
    if work not in WORKS:
        fault = {"place": "path", "value": work, "mend": f"one of: {', '.join(WORKS)}"}
        raise InvalidRequest(f"no work {work!r}", [fault])
    if body.keep_days is not None and body.keep_days < 0:
        fault = {"place": "keep_days", "value": str(body.keep_days), "mend": "0 or more"}
        raise InvalidRequest("keep_days is below 0", [fault])
    edge = edge_of(request)
    under_way = edge.upkeep.view()
    if not edge.upkeep.begin(work, body.keep_days) and under_way["work"] != work:
        raise InvalidAction(
            say(
                "upkeep.under_way",
                "{work} is under way",
                "ask again once it is done",
                work=under_way["work"],
            )
        )
    return answer(edge.upkeep.view(), 202)


async def show(request: HttpRequest) -> Response:
    """The last work: its name, state (none, running, done, failed), how far it is, and why not."""
    only(request)
    return answer(edge_of(request).upkeep.view())


ROUTES = (
    Route("/api/v1/upkeep", show),
    Route("/api/v1/upkeep/{work}", begin, methods=["POST"]),
)
