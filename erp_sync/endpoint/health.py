"""Whether the service lives, whether it is ready, and its metrics."""

from fastapi import APIRouter, Response

from erp_sync.endpoint import schemas
from erp_sync.endpoint.auth import Reader
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.errors import Problem
from erp_sync.storage.migrate import is_current
from erp_sync.storage.probe import touch
from erp_sync.storage.standing import standing

router = APIRouter(tags=["operations"])
OPEN_TO_ALL: schemas.Responses = {503: schemas.problem(503)}


@router.get(
    "/healthz",
    summary="Alive",
    description="The process answers. Needs no token.",
    responses={200: schemas.responses("HealthAnswer")[200]},
)
async def healthz() -> Response:
    return json_reply({"status": "alive"})


@router.get(
    "/readyz",
    summary="Ready",
    description="The store can be written and its schema is current. Needs no token.",
    responses={200: schemas.responses("HealthAnswer")[200], **OPEN_TO_ALL},
)
async def readyz(service: Sync) -> Response:
    await service.store.write(touch)
    if not await service.store.read(is_current):
        raise Problem(
            503,
            "not-migrated",
            "The store's schema is not current",
            "the schema is of another version",
            "start the sync service of the version that made it",
        )
    return json_reply({"status": "ready"})


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    description="Facts, duplicates, alarms, feed, edges and consumers, as text.",
    responses={
        **{code: schemas.problem(code) for code in (401, 403, 500, 503)},
        200: {"description": "Metrics", "content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
async def metrics(service: Sync, _principal: Reader) -> Response:
    stands = await service.store.read(standing)
    text = service.metrics.exposition(stands, service.clock.now())
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
