"""The API of what becomes of lots: made, used, packed, labelled, lost (docs/genealogy.md)."""

from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.lots_named import Code, Exact, LotId, Name, lot_of, materials_of
from edge.api.reading import Action, Judgement, read
from edge.api.routes import answer, committed, edge_of
from edge.execution.desk import Asked
from edge.execution.genealogy.flowing import Flow, Flowing
from edge.execution.genealogy.using import Loss, Use


class LotOpened(Action):
    lot: LotId | None = None
    kind: str = ""
    container: Annotated[str, Field(max_length=64)] = ""
    version: int | None = None


class LotUsed(Action):
    lot: Code
    quantity: Exact | None = None
    version: int | None = None


class MaterialLost(Action):
    material: Name
    quantity: Exact
    loss: str
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    unit: Annotated[str, Field(max_length=20)] = ""
    lot: str = ""
    job_order_id: str | None = None


class LotClosed(Action):
    pass


class OneFlow(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    source: Code = Field(alias="from")
    target: Code = Field(alias="to")
    quantity: Exact


class LotsFlowed(Action):
    how: str
    flows: list[OneFlow] = Field(min_length=1, max_length=500)
    kind: str = ""


class PalletMade(Action):
    kind: str = ""


class LabelAsked(Action):
    label: str = ""
    printer: Annotated[str, Field(max_length=200)] | None = None


class BookingReversed(Judgement):
    lot: LotId | None = None


async def lose(request: Request) -> Response:
    """Material was lost: in production, in store or on the way, or otherwise."""
    body, key = await read(request, MaterialLost)
    asked = Asked(actor=body.actor, request=key)
    said = body.model_dump(exclude={"actor"})
    loss = Loss(**{**said, "quantity": Fraction(body.quantity)})
    with edge_of(request).under_way.work_on(key):
        using = materials_of(request).using
        return committed(await using.lose(request.path_params["id"], loss, asked))


async def open_lot(request: Request) -> Response:
    """The pieces of a job order go into a new lot from now on."""
    body, key = await read(request, LotOpened)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    with edge_of(request).under_way.work_on(key):
        done = await materials_of(request).producing.open(
            request.path_params["id"],
            body.lot or "",
            asked,
            kind=body.kind,
            container=body.container,
        )
        return committed(done)


async def use(request: Request) -> Response:
    """Put a lot, a serial or a part of a lot into a job order."""
    body, key = await read(request, LotUsed)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    quantity = None if body.quantity is None else Fraction(body.quantity)
    with edge_of(request).under_way.work_on(key):
        using = materials_of(request).using
        said = Use(lot=body.lot, quantity=quantity)
        return committed(await using.use(request.path_params["id"], said, asked))


async def close_lot(request: Request) -> Response:
    """Nothing more goes into a lot."""
    body, key = await read(request, LotClosed)
    asked = Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        producing = materials_of(request).producing
        return committed(await producing.close(lot_of(request), asked))


async def flow(request: Request) -> Response:
    """Pack, unpack, split, merge, rework, or name single pieces."""
    body, key = await read(request, LotsFlowed)
    asked = Asked(actor=body.actor, request=key)
    flows = [
        Flow(source=one.source, target=one.target, quantity=Fraction(one.quantity))
        for one in body.flows
    ]
    with edge_of(request).under_way.work_on(key):
        flowing = Flowing(how=body.how, flows=flows, kind=body.kind)
        return committed(await materials_of(request).flows.flow(flowing, asked))


async def make_pallet(request: Request) -> Response:
    """An empty pallet or container with the next number."""
    body, key = await read(request, PalletMade)
    asked = Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        done, lot = await materials_of(request).producing.new_pallet(asked, body.kind)
        return answer({"seq": done.seq, "lot": lot}, 201)


async def print_label(request: Request) -> Response:
    """Make a label of a lot, and send it to a printer."""
    body, key = await read(request, LabelAsked)
    asked = Asked(actor=body.actor, request=key)
    edge_of(request).floor.register.reload()
    with edge_of(request).under_way.work_on(key):
        labels = materials_of(request).labels
        done = await labels.print(lot_of(request), asked, label=body.label, printer=body.printer)
        return answer(vars(done), 201)


async def reverse(request: Request) -> Response:
    """Take a booking back; with `lot` another one was mounted than the fact says."""
    body, key = await read(request, BookingReversed)
    asked, seq = Asked(actor=body.actor, request=key), request.path_params["seq"]
    room = materials_of(request)
    with edge_of(request).under_way.work_on(key):
        if body.lot:
            return committed(await room.mounting.remount(seq, body.lot, body.note, asked))
        return committed(await room.using.reverse(seq, body.note, asked))


ROUTES = (
    Route("/api/v1/lots/flows", flow, methods=["POST"]),
    Route("/api/v1/lots/pallets", make_pallet, methods=["POST"]),
    Route("/api/v1/lots/{lot:segment}/labels", print_label, methods=["POST"]),
    Route("/api/v1/lots/{lot:segment}/close", close_lot, methods=["POST"]),
    Route("/api/v1/work-centers/{id}/losses", lose, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/lots", open_lot, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/consumptions", use, methods=["POST"]),
    Route("/api/v1/facts/{seq:fact}/reversal", reverse, methods=["POST"]),
)
