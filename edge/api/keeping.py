"""The store over the API: what is known of it, copies of it, and a snapshot in its place."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.context import Edge
from edge.api.reading import Action, only, read
from edge.api.routes import answer, edge_of
from edge.domain.keeping import Keeper
from edge.domain.sentences import say
from edge.execution.errors import UnknownObject


class Copy(Action):
    target: str = ""


class Restore(Action):
    snapshot: str
    without_archives: bool = False


async def show_store(request: Request) -> Response:
    """Size, space, snapshots, restores, alarms."""
    only(request)
    keeper = _keeper(edge_of(request))
    return answer(await asyncio.to_thread(keeper.view))


async def copy_store(request: Request) -> Response:
    """A proved copy: a snapshot, or a new file on the edge's machine."""
    body, key = await read(request, Copy)
    edge = edge_of(request)
    with edge.under_way.work_on(key):
        return answer(await _keeper(edge).copy(body.target), 201)


async def restore_store(request: Request) -> Response:
    """Put a snapshot in the store's place: the edge begins anew with it."""
    body, key = await read(request, Restore)
    edge = edge_of(request)
    with edge.under_way.work_on(key):
        said = await _keeper(edge).restore(body.snapshot, body.without_archives)
        return answer(said, 202)


def _keeper(edge: Edge) -> Keeper:
    if edge.keeper is None:
        raise UnknownObject(
            say("store.no_keeper", "nobody keeps a store here", "ask the edge that does")
        )
    return edge.keeper


ROUTES = (
    Route("/api/v1/store", show_store),
    Route("/api/v1/store/copies", copy_store, methods=["POST"]),
    Route("/api/v1/store/restore", restore_store, methods=["POST"]),
)
