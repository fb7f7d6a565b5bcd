"""Settling waits for each step of the way, and says what did not come."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, repeat
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.clock import Clock, SystemClock
from simulators.demo.errors import DemoFailed
from simulators.demo.floor import Floor
from simulators.demo.reader import FeedReader
from simulators.demo.settle import REFUSED_S, Refusal, Settling, Way
from simulators.erp.books import Books
from simulators.erp.client import SyncClient
from simulators.erp.example import load_example
from tests.integration.simulators.feed_server import TOKEN, Feed, served, serving
from tests.unit.simulators.feed_items import MORNING, count

EXAMPLE = Path(__file__).parents[3] / "examples" / "hardware_plant"
CLOCK = SystemClock()


class Hurried(SystemClock):
    """Its seconds are tenths."""

    def monotonic(self) -> float:
        return 10 * super().monotonic()


@dataclass
class Status:
    """An edge's answer to `GET /status`; it reads its devices as long as `reading` holds."""

    reading: bool = True
    waiting: int = 0
    refusals: Iterator[str] = field(default_factory=lambda: repeat(""))

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/api/v1/status", self._status)])

    async def _status(self, _: Request) -> Response:
        read_at = CLOCK.now() if self.reading else None
        devices: list[dict[str, Any]] = [{"id": "press1", "read_at": read_at}]
        link = {"detail": next(self.refusals)}
        return JSONResponse({"devices": devices, "waiting": self.waiting, "link": link})


@dataclass
class Line:
    status: Status
    feed: Feed
    books: Books
    way: Way

    def settle(self, seconds: float, clock: Clock = CLOCK) -> list[str]:
        settling = Settling(self.way, clock, lambda: None, seconds)
        settling.run(CLOCK.now())
        return settling.findings


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    status, feed = Status(), Feed(items=[count(1, 5)])
    books = Books(tmp_path / "erp.sqlite", ZoneInfo("Europe/Berlin"), lambda: MORNING)
    books.enter_master_data(load_example(EXAMPLE))
    with ExitStack() as stack:
        floor = Floor("edge", stack.enter_context(serving(status.app())))
        client = SyncClient(stack.enter_context(served(feed)), TOKEN)
        way = Way(floor=floor, reader=FeedReader(client), books=tmp_path / "erp.sqlite")
        yield Line(status, feed, books, way)
        floor.close()
        client.close()
        books.close()


def booked_and_sent(books: Books) -> None:
    books.book_page([count(1, 5)], "1-1")
    books.acknowledged(["e1/1/1"])
    books.note_reported("1-1")


def test_all_is_there(line: Line) -> None:
    booked_and_sent(line.books)
    assert line.settle(20) == []


def test_what_is_missing_is_named(line: Line) -> None:
    line.status.reading, line.status.waiting = False, 3
    assert line.settle(0.05) == [
        "edge: not read since the freeze: press1",
        "link: 3 facts wait to be forwarded",
        "erp: 1 items of the feed are not booked",
    ]


REFUSAL = "HTTP 409: fact e1/1/8 counts from raw 12, they do not chain"


def test_a_refusal_that_stays_ends_the_wait_and_is_named(line: Line) -> None:
    """Between two attempts the link says nothing; that takes nothing back."""
    booked_and_sent(line.books)
    line.status.waiting, line.status.refusals = 3, cycle([REFUSAL, "", ""])
    clock = Hurried()
    began = clock.monotonic()
    assert line.settle(3000, clock) == [f"link: 3 facts wait to be forwarded: {REFUSAL}"]
    assert REFUSED_S <= clock.monotonic() - began < 600


@pytest.mark.parametrize(
    ("seen", "said", "stays"),
    [
        ([("", 3, 0), ("", 3, 60)], "", False),
        ([("no route to sync", 3, 0), ("no route to sync", 3, 60)], "", False),
        ([(REFUSAL, 3, 0), ("", 3, 9)], REFUSAL, False),
        ([(REFUSAL, 3, 0), ("", 3, 10)], REFUSAL, True),
        ([(REFUSAL, 3, 0), ("HTTP 409: of another fact", 3, 9), ("", 3, 18)], None, False),
        ([(REFUSAL, 3, 0), ("", 2, 9), ("", 2, 30)], "", False),
    ],
)
def test_only_the_same_refusal_of_facts_that_do_not_become_fewer_ends_a_wait(
    seen: list[tuple[str, int, float]], said: str | None, stays: bool
) -> None:
    refusal = Refusal()
    told = [refusal.seen(*one) for one in seen]
    assert said is None or told[-1] == said
    assert refusal.stays(seen[-1][2]) is stays


def test_the_erp_must_acknowledge_and_report(line: Line) -> None:
    line.books.book_page([count(1, 5)], "1-1")
    assert line.settle(0) == ["erp: 1 items are not acknowledged"]
    line.books.acknowledged(["e1/1/1"])
    assert line.settle(0) == ["erp: it has not sent its book totals"]
    line.books.note_reported("1-1")
    assert line.settle(0) == []


def test_a_process_that_ends_meanwhile_ends_the_wait(line: Line) -> None:
    def check() -> None:
        raise DemoFailed("erp ended by itself with code 1", "erp")

    with pytest.raises(DemoFailed, match="erp ended"):
        Settling(line.way, CLOCK, check, 20).run(CLOCK.now())
