"""Pages of the feed: assembled from bytes that were encoded once; full ones are kept."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from erp_sync.endpoint.cursor import Cursor, check_of
from erp_sync.storage.facts import FeedRow

CACHED_BYTES = 32 * 1024 * 1024
Item = tuple[int, str, bytes]  # position, check, JSON


@dataclass(frozen=True)
class Page:
    """A page of the feed; a full one never changes, an incomplete one ends at the tip."""

    body: bytes
    full: bool
    empty: bool
    etag: str


class PageCache:
    """Full pages by cursor and limit, the least used dropped first."""

    def __init__(self, largest: int = CACHED_BYTES) -> None:
        self._largest = largest
        self._size = 0
        self._pages: OrderedDict[tuple[Cursor, int], Page] = OrderedDict()

    def get(self, key: tuple[Cursor, int]) -> Page | None:
        """The page, if it is kept."""
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def put(self, key: tuple[Cursor, int], page: Page) -> None:
        """Keep a page if it is full."""
        if not page.full or key in self._pages:
            return
        self._pages[key] = page
        self._size += len(page.body)
        while self._size > self._largest:
            _, dropped = self._pages.popitem(last=False)
            self._size -= len(dropped.body)


def page_of(items: Sequence[Item], cursor: Cursor, limit: int) -> Page:
    """The page of items after a cursor."""
    following = cursor
    if items:
        position, check, _ = items[-1]
        following = msgspec.structs.replace(cursor, position=position, check=check)
    full = len(items) == limit
    body = b'{"items":[%b],"next":"%b","complete":%b}' % (
        b",".join(data for _, _, data in items),
        following.encode().encode(),
        b"false" if full else b"true",
    )
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Page(body, full, not items, etag)


def fact_item(row: FeedRow) -> Item:
    """A fact as an item of the feed; its own bytes are embedded unchanged."""
    order = msgspec.json.encode(row.order_id)
    operation = msgspec.json.encode(row.operation)
    data = (
        b'{"position":%d,"id":"%b","type":"fact","order":%b,"operation":%b,'
        b'"effects":%b,"fact":%b}'
        % (
            row.position,
            f"{row.edge_id}/{row.epoch}/{row.seq}".encode(),
            order,
            operation,
            row.effects or b"[]",
            row.data,
        )
    )
    return row.position, check_of(row.hash), data


def group_item(row: tuple[int, bytes]) -> Item:
    """An item of a grouped feed."""
    position, data = row
    return position, check_of(data), data
