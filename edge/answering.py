"""What is asked at sync is answered by this edge's own API, in the same process.

Only what sales may do is answered so: promises. Anything else is refused, whoever asks.
"""

import re
from typing import Any, Final

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.api.routes import AFAR
from edge.link.client import Asked

MAY_BE_ASKED: Final = re.compile(
    r"POST /promises|GET /promises(\?open=(true|false))?|GET /promises/\d+"
    r"|POST /promises/\d+/(extend|shipment)|DELETE /promises/\d+"
)
REFUSED: Final = {
    "type": "urn:taktline:problem:forbidden",
    "title": "This is not answered from afar",
    "status": 403,
    "detail": "only promises are",
    "mend": "ask the edge itself",
}


class Answering:
    """Answers by the application `app`; `token` is the one that its API asks for."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(_afar(app), raise_app_exceptions=False)
        self._http = httpx.AsyncClient(
            transport=transport, base_url="http://edge/api/v1", headers=headers
        )

    async def __call__(self, asked: Asked) -> tuple[int, object]:
        """Status and JSON of the API's answer."""
        if not MAY_BE_ASKED.fullmatch(f"{asked.method} {asked.path}"):
            return 403, REFUSED
        options: dict[str, Any] = {} if asked.body is None else {"json": asked.body}
        headers = {"Idempotency-Key": asked.key}
        answer = await self._http.request(asked.method, asked.path, headers=headers, **options)
        return answer.status_code, answer.json()


def _afar(app: ASGIApp) -> ASGIApp:
    """The application, told that sync has looked whether they may who ask."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, AFAR: True}, receive, send)

    return asked
