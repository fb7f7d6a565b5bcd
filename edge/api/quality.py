"""The API of quality (contracts, section 4; docs/quality.md)."""

from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.reading import Action, Judgement, only, read, truth
from edge.api.routes import answer, committed, edge_of
from edge.domain.quality.records import Hold
from edge.execution.desk import Asked
from edge.execution.quality.holds import Placing
from edge.execution.quality.room import Quality


class HoldPlaced(Action):
    scope: str
    target: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    interrupts: bool = False


def quality_of(request: Request) -> Quality:
    """The quality room of the edge."""
    return edge_of(request).rooms.quality


async def holds(request: Request) -> Response:
    """Holds, those that are on, released ones, or all."""
    only(request, "open")
    found = quality_of(request).reader.holds(open_=truth(request, "open"))
    return answer({"items": [hold_view(one) for one in found]})


async def place_hold(request: Request) -> Response:
    """Put a hold on a lot, a job order, a product, a work center or a gauge."""
    body, key = await read(request, HoldPlaced)
    placing = Placing(
        scope=body.scope, target=body.target, reason=body.reason.strip(), interrupts=body.interrupts
    )
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        return committed(await quality.holds.place(placing, asked))


async def release_hold(request: Request) -> Response:
    """Release a hold; never by who placed it."""
    body, key = await read(request, Judgement)
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await quality.holds.release(id_, body.note, asked))


def hold_view(hold: Hold) -> dict[str, Any]:
    """A hold as the API shows it."""
    return {**vars(hold), "interrupts": bool(hold.interrupts)}


ROUTES = (
    Route("/api/v1/quality/holds", holds),
    Route("/api/v1/quality/holds", place_hold, methods=["POST"]),
    Route("/api/v1/quality/holds/{id:int}/release", release_hold, methods=["POST"]),
)
