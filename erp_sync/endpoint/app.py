"""The HTTP application: routes by noun, problems, limits, metrics, OpenAPI."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline

from erp_sync.endpoint import (
    alarms,
    consumers,
    definitions,
    edges,
    health,
    kpis,
    orders,
    performance,
    plan_versions,
    problems,
    promises,
    receipts,
    reconciliations,
    schedules,
    schemas,
)
from erp_sync.endpoint.limits import LARGEST_BODY, BodyLimit
from erp_sync.endpoint.measuring import Measured
from erp_sync.service import Service

ROUTERS = (
    schedules.router,
    definitions.router,
    performance.router,
    consumers.router,
    orders.router,
    plan_versions.router,
    kpis.router,
    reconciliations.router,
    alarms.router,
    edges.router,
    receipts.router,
    promises.router,
    promises.edge_router,
    health.router,
)
DESCRIPTION = (
    "What the ERP sends and polls, and what edges forward. Times are microseconds UTC in what "
    "is answered and ISO 8601 with an offset in what is written. Errors are RFC 9457 problem "
    "documents that say in `mend` what to do."
)


def make_app(service: Service, largest_body: int = LARGEST_BODY) -> FastAPI:
    """The application of an open service."""
    # A plant has no internet: the pages' scripts are served from here.
    app = FastAPIOffline(
        redoc_url=None,
        title="Taktline sync",
        version="1",
        description=DESCRIPTION,
        redirect_slashes=False,
    )
    app.state.service = service
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(BodyLimit, largest=largest_body)
    app.add_middleware(Measured, metrics=service.metrics, clock=service.clock)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        shown = made.setdefault("components", {}).setdefault("schemas", {})
        shown |= schemas.components()
        _all_problems(made)
        for unused in ("HTTPValidationError", "ValidationError"):
            shown.pop(unused, None)
        app.openapi_schema = made
    return app.openapi_schema


def _all_problems(made: dict[str, Any]) -> None:
    """The framework's own 422 is replaced by what is really answered."""
    for path in made["paths"].values():
        for operation in path.values():
            if "422" in operation["responses"]:
                operation["responses"]["422"] = schemas.problem(422)
