"""What consumers of the feed report: what they posted, and their own books."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Connection

from edge.domain.faults import Fault
from erp_sync.endpoint import cursor as cursors
from erp_sync.endpoint import schemas, wire
from erp_sync.endpoint.auth import Bookkeeper
from erp_sync.endpoint.cursor import FACTS
from erp_sync.endpoint.media import json_body
from erp_sync.endpoint.replies import Sync
from erp_sync.endpoint.writing import IdempotencyKey, Reply, WriteRequest, write_once
from erp_sync.errors import invalid
from erp_sync.masterdata.documents import ID_PATTERN
from erp_sync.storage import consumers
from erp_sync.storage.consumers import Acknowledgement

router = APIRouter(prefix="/api/v1/consumers/{name}", tags=["books"])
ConsumerName = Annotated[str, Path(pattern=ID_PATTERN, description="Who books, e.g. erp")]
# status -> (what it must come with, what it must not)
STATUSES: Mapping[str, tuple[str, str]] = {
    "posted": ("document", "reason"),
    "rejected": ("reason", "document"),
}


@router.put(
    "/acknowledgements",
    summary="What was done with items of the feed",
    description="`posted` with the consumer's document, or `rejected` with a reason. The last "
    "word about an item counts. Unknown ids are 422, and then none is taken.",
    openapi_extra=schemas.body("AcknowledgementsMessage"),
    responses=schemas.responses("AcknowledgedAnswer", problems=(409, 413, 415, 422)),
)
async def put_acknowledgements(
    request: Request,
    service: Sync,
    principal: Bookkeeper,
    name: ConsumerName,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    body = await json_body(request)
    items = wire.read(body, wire.AcknowledgementsMessage).items
    now = service.clock.now()

    def effect(db: Connection) -> Reply:
        acknowledged = _placed(db, items)
        accepted = consumers.acknowledge(db, name, acknowledged, now)
        unchanged = len(acknowledged) - accepted
        return Reply(200, {"accepted": accepted, "unchanged": unchanged})

    asked = WriteRequest(request, principal, idempotency_key, body)
    return await write_once(service, asked, effect)


@router.put(
    "/books/{day}",
    summary="The consumer's own totals of a production day",
    description="By order and operation, cumulative up to the cursor `after`; replaces what was "
    'sent for this day. Order "" and operation 0 are pieces made without an order.',
    openapi_extra=schemas.body("BooksMessage"),
    responses=schemas.responses("BooksAnswer", problems=(409, 410, 413, 415, 422)),
)
async def put_books(
    request: Request,
    service: Sync,
    principal: Bookkeeper,
    name: ConsumerName,
    day: date,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    body = await json_body(request)
    message = wire.read(body, wire.BooksMessage)
    after = _after(service.feed, message.after)
    lines = _lines(message.items)
    now = service.clock.now()

    def effect(db: Connection) -> Reply:
        consumers.put_book(db, name, day.isoformat(), after, lines, now)
        return Reply(200, {"consumer": name, "day": day.isoformat(), "lines": len(lines)})

    asked = WriteRequest(request, principal, idempotency_key, body)
    return await write_once(service, asked, effect)


def _placed(db: Connection, items: list[wire.AcknowledgedItem]) -> list[Acknowledgement]:
    places = consumers.places(db, [item.id for item in items])
    faults: list[Fault] = []
    acknowledged: dict[tuple[str, int], Acknowledgement] = {}
    for index, item in enumerate(items):
        found = list(_faults(f"items[{index}]", item, item.id in places))
        faults += found
        if not found:
            place = places[item.id]
            acknowledged[place] = Acknowledgement(
                *place, item.status, item.document or "", item.reason or ""
            )
    if faults:
        detail = f"{len(faults)} fault{'s'[: len(faults) > 1]}, nothing was taken"
        raise invalid(detail, "mend what errors names and send all again", faults)
    return list(acknowledged.values())


def _faults(place: str, item: wire.AcknowledgedItem, known: bool) -> list[Fault]:
    faults = []
    if not known:
        mend = "acknowledge ids as the feed gave them"
        faults.append(Fault(f"{place}.id", item.id, "is not an item of the feed", mend))
    if item.status not in STATUSES:
        mend = f"write {' or '.join(STATUSES)}"
        faults.append(Fault(f"{place}.status", item.status, "is not a status", mend))
        return faults
    needed, barred = STATUSES[item.status]
    if not getattr(item, needed):
        what = f"{item.status} needs a {needed}"
        faults.append(Fault(f"{place}.{needed}", "(missing)", what, "add it"))
    if getattr(item, barred) is not None:
        what = f"{item.status} has no {barred}"
        faults.append(Fault(f"{place}.{barred}", str(getattr(item, barred)), what, "leave it out"))
    return faults


def _after(feed: str, text: str | None) -> tuple[str, int]:
    """(grouping, position) up to which the books reach; without a cursor: what is acknowledged."""
    if text is None:
        return FACTS, -1
    cursor = cursors.decode(text)
    if cursor.feed != feed:
        raise cursors.gone("it is of another feed: the store was made anew")
    return cursor.grouping, cursor.position


def _lines(items: list[wire.BookedLine]) -> dict[tuple[str, int], tuple[int, int]]:
    lines: dict[tuple[str, int], tuple[int, int]] = {}
    faults = []
    for index, item in enumerate(items):
        key = item.order, item.operation
        if key in lines:
            value = f"{item.order} operation {item.operation}"
            mend = "send one total an operation"
            faults.append(Fault(f"items[{index}]", value, "is there twice", mend))
        lines[key] = item.good, item.scrap
    if faults:
        raise invalid("an operation is there twice", "mend what errors names", faults)
    return lines
