"""The API of what-ifs (contracts, section 4)."""

from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.reading import LONGEST_NOTE, Action, only, read
from edge.api.routes import answer, edge_of
from edge.execution.desk import Asked


class WhatIf(Action):
    """Changes; with `propose` the plan that does them waits for a person's word."""

    changes: list[dict[str, Any]] = Field(min_length=1, max_length=50)
    propose: bool = False
    note: str = Field("", max_length=LONGEST_NOTE)


async def what_if(request: Request) -> Response:
    """What would change in the plan; nothing is changed."""
    body, key = await read(request, WhatIf)
    edge = edge_of(request)
    with edge.under_way.work_on(key):
        room = edge.rooms.supposing
        if not body.propose:
            return answer(await room.what_if(body.changes))
        asked = Asked(actor=body.actor, request=key)
        return answer(await room.propose(body.changes, body.note, asked), 201)


async def scenario(request: Request) -> Response:
    """What the edge has to plan now, to plan it elsewhere."""
    only(request)
    return answer(await edge_of(request).rooms.supposing.scenario())


ROUTES = (
    Route("/api/v1/plan/what-if", what_if, methods=["POST"]),
    Route("/api/v1/plan/scenario", scenario, methods=["GET"]),
)
