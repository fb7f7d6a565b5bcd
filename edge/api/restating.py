"""The API of what is known later (contracts, section 4)."""

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.reading import Judgement, read
from edge.api.routes import committed, edge_of
from edge.execution.boundaries import Move
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


ROUTES = (Route("/api/v1/work-centers/{id}/boundaries", move_boundary, methods=["POST"]),)
