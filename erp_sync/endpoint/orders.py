"""Where orders are."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from edge.domain.vocabulary import JobState
from erp_sync.endpoint import schemas
from erp_sync.endpoint.auth import Reader
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.errors import not_found
from erp_sync.masterdata.orders import order_status
from erp_sync.storage import orders

router = APIRouter(prefix="/api/v1/orders", tags=["orders"])


class OrdersQuery(BaseModel):
    """Which orders."""

    model_config = ConfigDict(extra="forbid")
    state: JobState | None = Field(None, description="Only orders in this state")
    limit: int = Field(1000, ge=1, le=10_000)


@router.get(
    "",
    summary="Orders by due date",
    description="Orders of the schedules in force, each as `GET /orders/{id}` shows it.",
    responses=schemas.responses("OrdersAnswer", problems=(422,)),
)
async def list_orders(
    service: Sync, _principal: Reader, query: Annotated[OrdersQuery, Query()]
) -> Response:
    records, as_of = await service.store.read(lambda db: (orders.records(db), orders.as_of(db)))
    items = [order_status(record, as_of) for record in records]
    if query.state is not None:
        items = [item for item in items if item["state"] == query.state]
    return json_reply({"items": items[: query.limit]})


@router.get(
    "/{id}",
    summary="Where an order is",
    description="Done, left and scrap by operation; due, planned and forecast finish with a range "
    "that holds four times of five, the rate that would make it on time, and why it is late by "
    "the plan that the floor works to. `good` is that of the last operation.",
    responses=schemas.responses("OrderAnswer", problems=(404,)),
)
async def get_order(
    service: Sync, _principal: Reader, id_: Annotated[str, Path(alias="id")]
) -> Response:
    records, as_of = await service.store.read(
        lambda db: (orders.records(db, id_), orders.as_of(db))
    )
    if not records:
        mend = "look in GET /api/v1/orders; orders come with PUT /api/v1/operations-schedules"
        raise not_found(f"order {id_!r} is in no schedule in force", mend)
    return json_reply(order_status(records[0], as_of))
