"""Who asks, and what they may do: bearer tokens with scopes."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from erp_sync.errors import Problem
from erp_sync.principals import (
    BOOKS_WRITE,
    EDGE_PREFIX,
    PERFORMANCE_READ,
    PLAN_WRITE,
    PROMISE_WRITE,
    Principal,
    identify,
)

bearer = HTTPBearer(
    auto_error=False, description="A token of `taktline sync token`, with the call's scope"
)


def authorized(
    request: Request, credentials: HTTPAuthorizationCredentials | None, scope: str
) -> Principal:
    """The principal of a request; raises Problem: 401 without a token, 403 without the scope."""
    principals: Sequence[Principal] = request.app.state.service.config.principals
    principal = identify(principals, credentials.credentials) if credentials else None
    if principal is None:
        raise Problem(
            401,
            "unauthorized",
            "Who are you?",
            "the token is unknown" if credentials else "there is no bearer token",
            "send `Authorization: Bearer TOKEN`; the file company.toml lists the tokens' hashes",
            headers={"www-authenticate": "Bearer"},
        )
    if scope not in principal.scopes:
        raise Problem(
            403,
            "forbidden",
            "This is not yours to do",
            f"{principal.name} lacks the scope {scope}",
            f"add {scope!r} to the scopes of {principal.name} in company.toml, or use its token",
        )
    return principal


def requires(scope: str) -> Callable[..., Awaitable[Principal]]:
    """A dependency that lets only principals with `scope` pass."""

    async def principal_of(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    ) -> Principal:
        return authorized(request, credentials, scope)

    return principal_of


async def edge_principal(
    request: Request,
    edge_id: str,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> Principal:
    """A dependency for an edge's own calls: scope `edge:{id}`, and the edge is known."""
    principal = authorized(request, credentials, EDGE_PREFIX + edge_id)
    if edge_id not in request.app.state.service.config.edges:
        raise Problem(
            404,
            "not-found",
            "There is no such edge",
            f"edge {edge_id!r} is not in company.toml",
            f"add [[edge]] id = {edge_id!r} to company.toml and start the sync service again",
        )
    return principal


Planner = Annotated[Principal, Depends(requires(PLAN_WRITE))]
Reader = Annotated[Principal, Depends(requires(PERFORMANCE_READ))]
Seller = Annotated[Principal, Depends(requires(PROMISE_WRITE))]
Bookkeeper = Annotated[Principal, Depends(requires(BOOKS_WRITE))]
EdgePrincipal = Annotated[Principal, Depends(edge_principal)]
