"""Promises: asked of the edge that plans, which answers through its own long poll."""

import hashlib
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from erp_sync.endpoint import schemas, wire
from erp_sync.endpoint.asking import EdgeAway
from erp_sync.endpoint.auth import EdgePrincipal, Seller
from erp_sync.endpoint.media import json_body
from erp_sync.endpoint.one_edge import edge_of
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.endpoint.writing import IdempotencyKey
from erp_sync.errors import Problem
from erp_sync.service import Service
from erp_sync.storage import estimates

router = APIRouter(prefix="/api/v1/promises", tags=["promises"])
edge_router = APIRouter(prefix="/api/v1/edges/{edge_id}", tags=["edges"])
LONGEST_WAIT = 30
DONE = 300
PATH = "/promises"
Id = Annotated[int, Path(alias="id", ge=1, le=2**63 - 1)]


class EdgeQuery(BaseModel):
    """Which edge; needed where company.toml has several."""

    model_config = ConfigDict(extra="forbid")
    edge: str = ""


class PromisesQuery(EdgeQuery):
    """Which promises."""

    open: bool | None = None


class QuestionsQuery(BaseModel):
    """How long to wait for a question."""

    model_config = ConfigDict(extra="forbid")
    wait: float = Query(0, ge=0, le=LONGEST_WAIT)


