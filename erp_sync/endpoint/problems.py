"""Problem documents (RFC 9457) for every refusal, whoever made it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from edge.domain.faults import Fault
from erp_sync.errors import Problem, StoreUnavailable
from erp_sync.masterdata.faults import fault_of

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:taktline:problem:"
DOCS = "look the call up in /docs or docs/sync.md"
# Refusals of the framework: status -> (kind, title, mend).
FRAMEWORK: Mapping[int, tuple[str, str, str]] = {
    400: ("bad-request", "The request cannot be read", "send a well-formed HTTP request"),
    404: ("not-found", "There is no such thing", DOCS),
    405: ("method-not-allowed", "This cannot be done here", DOCS),
    413: ("too-large", "The body is too large", "send it in smaller parts"),
}
log = structlog.get_logger("sync")


def document(problem: Problem) -> dict[str, Any]:
    """The problem as a JSON object."""
    shown_as = {
        "type": TYPE + problem.kind,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "mend": problem.mend,
    }
    if problem.errors:
        shown_as["errors"] = [_fault(fault) for fault in problem.errors]
    return shown_as | dict(problem.members)


def answer(problem: Problem) -> Response:
    """The answer that carries a problem."""
    body = msgspec.json.encode(document(problem))
    headers = {"cache-control": "no-store", **problem.headers}
    return Response(body, problem.status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer all that can go wrong in `app` with problem documents."""
    handlers: Mapping[Any, Callable[[Request, Any], Awaitable[Response]]] = {
        Problem: _problem,
        StoreUnavailable: _unavailable,
        HTTPException: _framework,
        RequestValidationError: _query,
        ClientDisconnect: _gone,
        Exception: _unexpected,
    }
    for error, handler in handlers.items():
        app.add_exception_handler(error, handler)


def _fault(fault: Fault) -> dict[str, str]:
    return {
        "place": fault.place,
        "value": fault.value,
        "message": fault.message,
        "mend": fault.mend,
    }


async def _problem(_request: Request, problem: Problem) -> Response:
    return answer(problem)


async def _unavailable(_request: Request, error: StoreUnavailable) -> Response:
    log.error("store_unavailable", detail=str(error))
    return answer(
        Problem(
            503,
            "store-unavailable",
            "The store cannot be used now",
            str(error),
            "try again; if it lasts, look at the disk and the log of the sync service",
            headers={"retry-after": "2"},
        )
    )


async def _framework(request: Request, error: HTTPException) -> Response:
    fallback = ("refused", str(error.detail), DOCS)
    kind, title, mend = FRAMEWORK.get(error.status_code, fallback)
    detail = f"{request.method} {request.url.path}: {error.detail}"
    headers = dict(error.headers or {})
    return answer(Problem(error.status_code, kind, title, detail, mend, headers=headers))


async def _query(_request: Request, error: RequestValidationError) -> Response:
    faults = [fault_of(details, see="/docs") for details in error.errors()]
    detail = f"{len(faults)} fault{'s'[: len(faults) > 1]} in the request's path or query"
    title = "The request is not valid"
    return answer(Problem(422, "invalid", title, detail, "mend what errors names", faults))


async def _gone(request: Request, _error: ClientDisconnect) -> Response:
    """Whoever asked was killed or cut off in the middle of the request: nothing was done."""
    log.info("client_gone", path=request.url.path)
    return Response(status_code=400)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected", path=request.url.path, error=repr(error), exc_info=error)
    return answer(
        Problem(
            500,
            "unexpected",
            "The sync service failed",
            f"{request.method} {request.url.path}: {type(error).__name__}",
            "try again; if it happens again, send the log of the sync service to its maker",
        )
    )
