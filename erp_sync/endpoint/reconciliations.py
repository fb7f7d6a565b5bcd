"""The three books of a production day and their differences."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from erp_sync.endpoint import schemas
from erp_sync.endpoint.auth import Reader
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.reconciliation.day import reconcile

router = APIRouter(prefix="/api/v1/reconciliations", tags=["books"])


class ReconciliationQuery(BaseModel):
    """Whose books."""

    model_config = ConfigDict(extra="forbid")
    consumer: str | None = Field(None, description="Needed where there are several")


@router.get(
    "/{day}",
    summary="Three books of a production day",
    description="recorded: the edges' facts. posted: what the consumer acknowledged. booked: "
    "the consumer's own totals, compared with what was posted up to where they reach. "
    "`difference` adds absolute differences, good and scrap apart.",
    responses=schemas.responses("ReconciliationAnswer", problems=(422,)),
)
async def reconciliation(
    service: Sync, _principal: Reader, day: date, query: Annotated[ReconciliationQuery, Query()]
) -> Response:
    zone, known = service.config.zone, service.config.edges
    answer = await service.store.read(
        lambda db: reconcile(db, day.isoformat(), query.consumer, zone, known)
    )
    return json_reply(answer)
