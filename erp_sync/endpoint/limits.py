"""No body may fill the memory: a limit on what is read, as ASGI middleware."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from erp_sync.endpoint.problems import answer
from erp_sync.errors import Problem

LARGEST_BODY = 16 * 1024 * 1024


class BodyLimit:
    """Refuses larger bodies with 413, by what they say and by what they send."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if said.isdigit() and int(said) > self.largest:
            await answer(self._too_large())(scope, receive, send)
            return
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.largest:
                raise self._too_large()
            return message

        await self.app(scope, limited, send)

    def _too_large(self) -> Problem:
        return Problem(
            413,
            "too-large",
            "The body is too large",
            f"a body may have {self.largest} bytes",
            "send it in smaller parts",
        )
