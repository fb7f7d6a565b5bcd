"""KPIs of ISO 22400-2 over the API: the catalogue and reports."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.reading import only
from edge.api.routes import answer, edge_of
from edge.domain.sentences import say
from edge.execution.errors import UnknownObject
from edge.execution.figures.reports import Figures
from edge.kpi.asking import PARAMETERS, asked
from edge.kpi.book import Question
from edge.kpi.catalogue import catalogue
from edge.kpi.errors import KpiRefused

THAT_TIME = say("word.that_time", "that time")
MEND = "GET /kpis/catalogue lists all KPIs with their levels and periods"


def figures(request: Request) -> Figures:
    """The figures of the running edge."""
    return edge_of(request).rooms.figures


async def kpis(request: Request) -> Response:
    """ISO 22400-2 figures with their elements, at any level and by any period."""
    only(request, *PARAMETERS, "names")
    asked_for, label = question(request, request.query_params.get("names"))
    found = await asyncio.to_thread(figures(request).reports, asked_for)
    return answer({"items": [one for one in found if label in {None, one["label"]}]})


def question(request: Request, names: str | None) -> tuple[Question, str | None]:
    """The question of a query, and the window that it names; raises InvalidRequest."""
    floor = edge_of(request).floor
    try:
        return asked(request.query_params, floor.zone, floor.clock.now(), names, "span")
    except KpiRefused as refused:
        fault = {"place": "query", "value": str(request.query_params), "mend": MEND}
        raise InvalidRequest(str(refused), [fault]) from refused


async def explanation(request: Request) -> Response:
    """Why a figure is what it is: arithmetic, intervals, pieces, facts, counter readings."""
    only(request, *PARAMETERS)
    name = request.path_params["name"]
    asked_for, label = question(request, name)
    room = edge_of(request).rooms.explaining
    found = await asyncio.to_thread(room.explain, asked_for, name, label)
    if not found:
        raise UnknownObject(
            say(
                "kpi.nothing_known",
                "nothing is known of {span}: it is not in the record",
                "name a later time",
                span=label or THAT_TIME,
            )
        )
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
