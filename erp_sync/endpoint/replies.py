"""JSON answers, and the service behind a request."""

from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request, Response

from erp_sync.service import Service


async def service_of(request: Request) -> Service:
    """The service that a request came to; async, so that no thread is asked for it."""
    service: Service = request.app.state.service
    return service


Sync = Annotated[Service, Depends(service_of)]


def json_reply(value: Any, status: int = 200) -> Response:
    """An answer that nobody may keep."""
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(value), status, headers, "application/json")
