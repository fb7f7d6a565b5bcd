"""The API of promises (contracts, section 4)."""

from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.reading import LONGEST_NOTE, Action, Instant, only, read, truth
from edge.api.routes import AFAR, answer, committed, edge_of
from edge.domain.clock import MICROS
from edge.domain.promises import RESERVED
from edge.domain.recording import Request as Key
from edge.execution.desk import Asked
from edge.execution.promising.asking import Asking
from edge.execution.promising.views import found_view, reservation_view

LARGEST_QUANTITY = 2**31 - 1
LONGEST_S = 90 * 24 * 3600


class PromiseWish(Action):
    """What somebody wants promised; with `reserve_s` or `until` it is held so long."""

    product: str = Field(min_length=1, max_length=64)
    revision: str = Field("", max_length=64)
    quantity: int = Field(ge=1, le=LARGEST_QUANTITY)
    wanted: Instant | None = None
    customer: str = Field("", max_length=200)
    priority: int = Field(1, ge=1, le=10)
    split: bool = False
    may_move: bool = False
    from_stock: bool = True
    reserve_s: int | None = Field(None, ge=1, le=LONGEST_S)
    until: Instant | None = None
    note: str = Field("", max_length=LONGEST_NOTE)

    @model_validator(mode="after")
    def _one_end(self) -> "PromiseWish":
        if self.reserve_s is not None and self.until is not None:
            raise ValueError("say reserve_s or until, not both")
        return self

    def asking(self) -> Asking:
        """As the room takes it."""
        names = ("product", "revision", "quantity", "wanted", "customer", "priority")
        flags = ("split", "may_move", "from_stock")
        return Asking(**{name: getattr(self, name) for name in (*names, *flags)})


class Extension(Action):
    reserve_s: int | None = Field(None, ge=1, le=LONGEST_S)
    until: Instant | None = None
    note: str = Field("", max_length=LONGEST_NOTE)

    @model_validator(mode="after")
    def _one_end(self) -> "Extension":
        if (self.reserve_s is None) == (self.until is None):
            raise ValueError("say reserve_s or until")
        return self


class Cancellation(Action):
    note: str = Field("", max_length=LONGEST_NOTE)


class ShippedPart(BaseModel):
    """So many pieces of a lot or pallet."""

    model_config = ConfigDict(extra="forbid", strict=True)
    lot: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, le=LARGEST_QUANTITY)


class Shipment(Action):
    lots: list[ShippedPart] = Field(max_length=1000)
    note: str = Field("", max_length=LONGEST_NOTE)

    @model_validator(mode="after")
    def _each_once(self) -> "Shipment":
        if len({one.lot for one in self.lots}) < len(self.lots):
            raise ValueError("a lot is there twice; say once how many pieces of it")
        return self


def _asked(request: Request, body: Action, key: Key) -> Asked:
    """Who asks, here or at sync."""
    return Asked(actor=body.actor, request=key, afar=bool(request.scope.get(AFAR)))


async def promise(request: Request) -> Response:
    """What can be promised, and with `reserve_s` or `until` its reservation."""
    body, key = await read(request, PromiseWish)
    edge = edge_of(request)
    room, now = edge.rooms.promises, edge.floor.clock.now()
    with edge.under_way.work_on(key):
        if body.reserve_s is None and body.until is None:
            found = await room.ask(body.asking())
            return answer(found_view(edge.floor, found) | {"reservation": None})
        until = body.until if body.until is not None else now + (body.reserve_s or 0) * MICROS
        asked = _asked(request, body, key)
        made, fresh = await room.reserve(body.asking(), until, body.note, asked)
    view = reservation_view(made, now)
    said = found_view(edge.floor, fresh) if fresh else {"date": made.date}
    return answer(said | {"seq": made.id, "reservation": view}, 201)


async def promises(request: Request) -> Response:
    """Reservations, those that are held or all."""
    only(request, "open")
    edge, open_ = edge_of(request), truth(request, "open")
    now = edge.floor.clock.now()
    found = edge.rooms.promises.reader.reservations()
    shown = [one for one in found if open_ in {None, one.state_at(now) == RESERVED}]
    return answer({"items": [reservation_view(one, now) for one in shown]})


async def show(request: Request) -> Response:
    """One reservation."""
    only(request)
    edge = edge_of(request)
    one = edge.rooms.promises.reservation(request.path_params["id"])
    return answer(reservation_view(one, edge.floor.clock.now()))


async def extend(request: Request) -> Response:
    """It is held until another time."""
    body, key = await read(request, Extension)
    edge, asked = edge_of(request), _asked(request, body, key)
    now = edge.floor.clock.now()
    until = body.until if body.until is not None else now + (body.reserve_s or 0) * MICROS
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.rooms.promises.extend(id_, until, body.note, asked))


async def ship(request: Request) -> Response:
    """What it holds in stock went to the customer."""
    body, key = await read(request, Shipment)
    edge, asked = edge_of(request), _asked(request, body, key)
    parts = {one.lot: one.quantity for one in body.lots}
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.rooms.promises.ship(id_, parts, body.note, asked))


async def cancel(request: Request) -> Response:
    """It is held no more."""
    body, key = await read(request, Cancellation)
    edge, asked = edge_of(request), _asked(request, body, key)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.rooms.promises.cancel(id_, body.note, asked))


ROUTES = (
    Route("/api/v1/promises", promises),
    Route("/api/v1/promises", promise, methods=["POST"]),
    Route("/api/v1/promises/{id:fact}", show),
    Route("/api/v1/promises/{id:fact}", cancel, methods=["DELETE"]),
    Route("/api/v1/promises/{id:fact}/extend", extend, methods=["POST"]),
    Route("/api/v1/promises/{id:fact}/shipment", ship, methods=["POST"]),
)
