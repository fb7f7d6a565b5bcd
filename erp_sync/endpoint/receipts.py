"""Expected receipts: confirmed purchases, which limit plans and promises by date."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from erp_sync.endpoint import schemas, wire
from erp_sync.endpoint.auth import Planner
from erp_sync.endpoint.media import json_body
from erp_sync.endpoint.replies import Sync
from erp_sync.endpoint.writing import IdempotencyKey, Reply, WriteRequest, write_once
from erp_sync.masterdata.definitions import checked_receipts
from erp_sync.masterdata.documents import ID_PATTERN
from erp_sync.masterdata.intake import take_receipts

router = APIRouter(prefix="/api/v1/expected-receipts", tags=["plan"])


@router.put(
    "/{id}",
    summary="Send confirmed purchases",
    description="All of one source, by revision: 201 new, 200 the same again, 409 the same "
    "revision with other content or an older one. A later revision replaces them. A material "
    "that is named here holds orders back until there is enough of it.",
    openapi_extra=schemas.body("ReceiptsDocument"),
    responses=schemas.responses("AcceptedAnswer", problems=(409, 413, 415, 422))
    | schemas.responses("AcceptedAnswer", status=201),
)
async def put_receipts(
    request: Request,
    service: Sync,
    principal: Planner,
    id_: Annotated[str, Path(alias="id", pattern=ID_PATTERN)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    body = await json_body(request)
    document = checked_receipts(wire.read_any(body))
    now = service.clock.now()

    def effect(db: Any) -> Reply:
        accepted = take_receipts(db, id_, document, now)
        return Reply(201 if accepted.new else 200, accepted)

    asked = WriteRequest(request, principal, idempotency_key, body)
    return await write_once(service, asked, effect, service.documents.fire)
