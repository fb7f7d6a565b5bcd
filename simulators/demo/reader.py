"""The demo's own reader of the feed: what was posted, counted apart from the ERP."""

from collections.abc import Mapping
from typing import Any

from simulators.demo.comparison import Place, Quantities
from simulators.erp.client import SyncClient
from simulators.erp.postings import (
    KINDS,
    Entry,
    Pieces,
    Posting,
    corrected,
    correction_postings,
    entry_of,
    postings,
)

PAGE = 500


class FeedReader:
    """Reads the feed from its start; `ids` are those of all items read so far."""

    def __init__(self, client: SyncClient) -> None:
        self._client = client
        self._cursor: str | None = None
        self._entries: dict[tuple[str, int], Entry] = {}
        self._totals: dict[Place, Pieces] = {}
        self.ids: set[str] = set()

    def read_to_tip(self) -> None:
        """Read what is new. Raises ServiceUnavailable, CursorGone, RequestRefused."""
        while True:
            page = self._client.page(self._cursor, kinds=KINDS, limit=PAGE, wait=0)
            for item in page.items:
                self._take(item)
            self._cursor = page.next
            if page.complete:
                return

    def posted(self) -> dict[Place, Quantities]:
        """Good and scrap by order and operation."""
        return {place: Quantities(p.good, p.scrap) for place, p in self._totals.items()}

    def _take(self, item: Mapping[str, Any]) -> None:
        entry = entry_of(item)
        self.ids.add(entry.id)
        self._entries[entry.edge_id, entry.seq] = entry
        for posting in self._postings(entry):
            place = posting.of.place
            self._totals[place] = self._totals.get(place, Pieces()) + posting.pieces

    def _postings(self, entry: Entry) -> tuple[Posting, ...]:
        if entry.kind != "correction":
            return postings(entry)
        key = (entry.edge_id, int(entry.body["corrects"]))
        original = self._entries.get(key)
        if original is None:
            return ()
        self._entries[key] = corrected(original, entry.body["changes"])
        return correction_postings(original, self._entries[key])
