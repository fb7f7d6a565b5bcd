"""Operations performance: what happened, in order, by a cursor."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from edge.domain.facts import FactKind
from erp_sync.endpoint import cursor as cursors
from erp_sync.endpoint import schemas
from erp_sync.endpoint.auth import Reader
from erp_sync.endpoint.cursor import FACTS, Cursor, Filter
from erp_sync.endpoint.pages import Page, fact_item, group_item, page_of
from erp_sync.endpoint.replies import Sync
from erp_sync.endpoint.signal import poll
from erp_sync.errors import invalid
from erp_sync.service import Service
from erp_sync.storage import facts, ledger

router = APIRouter(prefix="/api/v1", tags=["performance"])
LONGEST_WAIT = 30
KEPT = "private, max-age=31536000, immutable"
# The first page has no cursor that tells one feed from another: whoever begins anew after 410
# must not get it from a cache.
ASKED_AGAIN = "private, no-cache"


class FeedQuery(BaseModel):
    """What to read, from where on, and how long to wait for more."""

    model_config = ConfigDict(extra="forbid")
    after: str | None = Field(None, description="Cursor to go on after; none: from the start")
    limit: int = Field(500, ge=1, le=1000, description="Items a page")
    wait: float = Field(0, ge=0, le=LONGEST_WAIT, description="Seconds to wait for an item")
    kinds: str | None = Field(None, description="Kinds of facts, with commas; none: all")
    by: Literal["hour", "shift", "order"] | None = Field(
        None, description="Sums of closed hours, shifts or orders instead of facts"
    )


@router.get(
    "/operations-performance",
    summary="What happened, in order",
    description="Pages of the feed. A full page never changes (ETag); one at the tip is "
    "`complete` and not to be kept. The time-out of a wait is 200, without items and with the "
    "same cursor. Sums by hour, shift or order come once they are closed; what is known "
    "later comes as a correction item with the differences.",
    responses=schemas.responses("FeedAnswer", "GroupFeedAnswer", problems=(410, 422))
    | {304: {"description": "Not changed"}},
)
async def performance(
    service: Sync,
    _principal: Reader,
    query: Annotated[FeedQuery, Query()],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    cursor = cursors.placed(query.after, service.feed, _filter(query))
    page = service.pages.get((cursor, query.limit))
    if page is None:
        page = await _read(service, cursor, query)
        service.pages.put((cursor, query.limit), page)
    return _answer(page, if_none_match, KEPT if cursor.position else ASKED_AGAIN)


def _filter(query: FeedQuery) -> Filter:
    kinds = sorted({kind for kind in (query.kinds or "").split(",") if kind})
    if unknown := [kind for kind in kinds if kind not in set(FactKind)]:
        mend = f"write some of {', '.join(FactKind)}"
        raise invalid(f"kinds: {', '.join(unknown)} is not a kind of fact", mend)
    if kinds and query.by:
        raise invalid("kinds and by do not go together", "leave one of them out")
    return Filter(query.by or FACTS, tuple(kinds))


async def _read(service: Service, cursor: Cursor, query: FeedQuery) -> Page:
    async def look() -> Page | None:
        page = await service.store.read(lambda db: read_page(db, cursor, query.limit))
        return None if page.empty else page

    found = await poll(service.facts, service.clock, query.wait, look)
    return found or page_of([], cursor, query.limit)


def read_page(db: Connection, cursor: Cursor, limit: int) -> Page:
    """The page after a cursor; raises Problem (410) if its feed went another way."""
    if cursor.grouping == FACTS:
        known: str | bytes | None = facts.hash_at(db, cursor.position)
    else:
        known = ledger.group_item_at(db, cursor.grouping, cursor.position)
    if cursor.position and (known is None or cursors.check_of(known) != cursor.check):
        raise cursors.gone("the store was put back, and the feed went on otherwise")
    if cursor.grouping == FACTS:
        rows = facts.page(db, cursor.position, limit, cursor.kinds)
        return page_of([fact_item(row) for row in rows], cursor, limit)
    groups = ledger.group_page(db, cursor.grouping, cursor.position, limit)
    return page_of([group_item(row) for row in groups], cursor, limit)


def _answer(page: Page, if_none_match: str | None, keeping: str) -> Response:
    if not page.full:
        headers = {"cache-control": "no-store"}
        return Response(page.body, 200, headers, "application/json")
    headers = {
        "cache-control": keeping,
        "etag": page.etag,
        "vary": "authorization",
    }
    if if_none_match and _matches(if_none_match, page.etag):
        return Response(b"", 304, headers)
    return Response(page.body, 200, headers, "application/json")


def _matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison (RFC 9110, 13.1.2): a proxy that packs answers makes tags weak."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return bool(tags & {etag, "*"})
