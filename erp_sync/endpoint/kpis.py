"""KPIs of ISO 22400-2, with their elements."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from edge.domain.clock import parse_time
from edge.domain.intervals import Interval
from edge.kpi.errors import KpiInputInvalid
from edge.kpi.windows import LONGEST, Ledger, reports, to_read
from erp_sync.endpoint import schemas
from erp_sync.endpoint.auth import Reader
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.errors import invalid, not_found
from erp_sync.service import Service
from erp_sync.storage import kpi_input

router = APIRouter(prefix="/api/v1/kpis", tags=["performance"])
MOMENT = "Microseconds UTC, or ISO 8601 with an offset"


class KpiQuery(BaseModel):
    """Which work center, when, and cut by what."""

    model_config = ConfigDict(extra="forbid")
    equipment: str | None = Field(None, description="Work center; none: all")
    from_: str = Field(alias="from", description=MOMENT)
    to: str = Field(description=MOMENT)
    by: Literal["hour", "shift", "line"] = "hour"


@router.get(
    "",
    summary="KPIs with their elements",
    description="Availability, effectiveness, quality ratio, OEE and others by hour, by shift, or "
    "of the whole span (`line`). The span is widened to whole hours, by shift to whole shifts; "
    "windows end where the edge's facts end. Times in elements "
    "are microseconds; figures are decimal texts, null where there is none. Below 95 % "
    "coverage there is no OEE.",
    responses=schemas.responses("KpisAnswer", problems=(404, 422)),
)
async def kpis(service: Sync, _principal: Reader, query: Annotated[KpiQuery, Query()]) -> Response:
    start, end = _moment("from", query.from_), _moment("to", query.to)
    if not start < end or end - start > LONGEST:
        raise invalid("from must be before to, and at most 40 days before", "mend the span")
    ledgers = await service.store.read(
        lambda db: _ledgers(db, service, query.equipment, start, end)
    )
    try:
        items = [report for ledger in ledgers for report in reports(ledger, query.by)]
    except KpiInputInvalid as error:
        mend = "the edge's facts contradict themselves: look at its states and run times"
        raise invalid(f"there are no KPIs: {error}", mend) from error
    return json_reply({"items": items})


def _ledgers(
    db: Connection, service: Service, equipment: str | None, start: int, end: int
) -> list[Ledger]:
    known = kpi_input.equipment(db)
    if equipment is not None and equipment not in known:
        raise not_found(f"nothing is known of {equipment!r}", f"ask for one of {known}")
    until = kpi_input.known_until(db)
    return [
        _ledger(db, service, one, Interval(start, end), until[one])
        for one in ([equipment] if equipment is not None else known)
        if start < min(end, until.get(one, 0))
    ]


def _ledger(
    db: Connection, service: Service, equipment: str, asked: Interval, until: int
) -> Ledger:
    read = to_read(asked, until)
    return Ledger(
        equipment_id=equipment,
        asked=asked,
        until=until,
        intervals=kpi_input.intervals(db, equipment, read.start, read.end),
        pieces=kpi_input.pieces(db, equipment, read.start, read.end),
        zone=service.config.zone,
        stops=kpi_input.stop_book(db, equipment, read.start, read.end),
    )


def _moment(name: str, text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        # A plus sign that was not escaped arrives as a space.
        return parse_time(text.replace(" ", "+"))
    except ValueError as error:
        raise invalid(f"{name}: {error}", f"write {MOMENT}") from error
