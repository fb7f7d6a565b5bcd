"""KPIs of ISO 22400-2 over the API: the catalogue and reports."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.reading import number, only
from edge.api.routes import answer, edge_of
from edge.execution.figures import Figures
from edge.kpi.asking import question
from edge.kpi.catalogue import catalogue
from edge.kpi.errors import KpiRefused
from edge.kpi.scopes import Level
from edge.kpi.windows import Question

THINGS = {
    Level.UNIT: "work_center",
    Level.LINE: "line",
    Level.AREA: "area",
    Level.ORDER: "order",
    Level.PRODUCT: "product",
}


def asked(request: Request) -> Question:
    """The question of a query; raises InvalidRequest with what would be right."""
    given = {level: request.query_params.get(name) for level, name in THINGS.items()}
    start, end = number(request, "from"), number(request, "to")
    try:
        return question(
            request.query_params.get("by", "span"),
            given,
            start,
            end,
            request.query_params.get("names"),
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
    only(request, *QUERY)
    found = await asyncio.to_thread(figures(request).reports, asked(request))
    return answer({"items": found})


async def listed(request: Request) -> Response:
    """All KPIs: name, formula, elements, unit, levels, periods, and where it comes from."""
    only(request)
    return answer({"items": catalogue()})


ROUTES = (
    Route("/api/v1/kpis", kpis),
    Route("/api/v1/kpis/catalogue", listed),
)
