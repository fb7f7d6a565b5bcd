"""The edge's ASGI application: routes, errors and who may ask."""

import hmac

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.api import (
    board,
    figures,
    genealogy,
    instructions,
    jobs,
    judging,
    keeping,
    lots_made,
    maintenance,
    orders,
    people,
    plan_chart,
    plans,
    promises,
    quality,
    restating,
    routes,
    stops,
    supposing,
    upkeep,
    writing,
)
from edge.api.context import Edge
from edge.api.problems import HANDLERS, problem
from edge.api.segments import Segments

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
# The rooms' own calls come first: `{action}` of a job order would take theirs.
ROOM_ROUTES: tuple[Route, ...] = (
    *board.ROUTES,
    *figures.ROUTES,
    *genealogy.ROUTES,
    *instructions.ROUTES,
    *lots_made.ROUTES,
    *maintenance.ROUTES,
    *orders.ROUTES,
    *keeping.ROUTES,
    *people.ROUTES,
    *plan_chart.ROUTES,
    *plans.ROUTES,
    *promises.ROUTES,
    *supposing.ROUTES,
    *quality.ROUTES,
    *restating.ROUTES,
    *stops.ROUTES,
    *upkeep.ROUTES,
)
ROUTES = (
    *ROOM_ROUTES,
    Route("/api/v1/work-centers", routes.work_centers),
    Route("/api/v1/work-centers/{id}/board", routes.show_board),
    Route("/api/v1/work-centers/{id}/acknowledge", routes.acknowledge, methods=["POST"]),
    Route("/api/v1/job-orders", routes.job_orders),
    Route("/api/v1/job-orders/{id}/scrap", routes.scrap, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/approve", jobs.approve, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/quantities", judging.report_quantities, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/{action}", routes.change_job, methods=["POST"]),
    Route("/api/v1/reasons", routes.reasons),
    *jobs.ROUTES,
    Route("/api/v1/facts/{seq:fact}", judging.show_fact),
    Route("/api/v1/facts/{seq:fact}/corrections", judging.correct, methods=["POST"]),
    Route("/api/v1/quarantines", judging.quarantines),
    Route("/api/v1/quarantines/{id:fact}/release", judging.release, methods=["POST"]),
    Route("/api/v1/quarantines/{id:fact}/discard", judging.discard, methods=["POST"]),
    Route("/api/v1/status", routes.status),
    Route("/api/v1/devices/{id}/tags/{tag}", writing.write_tag, methods=["POST"]),
    Route("/api/v1/devices", routes.devices),
    Route("/api/v1/configuration/reload", routes.reload, methods=["POST"]),
    Route("/api/v1/events", routes.event_stream),
    Route("/healthz", routes.healthz),
    Route("/readyz", routes.readyz),
    Route("/metrics", routes.metrics),
)


def application(edge: Edge) -> ASGIApp:
    """The API over a running edge."""
    app = Starlette(routes=ROUTES, exception_handlers=HANDLERS, middleware=[Middleware(Segments)])
    app.state.edge = edge
    return Guard(app, edge.token) if edge.token else app


class Guard:
    """Bearer token on all but health and readiness."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            return await self._app(scope, receive, send)
        given = dict(scope["headers"]).get(b"authorization", b"")
        if hmac.compare_digest(given, self._expected):
            return await self._app(scope, receive, send)
        refusal = problem(
            401, "token", "A token is needed", scope["path"], "send Authorization: Bearer TOKEN"
        )
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return await refusal(scope, receive, send)
