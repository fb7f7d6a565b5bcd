"""Alarms of edges: what was refused, and who has looked into it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from edge.domain.faults import Fault
from erp_sync.endpoint import schemas, wire
from erp_sync.endpoint.auth import Bookkeeper, Reader
from erp_sync.endpoint.media import json_body
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.endpoint.writing import IdempotencyKey, Reply, WriteRequest, write_once
from erp_sync.errors import invalid
from erp_sync.storage import alarms
from erp_sync.storage.alarms import AlarmRow

router = APIRouter(prefix="/api/v1/alarms", tags=["books"])


class AlarmsQuery(BaseModel):
    """Which alarms."""

    model_config = ConfigDict(extra="forbid")
    edge: str | None = Field(None, description="Id of an edge; none: all")
    open: bool | None = Field(None, description="true: open ones, false: closed ones; none: both")


@router.get(
    "",
    summary="Alarms of edges",
    description="What edges sent and was refused because it contradicts what is known: `fork`, "
    "`key-conflict`, `chain-broken`, `overlapping-range`. Oldest first; `at` is when it came "
    "last. Open ones are findings of every reconciliation.",
    responses=schemas.responses("AlarmsAnswer", problems=(422,)),
)
async def list_alarms(
    service: Sync, _principal: Reader, query: Annotated[AlarmsQuery, Query()]
) -> Response:
    known = service.config.edges

    def look(db: Connection) -> list[AlarmRow]:
        if query.edge is not None:
            _refuse(_unknown_edge(db, "query edge", query.edge, known))
        return alarms.listed(db, query.edge, is_open=query.open)

    rows = await service.store.read(look)
    return json_reply({"items": [_item(row) for row in rows]})


@router.put(
    "/closures",
    summary="Close an edge's alarms",
    description="Someone has looked: closes the alarms of the edge that came last at `until` "
    "(microseconds UTC; without it: now) or before, in the name of the token. One that comes "
    "again is open again.",
    openapi_extra=schemas.body("ClosureMessage"),
    responses=schemas.responses("ClosedAnswer", problems=(409, 413, 415, 422)),
)
async def put_closures(
    request: Request,
    service: Sync,
    principal: Bookkeeper,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    body = await json_body(request)
    said = wire.read(body, wire.ClosureMessage)
    now, known = service.clock.now(), service.config.edges
    until = now if said.until is None else said.until

    def effect(db: Connection) -> Reply:
        _refuse([*_unknown_edge(db, "edge_id", said.edge_id, known), *_empty_note(said.note)])
        closed = alarms.close(
            db, said.edge_id, until, by=principal.name, note=said.note.strip(), now=now
        )
        return Reply(200, {"closed": closed})

    asked = WriteRequest(request, principal, idempotency_key, body)
    return await write_once(service, asked, effect)


def _unknown_edge(db: Connection, place: str, edge_id: str, known: frozenset[str]) -> list[Fault]:
    """An edge that left company.toml is known by its alarms, so that they can be closed."""
    if edge_id in known or alarms.listed(db, edge_id):
        return []
    mend = f"write one of {', '.join(sorted(known))}"
    return [Fault(place, edge_id, "is not an edge of company.toml and has no alarms", mend)]


def _empty_note(note: str) -> list[Fault]:
    if note.strip():
        return []
    return [Fault("note", note, "is empty", "say what was found and what was done about it")]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise invalid("nothing was done", "mend what errors names", faults)


def _item(row: AlarmRow) -> dict[str, Any]:
    return vars(row) | {"closed_by": row.closed_by or None, "note": row.note or None}
