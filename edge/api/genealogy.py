"""The API of materials and lots (contracts, section 4; docs/genealogy.md)."""

import asyncio
import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.reading import Action, Instant, Judgement, number, only, read, text
from edge.api.routes import answer, committed, edge_of
from edge.domain.genealogy import Lot
from edge.domain.gs1 import is_label
from edge.domain.orders import JobOrder
from edge.execution.desk import Asked
from edge.execution.errors import NotAllowed, UnknownObject
from edge.execution.genealogy.loading import Scanned, loaded_view
from edge.execution.genealogy.producing import Flow, Flowing, Loss, Use
from edge.execution.genealogy.room import Materials
from edge.execution.genealogy.scanning import ID, Received
from edge.execution.genealogy.tracing import DIRECTIONS

LotId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
LONGEST_CODE = 200
Name = Annotated[str, Field(min_length=1, max_length=64)]
EXACT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}|/[1-9][0-9]{0,8})?")


def _exact(said: str) -> str:
    if not EXACT.fullmatch(said):
        raise ValueError("write an amount from 0 on, for example 12.5 or 3/16")
    return said


def _code(said: str) -> str:
    if not ID.fullmatch(said) and not is_label(said):
        raise ValueError("is no lot's id (letters, digits, . _ -) and no label of GS1")
    return said


Exact = Annotated[str, AfterValidator(_exact)]
Code = Annotated[str, Field(max_length=LONGEST_CODE), AfterValidator(_code)]
"""A lot by its id, or by its label as scanned."""


class LotReceived(Action):
    lot: LotId | None = None
    code: Annotated[str, Field(min_length=1, max_length=LONGEST_CODE)] | None = None
    material: Name | None = None
    quantity: Exact | None = None
    unit: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    revision: Annotated[str, Field(max_length=64)] = ""
    expires: Instant | None = None
    supplier_lot: Annotated[str, Field(max_length=64)] = ""
    kind: str = ""


class LotMounted(Action):
    lot: Code
    job_order_id: str | None = None


class LotUnmounted(Action):
    material: Name


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


class ThingLoaded(Action):
    what: str
    id: Name
    revision: Annotated[str, Field(max_length=64)] = ""
    job_order_id: str | None = None


def materials_of(request: Request) -> Materials:
    """The materials room of the edge."""
    return edge_of(request).rooms.materials


def _lot(request: Request) -> str:
    """The lot of the path: by its id, or by its label as scanned."""
    return materials_of(request).scanning.id(request.path_params["lot"])


async def lots(request: Request) -> Response:
    """The newest lots, of a material, of a job order, or all."""
    only(request, "material", "job_order_id", "limit")
    room, query = materials_of(request), request.query_params
    found = await asyncio.to_thread(
        room.reader.lots,
        material=query.get("material", ""),
        job_order_id=query.get("job_order_id", ""),
        limit=number(request, "limit", 200),
    )
    return answer({"items": [lot_view(room, one) for one in found]})


async def show_lot(request: Request) -> Response:
    """A lot, what is left of it, and where it is."""
    only(request)
    room = materials_of(request)
    return answer(whole_lot(room, room.judge.known(_lot(request))))


async def receive(request: Request) -> Response:
    """A lot comes to the site; what may be wrong with it is said beside."""
    body, key = await read(request, LotReceived)
    said = body.model_dump(exclude={"actor"}, exclude_none=True)
    asked = Asked(actor=body.actor, request=key)
    if body.quantity is not None:
        said["quantity"] = str(Fraction(body.quantity))
    with edge_of(request).under_way.work_on(key):
        room = materials_of(request)
        done = await room.mounting.receive(Received(**said), asked)
        fact = room.mounting.received(done.seq)
        told = [one.view() for one in room.judge.warnings(fact["material"])]
        return answer({"seq": done.seq, **fact, "warnings": told}, 201)


async def scanned(request: Request) -> Response:
    """What a code says that was scanned, and the lot that it stands for."""
    only(request, "code")
    room, code = materials_of(request), text(request, "code")
    edge_of(request).floor.register.reload()
    return answer(await asyncio.to_thread(scan_view, room, code))


async def mounted(request: Request) -> Response:
    """What is mounted on a work center, what its job order needs, and where its pieces go."""
    only(request)
    edge, room = edge_of(request), materials_of(request)
    center = edge.floor.work_center(request.path_params["id"]).id
    edge.floor.register.reload()
    return answer(await asyncio.to_thread(center_view, room, center, edge.next_jobs(center)))


