"""Operations schedules: the ERP's month plans, JSON or CSV, all or nothing."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from edge.domain.faults import Fault
from erp_sync.endpoint import schemas, wire
from erp_sync.endpoint.auth import Planner
from erp_sync.endpoint.media import JSON, media_type
from erp_sync.endpoint.replies import Sync
from erp_sync.endpoint.writing import IdempotencyKey, Reply, WriteRequest, write_once
from erp_sync.errors import invalid
from erp_sync.masterdata.documents import ID_PATTERN
from erp_sync.masterdata.intake import ScheduleInput, take_schedule
from erp_sync.masterdata.schedule_csv import read_orders
from erp_sync.masterdata.schedules import csv_place

router = APIRouter(prefix="/api/v1/operations-schedules", tags=["plan"])
HEAD = ("revision", "from", "to")
QUERY = [
    {
        "name": name,
        "in": "query",
        "description": f"{name} of a schedule that is sent as CSV",
        "schema": {"type": "integer" if name == "revision" else "string"},
    }
    for name in HEAD
]


@router.put(
    "/{id}",
    summary="Send a month plan",
    description="By revision: 201 new, 200 the same again, 409 the same revision with other "
    "content or an older one. 422 names every fault by place, and nothing is imported. As "
    "`text/csv` the columns are id, number, product, product_revision, quantity, release, due, "
    "customer, priority; revision, from and to stand in the query.",
    openapi_extra={**schemas.body("ScheduleDocument", csv=True), "parameters": QUERY},
    responses=schemas.responses("AcceptedAnswer", problems=(409, 413, 415, 422))
    | schemas.responses("AcceptedAnswer", status=201),
)
async def put_schedule(
    request: Request,
    service: Sync,
    principal: Planner,
    id_: Annotated[str, Path(alias="id", pattern=ID_PATTERN)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    body = await request.body()
    sent, now = _sent(request, body), service.clock.now()

    def effect(db: Any) -> Reply:
        accepted = take_schedule(db, id_, sent, now)
        return Reply(201 if accepted.new else 200, accepted)

    asked = WriteRequest(request, principal, idempotency_key, body)
    return await write_once(service, asked, effect, service.documents.fire)


def _sent(request: Request, body: bytes) -> ScheduleInput:
    return READERS[media_type(request, *READERS)](request, body)


def _json(request: Request, body: bytes) -> ScheduleInput:
    content = wire.read_any(body)
    if not isinstance(content, dict):
        raise invalid("a schedule is an object", "write {revision, from, to, orders}")
    faults = [
        Fault(f"query {name}", value, "a JSON schedule has no query", "leave it out")
        for name, value in request.query_params.items()
    ]
    head = {name: value for name, value in content.items() if name != "orders"}
    return ScheduleInput(head, content.get("orders"), faults=tuple(faults))


def _csv(request: Request, body: bytes) -> ScheduleInput:
    orders, faults = read_orders(body)
    head: dict[str, Any] = dict(request.query_params)
    if str(head.get("revision", "")).isdecimal():
        head["revision"] = int(head["revision"])
    return ScheduleInput(head, orders, csv_place, tuple(faults))


# Content type -> how a schedule is read from it.
READERS: Mapping[str, Callable[[Request, bytes], ScheduleInput]] = {JSON: _json, "text/csv": _csv}
