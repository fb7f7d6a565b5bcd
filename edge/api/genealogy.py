"""The API of materials and lots (contracts, section 4; docs/genealogy.md)."""

import asyncio
from fractions import Fraction
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.genealogy_views import center_view, lot_views, scan_view, whole_lot
from edge.api.lots_named import LONGEST_CODE, Code, Exact, LotId, Name, lot_of, materials_of
from edge.api.reading import Action, Instant, number, only, read, text
from edge.api.routes import answer, committed, edge_of
from edge.domain.hours import hour_label
from edge.execution.desk import Asked
from edge.execution.genealogy.loading import Scanned
from edge.execution.genealogy.scanning import Received
from edge.execution.genealogy.tracing import DIRECTIONS


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


class ThingLoaded(Action):
    what: str
    id: Name
    revision: Annotated[str, Field(max_length=64)] = ""
    job_order_id: str | None = None


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
    return answer({"items": lot_views(room, found)})


async def show_lot(request: Request) -> Response:
    """A lot, what is left of it, and where it is."""
    only(request)
    room = materials_of(request)
    return answer(whole_lot(room, room.judge.known(lot_of(request))))


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
        until = _until(request, fact["expires"])
        return answer({"seq": done.seq, **fact, "expires_label": until, "warnings": told}, 201)


def _until(request: Request, expires: int | None) -> str | None:
    """When a lot expires, in the site's time; None for never."""
    zone = edge_of(request).floor.zone
    return None if expires is None else hour_label(expires, zone, date=True)


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
    room, lot = materials_of(request), lot_of(request)
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


ROUTES = (
    Route("/api/v1/lots", lots),
    Route("/api/v1/lots", receive, methods=["POST"]),
    Route("/api/v1/scans", scanned),
    Route("/api/v1/lots/{lot:segment}", show_lot),
    Route("/api/v1/lots/{lot:segment}/trace", trace),
    Route("/api/v1/lots/{lot:segment}/recall", recall),
    Route("/api/v1/work-centers/{id}/materials", mounted),
    Route("/api/v1/work-centers/{id}/materials/mount", mount, methods=["POST"]),
    Route("/api/v1/work-centers/{id}/materials/unmount", unmount, methods=["POST"]),
    Route("/api/v1/work-centers/{id}/loaded", load, methods=["POST"]),
    Route("/api/v1/material-hours", consumption),
)
