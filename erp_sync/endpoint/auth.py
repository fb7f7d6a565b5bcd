"""Who asks, and what they may do: bearer tokens with scopes."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from erp_sync.errors import Problem

PLAN_WRITE = "plan:write"
PERFORMANCE_READ = "performance:read"
BOOKS_WRITE = "books:write"
SCOPES = (PLAN_WRITE, PERFORMANCE_READ, BOOKS_WRITE)
EDGE_PREFIX = "edge:"
bearer = HTTPBearer(
    auto_error=False, description="A token of `taktline sync token`, with the call's scope"
)


@dataclass(frozen=True)
class Principal:
    """Someone with a token; only the token's SHA-256 is known here."""

    name: str
    token_sha256: str
    scopes: frozenset[str]


def new_token() -> tuple[str, str]:
    """A fresh token and its SHA-256 in hex."""
    token = "tl_" + secrets.token_urlsafe(32)
    return token, hashlib.sha256(token.encode()).hexdigest()


def identify(principals: Sequence[Principal], token: str) -> Principal | None:
    """The principal of a token; takes as long whoever it is."""
    offered = hashlib.sha256(token.encode()).hexdigest()
    found = None
    for principal in principals:
        if hmac.compare_digest(principal.token_sha256, offered):
            found = principal
    return found


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
Bookkeeper = Annotated[Principal, Depends(requires(BOOKS_WRITE))]
EdgePrincipal = Annotated[Principal, Depends(edge_principal)]
