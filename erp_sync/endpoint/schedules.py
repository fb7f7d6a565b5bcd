"""Operations schedules: the ERP's month plans, JSON or files, all or nothing."""

import asyncio
from codecs import BOM_UTF8
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from edge.domain.faults import Fault
from erp_sync.endpoint import schemas, wire
from erp_sync.endpoint.auth import Planner
from erp_sync.endpoint.media import JSON, media_type
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.endpoint.writing import IdempotencyKey, Reply, WriteRequest, write_once
from erp_sync.errors import invalid, not_found
from erp_sync.masterdata.documents import ID_PATTERN
from erp_sync.masterdata.intake import NEXT, ScheduleInput, preview_schedule, take_schedule
from erp_sync.planfiles.taking import CSV, KINDS, XLSX, schedule_of
from erp_sync.planfiles.writing import Style, csv_of, xlsx_of
from erp_sync.service import Service
from erp_sync.storage import documents

router = APIRouter(prefix="/api/v1/operations-schedules", tags=["plan"])
DRY_RUN = "dry_run"
TRUTH = {"true": True, "false": False}
SAID = {
    "revision": "revision of a schedule that is sent as a file; `next`: one more than in force",
    "from": "begin of its span, a date or a time",
    "to": "end of its span",
    DRY_RUN: "true: only answer the difference to what is there now",
    "sheet": "the sheet of the plan, where a workbook has several",
    "dates": "day-first or month-first: what 6/5/2026 is",
    "decimal": "point or comma: what the mark in 1,200 is",
    "epoch": "1900 or 1904: what a bare serial date counts from",
    "encoding": "utf-8, utf-16, gb18030 or windows-1252, of a CSV",
    "separator": "comma, semicolon or tab, of a CSV",
    "ignore": "unknown columns to leave aside, with commas; * for all",
}
QUERY = [
    {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
    for name, text in SAID.items()
]


class AsFile(BaseModel):
    """How a month plan is shown."""

    model_config = ConfigDict(extra="forbid")
    format: Literal["json", "csv", "xlsx"] = Field("json", description="json, csv or xlsx")
    language: Literal["en", "zh"] = Field("en", description="Of the headers of a file")
    dates: Style = Field("iso", description="How a CSV writes dates")


@router.get(
    "/{id}",
    summary="The month plan in force",
    description="As JSON, or as a file that `PUT` reads again, with an empty one where there is "
    "no such plan yet. A workbook has the known products on a sheet of their own.",
    responses=schemas.responses("ScheduleDocument", problems=(404, 422)),
)
async def get_schedule(
    service: Sync,
    _principal: Planner,
    id_: Annotated[str, Path(alias="id", pattern=ID_PATTERN)],
    query: Annotated[AsFile, Query()],
) -> Response:
    last, known = await service.store.read(
        lambda db: (documents.latest(db, documents.SCHEDULE, id_), documents.revisions(db))
    )
    if query.format == "json":
        if last is None:
            mend = "send it with PUT /api/v1/operations-schedules/{id}"
            raise not_found(f"schedule {id_!r}", mend)
        return Response(last.content, headers={"cache-control": "no-store"}, media_type=JSON)
    plan: dict[str, Any] = {"from": "", "to": "", "orders": []}
    if last is not None:
        plan = msgspec.json.decode(last.content) | {"based_on": int(last.revision)}
    plan |= {"id": id_, "revision": NEXT}
    zone, headers = service.config.zone, {"cache-control": "no-store"}
    headers |= {"x-orders": str(len(plan["orders"]))}
    if query.format == "csv":
        text = csv_of(plan, zone, language=query.language, style=query.dates)
        return Response(BOM_UTF8 + text.encode(), headers=headers, media_type=CSV)
    products = sorted((name, one) for name, revisions in known.items() for one in revisions)
    data = await asyncio.to_thread(xlsx_of, plan, zone, products, language=query.language)
    return Response(data, headers=headers, media_type=XLSX)


@router.put(
    "/{id}",
    summary="Send a month plan",
    description="By revision: 201 new, 200 the same again, 409 the same revision with other "
    "content or an older one. 422 names every fault by place, and nothing is imported. As a "
    "CSV or a workbook the columns are id, number, product, product_revision, quantity, release, "
    "due, customer, priority, in any order, in English or Chinese (docs/plan_files.md). With "
    "`dry_run=true` nothing is kept and the answer is the difference.",
    openapi_extra={**schemas.body("ScheduleDocument", files=KINDS), "parameters": QUERY},
    responses=schemas.responses("AcceptedAnswer", "PreviewAnswer", problems=(409, 413, 415, 422))
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
    sent, now = await _sent(request, service, id_, body), service.clock.now()
    if _is_dry(request):
        return json_reply(await service.store.read(lambda db: preview_schedule(db, id_, sent)))

    def effect(db: Any) -> Reply:
        accepted = take_schedule(db, id_, sent, now)
        return Reply(201 if accepted.new else 200, accepted)

    asked = WriteRequest(request, principal, idempotency_key, body)
    return await write_once(service, asked, effect, service.documents.fire)


def _is_dry(request: Request) -> bool:
    said = request.query_params.get(DRY_RUN, "false")
    if said not in TRUTH:
        fault = Fault(f"query {DRY_RUN}", said, "is neither true nor false", "write true or false")
        raise invalid("1 fault in the query", "mend what errors names", [fault])
    return TRUTH[said]


async def _sent(request: Request, service: Service, id_: str, body: bytes) -> ScheduleInput:
    kind = media_type(request, JSON, *KINDS)
    query = {name: said for name, said in request.query_params.items() if name != DRY_RUN}
    if kind == JSON:
        return _json(query, body)
    # A workbook takes a process and some tenths of a second; others are served meanwhile.
    async with service.files:
        zone = service.config.zone
        return await asyncio.to_thread(schedule_of, KINDS[kind], body, id_, query, zone)


def _json(query: dict[str, str], body: bytes) -> ScheduleInput:
    content = wire.read_any(body)
    if not isinstance(content, dict):
        raise invalid("a schedule is an object", "write {revision, from, to, orders}")
    faults = [
        Fault(f"query {name}", value, "a JSON schedule has no query", "leave it out")
        for name, value in query.items()
    ]
    head = {name: value for name, value in content.items() if name != "orders"}
    return ScheduleInput(head, content.get("orders"), faults=tuple(faults))