async def mount(request: Request) -> Response:
    """Mount a lot: what is counted from now on is made of it."""
    body, key = await read(request, LotMounted)
    asked = Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        done = await materials_of(request).mounting.mount(
            request.path_params["id"], body.lot, asked, body.job_order_id
        )
        return committed(done)


async def unmount(request: Request) -> Response:
    """Take a lot off."""
    body, key = await read(request, LotUnmounted)
    asked = Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        mounting = materials_of(request).mounting
        return committed(await mounting.unmount(request.path_params["id"], body.material, asked))


async def load(request: Request) -> Response:
    """A drawing, tool or program was scanned on a work center."""
    body, key = await read(request, ThingLoaded)
    asked = Asked(actor=body.actor, request=key)
    scanned = Scanned(what=body.what, id=body.id, revision=body.revision)
    with edge_of(request).under_way.work_on(key):
        loading = materials_of(request).loading
        done = await loading.scan(request.path_params["id"], scanned, asked, body.job_order_id)
        return committed(done)


async def lose(request: Request) -> Response:
    """Material was lost: in production, in store or on the way, or otherwise."""
    body, key = await read(request, MaterialLost)
    asked = Asked(actor=body.actor, request=key)
    said = body.model_dump(exclude={"actor"})
    loss = Loss(**{**said, "quantity": Fraction(body.quantity)})
    with edge_of(request).under_way.work_on(key):
        producing = materials_of(request).producing
        return committed(await producing.lose(request.path_params["id"], loss, asked))


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
        producing = materials_of(request).producing
        said = Use(lot=body.lot, quantity=quantity)
        return committed(await producing.use(request.path_params["id"], said, asked))


async def close_lot(request: Request) -> Response:
    """Nothing more goes into a lot."""
    body, key = await read(request, LotClosed)
    asked = Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        producing = materials_of(request).producing
        return committed(await producing.close(_lot(request), asked))


async def flow(request: Request) -> Response:
    """Pack, unpack, split, merge, rework, or name single pieces."""
    body, key = await read(request, LotsFlowed)
    asked = Asked(actor=body.actor, request=key)
    flows = [
        Flow(source=one.source, target=one.target, quantity=Fraction(one.quantity))
        for one in body.flows
    ]
    with edge_of(request).under_way.work_on(key):
        producing = materials_of(request).producing
        flowing = Flowing(how=body.how, flows=flows, kind=body.kind)
        return committed(await producing.flow(flowing, asked))


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
        done = await labels.print(_lot(request), asked, label=body.label, printer=body.printer)
        return answer(vars(done), 201)


async def reverse(request: Request) -> Response:
    """Take a booking back; with `lot` another one was mounted than the fact says."""
    body, key = await read(request, BookingReversed)
    asked, seq = Asked(actor=body.actor, request=key), request.path_params["seq"]
    room = materials_of(request)
    with edge_of(request).under_way.work_on(key):
        if body.lot:
            return committed(await room.mounting.remount(seq, body.lot, body.note, asked))
        return committed(await room.producing.reverse(seq, body.note, asked))


async def trace(request: Request) -> Response:
    """Where a lot went (forward), or what it is made of (backward)."""
    only(request, "direction")
    direction = request.query_params.get("direction", DIRECTIONS[0])
    if direction not in DIRECTIONS:
        fault = {"place": "query direction", "value": direction, "mend": "forward or backward"}
        raise InvalidRequest(f"direction {direction!r} is neither forward nor backward", [fault])
    return await _traced(request, direction)


async def recall(request: Request) -> Response:
    """Orders, customers, pallets and quantities that contain something of a lot."""
    only(request)
    return await _traced(request, None)


async def _traced(request: Request, direction: str | None) -> Response:
    room, lot = materials_of(request), _lot(request)
    edge_of(request).floor.register.reload()
    if direction is None:
        return answer(await asyncio.to_thread(room.tracing.recall, lot))
    return answer(await asyncio.to_thread(room.tracing.trace, lot, direction))


async def consumption(request: Request) -> Response:
    """Material by hour, work center and job order, with the losses."""
    only(request, "work_center", "from", "to")
    room, edge = materials_of(request), edge_of(request)
    center = request.query_params.get("work_center")
    start = number(request, "from", 0)
    end = number(request, "to", edge.floor.clock.now() + 1)
    found = await asyncio.to_thread(room.reader.material_hours, center, start, end)
    exact = ("consumed", "production_loss", "storage_loss", "other_loss")
    return answer(
        {
            "items": [
                {**vars(one), **{name: str(getattr(one, name)) for name in exact}} for one in found
            ]
        }
    )


