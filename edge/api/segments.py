"""A slash within a segment of a path: what a label says may have one, `%2F` in the request.

A server decodes the path before it is routed (ASGI, `path`), and a slash that was encoded is then
one more segment. So encoded ones are told apart, by the path as it was sent (`raw_path`), until
the segment is taken.
"""

from typing import Any
from urllib.parse import unquote

from starlette.convertors import Convertor
from starlette.types import ASGIApp, Receive, Scope, Send

SLASH = "\uffff"  # no character (Unicode 23.7), so in nothing that is named
ENCODED = (b"%2F", b"%2f")


class Segments:
    """Hands a path on with SLASH for each slash that was encoded."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if any(one in scope.get("raw_path", b"") for one in ENCODED):
            scope = {**scope, "path": _told_apart(scope["raw_path"])}
        await self._app(scope, receive, send)


def _told_apart(raw: bytes) -> str:
    text = raw.partition(b"?")[0].decode("latin-1")
    for one in ENCODED:
        text = text.replace(one.decode(), SLASH)
    return SLASH.join(unquote(part) for part in text.split(SLASH))


class Segment(Convertor[Any]):
    """One segment, as whoever asked has named it: `{lot:segment}`."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return value.replace(SLASH, "/")

    def to_string(self, value: str) -> str:
        return value.replace("/", SLASH)
