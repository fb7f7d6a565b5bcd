"""KPIs of ISO 22400-2, with their elements."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from edge.domain.faults import Fault
from edge.domain.figures import JobKnown, Place
from edge.domain.hours import hour_start
from edge.domain.intervals import Interval
from edge.domain.sentences import say
from edge.kpi import windows
from edge.kpi.asking import LEVELS, MOMENT, WORDS, asked, missing
from edge.kpi.behind import RECORDS, add_facts, hint
from edge.kpi.book import Book, Question
from edge.kpi.catalogue import catalogue
from edge.kpi.cells import Ledger
from edge.kpi.errors import KpiInputInvalid, KpiRefused
from edge.kpi.explain import explanations
from edge.kpi.scopes import Level
from erp_sync.endpoint import schemas
from erp_sync.endpoint.auth import Reader
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.errors import invalid, not_found
from erp_sync.service import Service
from erp_sync.storage import kpi_input
from erp_sync.storage.behind import SentFacts

router = APIRouter(prefix="/api/v1/kpis", tags=["performance"])
MEND = "GET /api/v1/kpis/catalogue lists all KPIs with their levels and periods"


class WindowQuery(BaseModel):
    """Of what, when, and cut by what: the words that an edge understands too."""

    model_config = ConfigDict(extra="forbid")
    work_center: str | None = Field(None, description="Work center; nothing named: all of a level")
    equipment: str | None = Field(None, description="The same")
    line: str | None = Field(None, description="Line: its constraint, or the sum of what it has")
    area: str | None = Field(None, description="Area: the sum of its work centers")
    order: str | None = Field(None, description="Order, or one of its job orders (ORDER.OPERATION)")
    product: str | None = Field(None, description="Product")
    level: str | None = Field(None, description=f"One of {', '.join(LEVELS)}")
    hour: str | None = Field(None, description="Only this hour of the site: 2026-11-03T10")
    shift: str | None = Field(None, description="Only this shift: 2026-11-03/early")
    day: str | None = Field(None, description="Only this production day: 2026-11-03")
    week: str | None = Field(None, description="Only this week: 2026-W45")
    from_: str | None = Field(None, alias="from", description=MOMENT.capitalize())
    to: str | None = Field(None, description=MOMENT.capitalize())
    by: str = Field("hour", description=f"One of {', '.join(WORDS)}")


class KpiQuery(WindowQuery):
    """And which."""

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
    wanted, label = _question(service, query, query.names)
    book = await service.store.read(lambda db: _book(db, service, wanted))
    # A month of a plant takes seconds: the loop has others to serve meanwhile.
    items = await asyncio.to_thread(_computed, lambda: windows.reports(book, wanted))
    return json_reply({"items": [one for one in items if label in {None, one["label"]}]})


@router.get(
    "/catalogue",
    summary="All KPIs: formula, elements, unit, levels and periods",
    description="What `names` of the figures may be, and where each means something.",
    responses=schemas.responses("CatalogueAnswer"),
)
async def listed(_service: Sync, _principal: Reader) -> Response:
    return json_reply({"items": catalogue()})


@router.get(
    "/{name}/explanation",
    summary="Why a figure is what it is",
    description="The arithmetic of each figure with the numbers put in, the intervals of states, "
    "the pieces, and the facts that made them with the counters' raw readings. `edges` of a work "
    "center are those that told of it: what else they keep is asked there.",
    responses=schemas.responses("ExplanationAnswer", problems=(404, 422)),
)
async def explanation(
    service: Sync, _principal: Reader, name: str, query: Annotated[WindowQuery, Query()]
) -> Response:
    wanted, label = _question(service, query, name)

    def explained(db: Connection) -> list[dict[str, Any]]:
        book, sent = _book(db, service, wanted), SentFacts(db)
        found = _computed(lambda: explanations(book, wanted, name))
        chosen = [one for one in found if label in {None, one["label"]}]
        for one in chosen:
            _add_facts(one, sent)
        return chosen

    items = await service.store.read(explained)
    if not items:
        raise not_found(f"nothing is known of {label or 'that time'}", "ask for what has been")
    return json_reply({"items": items})


def _add_facts(told: dict[str, Any], sent: SentFacts) -> None:
    add_facts(told, sent)
    for unit in told["units"]:
        unit["edges"] = sent.edges_of(unit["equipment_id"])
        if any(row["kind"] in RECORDS for row in unit["records"]):
            of_edges = say(
                "hint.edges",
                "the facts of energy and inspections are with edge {edges}: ask there",
                edges=" / ".join(unit["edges"]),
            )
            hint(told, of_edges)


def _question(
    service: Service, query: WindowQuery, names: str | None
) -> tuple[Question, str | None]:
    said = query.model_dump(by_alias=True, exclude_none=True)
    if lacking := missing(said):
        mend = f"write {MOMENT}, or name an hour, shift, day or week"
        faults = [Fault(f"query.{name}", "(missing)", "is missing", mend) for name in lacking]
        raise invalid("it is not said when", mend, faults)
    try:
        return asked(said, service.config.zone, service.clock.now(), names, query.by)
    except KpiRefused as refused:
        raise invalid(str(refused), MEND) from refused


def _computed(work: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    try:
        return work()
    except KpiInputInvalid as error:
        mend = "the edge's facts contradict themselves: look at its states and run times"
        raise invalid(f"there are no KPIs: {error}", mend) from error


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
