"""Who may do what: principals, their scopes, and tokens of which only hashes are known."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

PLAN_WRITE = "plan:write"
PERFORMANCE_READ = "performance:read"
BOOKS_WRITE = "books:write"
PROMISE_WRITE = "promise:write"
SCOPES = (PLAN_WRITE, PERFORMANCE_READ, BOOKS_WRITE, PROMISE_WRITE)
EDGE_PREFIX = "edge:"


@dataclass(frozen=True)
class Principal:
    """Someone with a token; only the token's SHA-256 (hex) is known here."""

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