@router.post(
    "",
    summary="When could it be there?",
    description="Capable to promise, answered by the edge that plans; with `reserve_s` or `until` "
    "it is held so long (201). While the edge is away: 503 `edge-away`, with the last answer for "
    "this product in `last` and its age, or null; never a date that nobody worked out.",
    openapi_extra=schemas.body("PromiseMessage"),
    responses=schemas.responses("PromiseAnswer", problems=(404, 409, 413, 415, 422)),
)
async def post_promise(
    request: Request,
    service: Sync,
    principal: Seller,
    query: Annotated[EdgeQuery, Query()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    said = wire.read(await json_body(request), wire.PromiseMessage)
    edge_id = edge_of(service, query.edge)
    body = {"actor": principal.name, **_said(said)}
    key = _key(principal.name, idempotency_key)
    try:
        status, answer = await service.questions.ask(edge_id, "POST", PATH, key, body)
    except EdgeAway as away:
        raise await _away(service, edge_id, said) from away
    if status < DONE:
        at = service.clock.now()
        row = estimates.Estimate(edge_id, said.product, said.revision, said.quantity, at, answer)
        await service.store.write(lambda db: estimates.keep(db, row))
    return _passed(status, answer)


@router.get(
    "",
    summary="What is reserved",
    description="Reservations as the edge has them; `open` true: those that are held.",
    responses=schemas.responses("PromisesAnswer", problems=(404, 422)),
)
async def list_promises(
    service: Sync, principal: Seller, query: Annotated[PromisesQuery, Query()]
) -> Response:
    suffix = "" if query.open is None else f"?open={str(query.open).lower()}"
    return await _relayed(service, query.edge, "GET", PATH + suffix, _key(principal.name, None))


@router.get(
    "/{id}",
    summary="One reservation",
    description="As the edge has it.",
    responses=schemas.responses("ReservationAnswer", problems=(404, 422)),
)
async def get_promise(
    service: Sync, principal: Seller, id_: Id, query: Annotated[EdgeQuery, Query()]
) -> Response:
    key = _key(principal.name, None)
    return await _relayed(service, query.edge, "GET", f"{PATH}/{id_}", key)


@router.post(
    "/{id}/extend",
    summary="Hold it longer",
    description="Until another time, from now on.",
    openapi_extra=schemas.body("ExtensionMessage"),
    responses=schemas.responses("RecordedAnswer", problems=(404, 409, 413, 415, 422)),
)
async def extend_promise(
    request: Request,
    service: Sync,
    principal: Seller,
    id_: Id,
    query: Annotated[EdgeQuery, Query()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    said = wire.read(await json_body(request), wire.ExtensionMessage)
    body = {"actor": principal.name, **_said(said)}
    key = _key(principal.name, idempotency_key)
    return await _relayed(service, query.edge, "POST", f"{PATH}/{id_}/extend", key, body)


@router.post(
    "/{id}/shipment",
    summary="Its stock was shipped",
    description="Of which lots and pallets what an ordered promise holds in stock went out; its "
    "order keeps these pieces.",
    openapi_extra=schemas.body("ShipmentMessage"),
    responses=schemas.responses("RecordedAnswer", problems=(404, 409, 413, 415, 422)),
)
async def ship_promise(
    request: Request,
    service: Sync,
    principal: Seller,
    id_: Id,
    query: Annotated[EdgeQuery, Query()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    said = wire.read(await json_body(request), wire.ShipmentMessage)
    lots = [msgspec.structs.asdict(one) for one in said.lots]
    body = {"actor": principal.name, "note": said.note, "lots": lots}
    key = _key(principal.name, idempotency_key)
    return await _relayed(service, query.edge, "POST", f"{PATH}/{id_}/shipment", key, body)


@router.delete(
    "/{id}",
    summary="Hold it no more",
    description="An order that has taken it over makes all of its pieces then.",
    responses=schemas.responses("RecordedAnswer", problems=(404, 409, 422)),
)
async def cancel_promise(
    service: Sync,
    principal: Seller,
    id_: Id,
    query: Annotated[EdgeQuery, Query()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    key, body = _key(principal.name, idempotency_key), {"actor": principal.name}
    return await _relayed(service, query.edge, "DELETE", f"{PATH}/{id_}", key, body)


@edge_router.get(
    "/questions",
    summary="What the edge is asked",
    description="Calls of the edge's own API, each given out once; waits up to `wait` seconds.",
    responses=schemas.responses("QuestionsAnswer", problems=(404, 422)),
)
async def fetch_questions(
    service: Sync,
    edge_id: str,
    _principal: EdgePrincipal,
    query: Annotated[QuestionsQuery, Query()],
) -> Response:
    found = await service.questions.fetch(edge_id, query.wait)
    return json_reply({"items": [vars(one) for one in found]})


@edge_router.post(
    "/answers/{id}",
    summary="What the edge answers",
    description="Status and body of its answer. `taken` is false if nobody waits any more.",
    openapi_extra=schemas.body("AnswerMessage"),
    responses=schemas.responses("AnsweredAnswer", problems=(404, 413, 415, 422)),
)
async def post_answer(
    request: Request, service: Sync, edge_id: str, _principal: EdgePrincipal, id_: Id
) -> Response:
    said = wire.read(await json_body(request), wire.AnswerMessage)
    return json_reply(
        {"taken": service.questions.answered(id_, said.status, msgspec.json.encode(said.body))}
    )


async def _relayed(
    service: Service, edge: str, method: str, path: str, key: str, body: Any = None
) -> Response:
    edge_id = edge_of(service, edge)
    try:
        status, answer = await service.questions.ask(edge_id, method, path, key, body)
    except EdgeAway as away:
        raise _absent(edge_id) from away
    return _passed(status, answer)


def _passed(status: int, answer: bytes) -> Response:
    kind = "application/json" if status < DONE else "application/problem+json"
    return Response(answer, status, {"cache-control": "no-store"}, kind)


def _key(principal: str, said: str | None) -> str:
    """Keys of two principals never meet at the edge."""
    return hashlib.sha256(f"{principal}\n{said or uuid4().hex}".encode()).hexdigest()


def _said(message: msgspec.Struct) -> dict[str, Any]:
    return {name: at for name, at in msgspec.structs.asdict(message).items() if at is not None}


def _absent(edge_id: str, **members: Any) -> Problem:
    return Problem(
        503,
        "edge-away",
        "The edge that plans is away",
        f"edge {edge_id} does not answer now",
        "ask again when it is back; with the same Idempotency-Key nothing is reserved twice",
        members=members,
        headers={"retry-after": "5"},
    )


async def _away(service: Service, edge_id: str, said: wire.PromiseMessage) -> Problem:
    """The problem, with what was answered last for this product, and how old that is."""
    row = await service.store.read(
        lambda db: estimates.last(db, edge_id, said.product, said.revision)
    )
    if row is None:
        return _absent(edge_id, last=None)
    age = (service.clock.now() - row.at) // 1_000_000
    last = {"at": row.at, "age_s": age, "quantity": row.quantity, "answer": msgspec.Raw(row.answer)}
    return _absent(edge_id, last=last)
