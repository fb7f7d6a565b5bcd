"""The API of hour instructions (contracts, section 4; docs/planning.md)."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.reading import number, only
from edge.api.routes import answer, edge_of
from edge.domain.hours import DAY, hour_start
from edge.execution.board.instructions import listed

MOST_DAYS = 40


async def instructions(request: Request) -> Response:
    """What a work center is to make by the hour, from this hour on or in a span."""
    only(request, "from", "to")
    edge, id_ = edge_of(request), request.path_params["id"]
    center = edge.floor.work_center(id_)
    begin = hour_start(edge.floor.clock.now(), center.calendar.zone)
    start = number(request, "from", begin)
    end = number(request, "to", start + DAY)
    if not start < end <= start + MOST_DAYS * DAY:
        raise InvalidRequest(f"from={start} to={end}: from 1 us to {MOST_DAYS} days")
    edge.floor.register.reload()
    items = await asyncio.to_thread(listed, edge.floor, id_, start, end)
    return answer({"from": start, "to": end, "items": items})


ROUTES = (Route("/api/v1/work-centers/{id}/instructions", instructions),)
