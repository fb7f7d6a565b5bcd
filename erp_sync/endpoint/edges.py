"""What edges say and ask: hello, facts, downlink."""

from typing import Annotated, Any

import msgspec
import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from erp_sync.endpoint import schemas, wire
from erp_sync.endpoint.auth import EdgePrincipal
from erp_sync.endpoint.media import json_body
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.endpoint.signal import poll
from erp_sync.errors import Alarm, Problem
from erp_sync.inbox import chain, intake
from erp_sync.inbox.hello import Hello, Welcome, put_back, welcome
from erp_sync.service import Service
from erp_sync.storage import alarms, documents, facts, sequences
from erp_sync.storage.alarms import AlarmRow

router = APIRouter(prefix="/api/v1/edges/{edge_id}", tags=["edges"])
EdgeId = Annotated[str, Path(description="Id of the edge in company.toml")]
LONGEST_WAIT = 30
DOWNLINK_PAGE = 100
log = structlog.get_logger("sync")


class HeldQuery(BaseModel):
    """Which facts."""

    model_config = ConfigDict(extra="forbid")
    after: int = Field(0, ge=0, description="Seq to go on after")
    limit: int = Field(1000, ge=1, le=5000)


class DownlinkQuery(BaseModel):
    """From where on, and how long to wait for more."""

    model_config = ConfigDict(extra="forbid")
    after: int = Field(0, ge=0, description="Position to go on after")
    wait: float = Field(0, ge=0, le=LONGEST_WAIT, description="Seconds to wait for an item")
    sha256: str = Field("", description="Of the document that the edge holds at `after`")


@router.post(
    "/hello",
    summary="An edge starts",
    description="Says where the edge's chain of facts ends. `continue`: go on after "
    "acknowledged_seq, in the epoch that is answered. `restore`: the store is behind; fetch "
    "what it lacks, then go on in the answered, next epoch. 409: the chain is another one.",
    openapi_extra=schemas.body("HelloMessage"),
    responses=schemas.responses("WelcomeAnswer", problems=(404, 409, 413, 415, 422)),
)
async def hello(
    request: Request, service: Sync, edge_id: EdgeId, _principal: EdgePrincipal
) -> Response:
    said = wire.read(await json_body(request), wire.HelloMessage)
    now = service.clock.now()
    words = Hello(**msgspec.structs.asdict(said))

    def effect(db: Connection) -> tuple[Welcome, str]:
        renewed = sequences.renew_feed(db) if put_back(db, edge_id, words) else ""
        return welcome(db, edge_id, words, now), renewed

    try:
        answer, renewed = await service.store.write(effect)
    except Alarm as alarm:
        await _record(service, edge_id, said.epoch, alarm)
        raise
    if renewed:
        service.feed = renewed
        log.warning("feed_renewed", edge=edge_id, why="this store was put back from a backup")
    return json_reply(answer)


@router.post(
    "/facts",
    summary="Facts come in",
    description="Facts in the order of seq, as their stored bytes. Answered after the commit. "
    "Facts that are held already are ignored. 409 `gap` has the member expected_seq; "
    "`key-conflict`, `chain-broken` and `overlapping-range` are alarms.",
    openapi_extra=schemas.body("FactsMessage"),
    responses=schemas.responses("TakenAnswer", problems=(404, 409, 413, 415, 422)),
)
async def post_facts(
    request: Request, service: Sync, edge_id: EdgeId, _principal: EdgePrincipal
) -> Response:
    batch = wire.read(await json_body(request), wire.FactsMessage)
    try:
        taken = await _take_in(service, edge_id, batch)
    except Alarm as alarm:
        service.metrics.refused.labels(edge_id, alarm.kind).inc()
        await _record(service, edge_id, batch.epoch, alarm)
        raise
    except Problem as problem:
        service.metrics.refused.labels(edge_id, problem.kind).inc()
        raise
    service.metrics.facts.labels(edge_id).inc(taken.new)
    service.metrics.duplicates.labels(edge_id).inc(taken.duplicates)
    return json_reply(
        {"epoch": taken.epoch, "acknowledged_seq": taken.acknowledged_seq, "hash": taken.hash}
    )


@router.get(
    "/facts",
    summary="Facts for a restored edge",
    description="The facts that sync holds after a seq, as their own bytes, to be taken back.",
    responses=schemas.responses("HeldFactsAnswer", problems=(404, 422)),
)
async def held_facts(
    service: Sync,
    edge_id: EdgeId,
    _principal: EdgePrincipal,
    query: Annotated[HeldQuery, Query()],
) -> Response:
    rows = await service.store.read(lambda db: facts.held(db, edge_id, query.after, query.limit))
    following = rows[-1][0] if rows else query.after
    raws = [msgspec.Raw(data) for _, data in rows]
    return json_reply({"facts": raws, "next": following})


@router.get(
    "/downlink",
    summary="Schedules and definitions for the floor",
    description="Documents after a position, in order; waits up to `wait` seconds for one. "
    "If the edge holds another document at `after` than this store, which was put back then, "
    "all documents are given out anew, at later positions.",
    responses=schemas.responses("DownlinkAnswer", problems=(404, 422)),
)
async def downlink(
    service: Sync,
    edge_id: EdgeId,
    _principal: EdgePrincipal,
    query: Annotated[DownlinkQuery, Query()],
) -> Response:

    async def look() -> list[dict[str, Any]] | None:
        rows = await service.store.read(lambda db: documents.after(db, query.after, DOWNLINK_PAGE))
        return [_item(row) for row in rows] or None

    await _agree(service, edge_id, query)
    items = await poll(service.documents, service.clock, query.wait, look) or []
    following = items[-1]["position"] if items else query.after
    return json_reply({"items": items, "next": following})


async def _agree(service: Service, edge_id: str, query: DownlinkQuery) -> None:
    """Let the edge not wait for documents that it would never be given."""
    after, sha256 = query.after, query.sha256
    if not await service.store.read(lambda db: documents.is_elsewhere(db, after, sha256)):
        return

    def effect(db: Any) -> None:
        if documents.is_elsewhere(db, after, sha256):
            documents.give_out_anew(db, after)
            log.warning("documents_given_out_anew", edge=edge_id, after=after)

    await service.store.write(effect, service.documents.fire)


async def _take_in(service: Service, edge_id: str, batch: wire.FactsMessage) -> intake.Taken:
    zone, now = service.config.zone, service.clock.now()
    raws = [bytes(raw) for raw in batch.facts]

    def effect(db: Any) -> intake.Taken:
        arrivals = chain.read(edge_id, raws)
        return intake.take_in(db, edge_id, batch.epoch, arrivals, batch.watermark, zone, now)

    return await service.store.write(effect, service.facts.fire)


async def _record(service: Service, edge_id: str, epoch: int, alarm: Alarm) -> None:
    """Keep an alarm; the refused batch itself was rolled back."""
    service.metrics.alarms.labels(edge_id, alarm.kind).inc()
    row = AlarmRow(
        edge_id=edge_id,
        kind=alarm.kind,
        epoch=epoch,
        seq=alarm.members.get("seq", 0),
        offered=str(alarm.members.get("offered", "")),
        known=str(alarm.members.get("known", "")),
        detail=alarm.detail,
        at=service.clock.now(),
    )
    await service.store.write(lambda db: alarms.record(db, row))


def _item(row: Any) -> dict[str, Any]:
    names = ("position", "kind", "id", "revision", "sha256")
    return {name: row._mapping[name] for name in names} | {"content": msgspec.Raw(row.content)}
