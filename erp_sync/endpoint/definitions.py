"""Operations definitions: what a plan needs to know of a product."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from erp_sync.endpoint import schemas, wire
from erp_sync.endpoint.auth import Planner
from erp_sync.endpoint.media import json_body
from erp_sync.endpoint.replies import Sync
from erp_sync.endpoint.writing import IdempotencyKey, Reply, WriteRequest, write_once
from erp_sync.masterdata.definitions import checked_definition
from erp_sync.masterdata.documents import ID_PATTERN
from erp_sync.masterdata.intake import take_definition

router = APIRouter(prefix="/api/v1/operations-definitions", tags=["plan"])


@router.put(
    "/{product}/{revision}",
    summary="Release how a product is made",
    description="A released revision never changes: the same content again is 200, other "
    "content 409. Send a new revision instead.",
    openapi_extra=schemas.body("DefinitionDocument"),
    responses=schemas.responses("AcceptedAnswer", problems=(409, 413, 415, 422))
    | schemas.responses("AcceptedAnswer", status=201),
)
async def put_definition(
    request: Request,
    service: Sync,
    principal: Planner,
    product: Annotated[str, Path(pattern=ID_PATTERN)],
    revision: Annotated[str, Path(pattern=ID_PATTERN)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    body = await json_body(request)
    document = checked_definition(wire.read_any(body))
    now = service.clock.now()

    def effect(db: Any) -> Reply:
        accepted = take_definition(db, product, revision, document, now)
        return Reply(201 if accepted.new else 200, accepted)

    asked = WriteRequest(request, principal, idempotency_key, body)
    return await write_once(service, asked, effect, service.documents.fire)
