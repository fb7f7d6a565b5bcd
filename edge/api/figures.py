"""KPIs of ISO 22400-2 over the API: the catalogue and reports."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.reading import number, only
from edge.api.routes import answer, edge_of
from edge.execution.errors import UnknownObject
from edge.execution.figures.reports import Figures
from edge.kpi.asking import question
from edge.kpi.catalogue import catalogue
from edge.kpi.errors import KpiRefused
from edge.kpi.naming import window
from edge.kpi.scopes import Level, Period
from edge.kpi.windows import Question

THINGS = {
    Level.UNIT: "work_center",
    Level.LINE: "line",
    Level.AREA: "area",
    Level.ORDER: "order",
    Level.PRODUCT: "product",
}


def asked(request: Request, names: str | None) -> Question:
    """The question of a query from `from` to `to`; raises InvalidRequest."""
    given = {level: request.query_params.get(name) for level, name in THINGS.items()}
    start, end = number(request, "from"), number(request, "to")
    try:
        return question(
            request.query_params.get("by", "span"),
            given,
            start,
            end,
            names,
            request.query_params.get("level"),
        )
    except KpiRefused as refused:
        fault = {"place": "query", "value": str(request.query_params), "mend": MEND}
        raise InvalidRequest(str(refused), [fault]) from refused


MEND = "GET /kpis/catalogue lists all KPIs with their levels and periods"
QUERY = (*THINGS.values(), "level", "from", "to", "by", "names")


def figures(request: Request) -> Figures:
    """The figures of the running edge."""
    return edge_of(request).rooms.figures


async def kpis(request: Request) -> Response:
    """ISO 22400-2 figures with their elements, at any level and by any period."""
    only(request, *QUERY, *NAMED)
    asked_for, label = named(request, request.query_params.get("names"))
    found = await asyncio.to_thread(figures(request).reports, asked_for)
    return answer({"items": [one for one in found if label in {None, one["label"]}]})


NAMED = (Period.HOUR, Period.SHIFT, Period.DAY, Period.WEEK)


def named(request: Request, name: str | None) -> tuple[Question, str | None]:
    """The question of a query, and the window that it names; raises InvalidRequest.

    A window is named by hour, shift, day or week, or the life of an order; else from `from` to
    `to`. `name`: KPIs, with commas.
    """
    said = [one for one in NAMED if one in request.query_params]
    try:
        if not said and request.query_params.get("order") and "from" not in request.query_params:
            now = edge_of(request).floor.clock.now()
            given = {level: request.query_params.get(one) for level, one in THINGS.items()}
            return question("order", given, now - 1, now, name), None
        if not said:
            return asked(request, name), None
        if request.query_params.get("order"):
            raise KpiRefused(f"an order is reported over its whole life: leave {said[0]} out")
        zone = edge_of(request).floor.zone
        span, label = window(said[0], request.query_params[said[0]], zone)
        given = {level: request.query_params.get(one) for level, one in THINGS.items()}
        level = request.query_params.get("level")
        found = question(str(said[0]), given, span.start, span.end, name, level)
    except KpiRefused as refused:
        fault = {"place": "query", "value": str(request.query_params), "mend": MEND}
        raise InvalidRequest(str(refused), [fault]) from refused
    return found, label


async def explanation(request: Request) -> Response:
    """Why a figure is what it is: arithmetic, intervals, pieces, facts, counter readings."""
    only(request, *QUERY, *NAMED)
    name = request.path_params["name"]
    asked_for, label = named(request, name)
    room = edge_of(request).rooms.explaining
    found = await asyncio.to_thread(room.explain, asked_for, name, label)
    if not found:
        raise UnknownObject(f"nothing is known of {label or 'that time'}: it is not in the record")
    return answer({"items": found})


async def listed(request: Request) -> Response:
    """All KPIs: name, formula, elements, unit, levels, periods, and where it comes from."""
    only(request)
    return answer({"items": catalogue()})


ROUTES = (
    Route("/api/v1/kpis", kpis),
    Route("/api/v1/kpis/catalogue", listed),
    Route("/api/v1/kpis/{name}/explanation", explanation),
)
