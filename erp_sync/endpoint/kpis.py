"""KPIs of ISO 22400-2, with their elements."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from edge.domain.clock import parse_time
from edge.domain.figures import JobKnown, Place
from edge.domain.hours import hour_start
from edge.domain.intervals import Interval
from edge.kpi import windows
from edge.kpi.asking import LEVELS, WORDS, question
from edge.kpi.catalogue import catalogue
from edge.kpi.cells import Ledger
from edge.kpi.errors import KpiInputInvalid, KpiRefused
from edge.kpi.scopes import Level
from edge.kpi.windows import Book, Question
from erp_sync.endpoint import schemas
from erp_sync.endpoint.auth import Reader
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.errors import invalid, not_found
from erp_sync.service import Service
from erp_sync.storage import kpi_input

router = APIRouter(prefix="/api/v1/kpis", tags=["performance"])
MOMENT = "Microseconds UTC, or ISO 8601 with an offset"
MEND = "GET /api/v1/kpis/catalogue lists all KPIs with their levels and periods"


class KpiQuery(BaseModel):
    """Of what, when, cut by what, and which."""

    model_config = ConfigDict(extra="forbid")
    equipment: str | None = Field(None, description="Work center; nothing named: all of a level")
    line: str | None = Field(None, description="Line: its constraint, or the sum of what it has")
    area: str | None = Field(None, description="Area: the sum of its work centers")
    order: str | None = Field(None, description="Order, or one of its job orders (ORDER.OPERATION)")
    product: str | None = Field(None, description="Product")
    level: str | None = Field(None, description=f"One of {', '.join(LEVELS)}")
    from_: str = Field(alias="from", description=MOMENT)
    to: str = Field(description=MOMENT)
    by: str = Field("hour", description=f"One of {', '.join(WORDS)}")
    names: str | None = Field(None, description="Names of KPIs with commas; none: all that fit")


@router.get(
    "",
    summary="KPIs with their elements",
    description="All KPIs of ISO 22400-2 that the data allows, by hour, shift, day, week or of the "
    "whole span, of work centers, lines, areas, the site, orders and products. The span is widened "
    "to whole hours, shifts, days or weeks; "
    "windows end where the edge's facts end. Times in elements "
    "are microseconds; figures are decimal texts, null where there is none (`absent` says why). "
    "Below 95 % coverage there is no OEE. What means nothing at a level or period is refused.",
    responses=schemas.responses("KpisAnswer", problems=(404, 422)),
)
async def kpis(service: Sync, _principal: Reader, query: Annotated[KpiQuery, Query()]) -> Response:
    asked = _question(query)
    book = await service.store.read(lambda db: _book(db, service, asked))
    try:
        # A month of a plant takes seconds: the loop has others to serve meanwhile.
        items = await asyncio.to_thread(windows.reports, book, asked)
    except KpiInputInvalid as error:
        mend = "the edge's facts contradict themselves: look at its states and run times"
        raise invalid(f"there are no KPIs: {error}", mend) from error
    return json_reply({"items": items})


@router.get(
    "/catalogue",
    summary="All KPIs: formula, elements, unit, levels and periods",
    description="What `names` of the figures may be, and where each means something.",
    responses=schemas.responses("CatalogueAnswer"),
)
async def listed(_service: Sync, _principal: Reader) -> Response:
    return json_reply({"items": catalogue()})


def _question(query: KpiQuery) -> Question:
    given = {
        Level.UNIT: query.equipment,
        Level.LINE: query.line,
        Level.AREA: query.area,
        Level.ORDER: query.order,
        Level.PRODUCT: query.product,
    }
    start, end = _moment("from", query.from_), _moment("to", query.to)
    try:
        return question(query.by, given, start, end, query.names, query.level)
    except KpiRefused as refused:
        raise invalid(str(refused), MEND) from refused


def _book(db: Connection, service: Service, asked: Question) -> Book:
    jobs = kpi_input.jobs(db)
    places = kpi_input.places(db, service.config.site_id)
    known = kpi_input.equipment(db)
    _check(asked, known, jobs, places)
    until = kpi_input.known_until(db)
    now = max(until.values(), default=0)
    around = windows.around(asked, jobs, now)
    mine = [
        places[one]
        for one in known
        if windows.concerns(asked, places[one]) and around.start < until.get(one, 0)
    ]
    ledgers = [
        _ledger(db, service, one, around, asked, until[one.equipment_id], jobs) for one in mine
    ]
    read = windows.to_read(around, now, asked.by)
    return Book(
        ledgers=ledgers,
        until=now,
        zone=service.config.zone,
        jobs=jobs,
        labour=kpi_input.labour(db, read.start, read.end),
        serial=frozenset(one.line for one in places.values() if one.constraint),
    )


def _check(
    asked: Question,
    known: list[str],
    jobs: dict[str, JobKnown],
    places: kpi_input.Places,
) -> None:
    there = {
        Level.UNIT: set(known),
        Level.LINE: {one.line for one in places.values()},
        Level.AREA: {one.area for one in places.values()},
        Level.ORDER: {*jobs, *(one.order for one in jobs.values())},
        Level.PRODUCT: {one.product for one in jobs.values()},
    }
    if asked.of is not None and asked.of not in there.get(asked.level, {asked.of}):
        shown = sorted(there[asked.level])[:50]
        raise not_found(f"nothing is known of {asked.of!r}", f"ask for one of {shown}")


def _ledger(
    db: Connection,
    service: Service,
    place: Place,
    around: Interval,
    asked: Question,
    until: int,
    jobs: dict[str, JobKnown],
) -> Ledger:
    read = windows.to_read(around, until, asked.by)
    equipment, zone = place.equipment_id, service.config.zone
    return Ledger(
        equipment_id=equipment,
        asked=around,
        until=until,
        intervals=kpi_input.intervals(db, equipment, read.start, read.end),
        pieces=kpi_input.pieces(db, equipment, hour_start(read.start, zone), read.end),
        zone=zone,
        read=read,
        place=place,
        stops=kpi_input.stop_book(db, equipment, read.start, read.end),
        records=kpi_input.records(db, equipment, read.start, read.end),
        jobs=jobs,
        first=kpi_input.first_state(db, equipment),
    )


def _moment(name: str, text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        # A plus sign that was not escaped arrives as a space.
        return parse_time(text.replace(" ", "+"))
    except ValueError as error:
        raise invalid(f"{name}: {error}", f"write {MOMENT}") from error
