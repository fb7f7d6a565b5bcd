"""An ERP as the product meets it: sends its plan, polls what happened, books, acknowledges."""

import logging
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import stamina

from simulators.erp.books import Books
from simulators.erp.client import LONG_POLL_S, Page, SyncClient
from simulators.erp.errors import CursorGone, ItemsUnknown, ServiceUnavailable
from simulators.erp.example import Example
from simulators.erp.postings import KINDS, entry_of, pieces_of

PAGE = 500
ACKNOWLEDGE = 500
FAULT_DONE = "fault_done"
log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Fault(StrEnum):
    """What a negative control makes the ERP do wrong, once."""

    BOOK_TWICE = "book-twice"
    MOVE_PIECE = "move-piece"


class Erp:
    """One ERP: its books, its connection and, in negative controls, its fault."""

    def __init__(
        self, example: Example, books: Books, client: SyncClient, fault: Fault | None = None
    ) -> None:
        self._example, self._books, self._client, self._fault = example, books, client, fault

    def run(self) -> None:
        """Send master data and plan, then poll for ever. Raises RequestRefused."""
        self.send_plan()
        self.settle()
        while True:
            self.turn()

    def send_plan(self) -> None:
        """Operations definitions first, then the month plan; sending them again does no harm."""
        self._books.enter_master_data(self._example)
        for d in self._example.definitions:
            self._patiently(self._client.put_definition, d.product, d.revision, d.content)
        plan = self._example.plan
        self._patiently(self._client.put_schedule, plan)
        log.info("sent %s definitions, %s orders", len(self._example.definitions), len(plan.orders))

    def turn(self, wait: int = LONG_POLL_S) -> bool:
        """One page: read, book, acknowledge, report; gives whether it was the tip of the feed."""
        try:
            page = self._patiently(self._read_page, wait)
        except CursorGone:
            self._begin_anew()
            return False
        if page.items or page.next != self._books.cursor:
            booked = self._books.book_page(page.items, page.next)
            log.info("booked %s of %s items", booked, len(page.items))
            self._misbook(page)
        self.settle(report=page.complete)
        return page.complete

    def settle(self, *, report: bool = True) -> None:
        """Send what is pending: acknowledgements, and the totals if they changed.

        A service that was put back from a backup gets them once it holds the items again.
        """
        try:
            self._settle(report=report)
        except CursorGone:
            self._begin_anew()
        except ItemsUnknown as unknown:
            log.warning("acknowledgements are kept for later: %s", unknown)

    def _begin_anew(self) -> None:
        log.warning("the feed was restored: reading it from its start")
        self._books.forget_cursor()

    def _settle(self, *, report: bool) -> None:
        while pending := self._books.pending(ACKNOWLEDGE):
            items = [decision.as_json() for decision in pending]
            self._patiently(self._client.acknowledge, self._example.consumer, items)
            self._books.acknowledged([decision.id for decision in pending])
        if report and self._books.cursor is not None and not self._books.reported():
            self._send_books()

    def _send_books(self) -> None:
        cursor = self._books.cursor
        for day in self._books.days():
            items = [
                {"order": order, "operation": operation, "good": p.good, "scrap": p.scrap}
                for (order, operation), p in self._books.totals(day).items()
            ]
            self._patiently(self._client.send_books, self._example.consumer, day, items, cursor)
        self._books.note_reported(cursor)

    def _read_page(self, wait: int) -> Page:
        return self._client.page(self._books.cursor, kinds=KINDS, limit=PAGE, wait=wait)

    def _misbook(self, page: Page) -> None:
        """Negative controls: do one thing wrong, once, and say so in the log."""
        if self._fault is None or self._books.memo(FAULT_DONE):
            return
        done: str | None = None
        if self._fault is Fault.MOVE_PIECE:
            done = self._books.move_piece()
        elif any(_has_good_pieces(item) for item in page.items):
            self._books.book_page(page.items, page.next, check_ids=False)
            done = f"{len(page.items)} items again"
        if done:
            self._books.note(FAULT_DONE, done)
            log.warning("fault on purpose, %s: %s", self._fault, done)

    @staticmethod
    def _patiently(call: Callable[..., Result], *args: object) -> Result:
        """Call until the service can answer, with growing pauses."""
        for attempt in stamina.retry_context(
            on=ServiceUnavailable,
            attempts=None,
            timeout=None,
            wait_initial=0.1,
            wait_jitter=0.1,
            wait_max=3.0,
        ):
            with attempt:
                return _noted(attempt.num, call, *args)
        raise AssertionError("unreachable: the attempts have no end")


def _noted(attempt: int, call: Callable[..., Result], *args: object) -> Result:
    """Call, and log a loss once and the recovery once."""
    try:
        answer = call(*args)
    except ServiceUnavailable as error:
        if attempt == 1:
            log.warning("the sync service does not answer, trying on: %s", error)
        raise
    if attempt > 1:
        log.info("the sync service answers again, after %s attempts", attempt)
    return answer


def _has_good_pieces(item: Mapping[str, Any]) -> bool:
    return item.get("order") is not None and pieces_of(entry_of(item)).good > 0