def lot_view(room: Materials, lot: Lot) -> dict[str, Any]:
    """A lot with what is left of it."""
    left = room.reader.balance(lot.lot).left
    return {
        **vars(lot),
        "quantity": None if lot.quantity is None else str(lot.quantity),
        "left": None if left is None else str(left),
        "held": room.judge.held(lot.lot) or None,
    }


def whole_lot(room: Materials, lot: Lot) -> dict[str, Any]:
    """A lot, its balance, and the pallets that it is in or that are in it."""
    balance = room.reader.balance(lot.lot)
    return lot_view(room, lot) | {
        "made_pieces": balance.made,
        "consumed": str(balance.consumed),
        "out": str(balance.out),
        "into": str(balance.into),
        "mounted_on": list(room.reader.mounted_on(lot.lot)),
        "holders": [one.target for one in room.reader.holders(lot.lot)],
        "contents": [
            {"lot": one.source, "quantity": str(one.quantity)}
            for one in room.reader.contents(lot.lot)
        ],
    }


def scan_view(room: Materials, code: str) -> dict[str, Any]:
    """What a label says, null for an own id; `lot` null where none is known, or several."""
    said = None
    if room.reader.lot(code) is None and is_label(code):
        label = room.scanning.label(code)
        said = vars(label) | {
            "expires": label.expires.isoformat() if label.expires else None,
            "weight": None if label.weight is None else str(label.weight),
            "material": room.scanning.material(label.gtin) if label.gtin else "",
        }
    try:
        lot, why = lot_view(room, room.scanning.lot(code)), ""
    except (UnknownObject, NotAllowed) as error:
        lot, why = None, str(error)
    return {"code": code, "label": said, "lot": lot, "why_none": why}


def center_view(room: Materials, center: str, waiting: list[JobOrder]) -> dict[str, Any]:
    """What is mounted, what is needed by the job order that is on or comes next, what is open."""
    setting = room.reader.setting(center)
    job = room.mounting.on(center) or (waiting[0] if waiting else None)
    there = {one.material: room.reader.lot(one.lot) for one in setting.mounted}
    return {
        "work_center": center,
        "since": setting.start or None,
        "job_order_id": job.id if job else None,
        "mounted": [lot_view(room, lot) for lot in there.values() if lot is not None],
        "needs": [
            {
                "material": one.id,
                "revision": one.revision,
                "quantity": str(one.quantity),
                "unit": one.unit,
                "tracked": one.tracked,
                "scrap_percent": str(one.scrap_percent),
                "lot": lot.lot if (lot := there.get(one.id)) else None,
            }
            for one in (job.needs.materials if job else ())
        ],
        "documents": [vars(one) for one in (job.needs.documents if job else ())],
        "program": vars(job.needs.program) if job and job.needs.program else None,
        "open": [vars(one) for one in setting.open],
        "loaded": [loaded_view(one) for one in room.reader.loaded(center)],
    }


ROUTES = (
    Route("/api/v1/lots", lots),
    Route("/api/v1/lots", receive, methods=["POST"]),
    Route("/api/v1/lots/flows", flow, methods=["POST"]),
    Route("/api/v1/lots/pallets", make_pallet, methods=["POST"]),
    Route("/api/v1/scans", scanned),
    Route("/api/v1/lots/{lot}/labels", print_label, methods=["POST"]),
    Route("/api/v1/lots/{lot}", show_lot),
    Route("/api/v1/lots/{lot}/close", close_lot, methods=["POST"]),
    Route("/api/v1/lots/{lot}/trace", trace),
    Route("/api/v1/lots/{lot}/recall", recall),
    Route("/api/v1/work-centers/{id}/materials", mounted),
    Route("/api/v1/work-centers/{id}/materials/mount", mount, methods=["POST"]),
    Route("/api/v1/work-centers/{id}/materials/unmount", unmount, methods=["POST"]),
    Route("/api/v1/work-centers/{id}/loaded", load, methods=["POST"]),
    Route("/api/v1/work-centers/{id}/losses", lose, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/lots", open_lot, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/consumptions", use, methods=["POST"]),
    Route("/api/v1/facts/{seq:fact}/reversal", reverse, methods=["POST"]),
    Route("/api/v1/material-hours", consumption),
)
