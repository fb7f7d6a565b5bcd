"""The ERP against a real server: plan out, completions in, and nothing twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulators.erp.books import Books
from simulators.erp.client import SyncClient
from simulators.erp.errors import RequestRefused
from simulators.erp.example import load_example
from simulators.erp.system import Erp, Fault
from tests.integration.simulators.feed_server import TOKEN, Feed, served
from tests.unit.simulators.feed_items import MORNING, count

EXAMPLE = Path(__file__).parents[3] / "examples" / "hardware_plant"
DAY = "2026-06-08"
COMMAND = [sys.executable, "-c", "from simulators.erp.cli import simulate_erp; simulate_erp()"]


@pytest.fixture
def feed() -> Feed:
    return Feed(items=[count(1, 5), count(2, 1, role="scrap"), count(3, 4, order="WO1002")])


@pytest.fixture
def url(feed: Feed) -> Iterator[str]:
    with served(feed) as base:
        yield base


@pytest.fixture
def make_erp(url: str, tmp_path: Path) -> Iterator[Callable[..., Erp]]:
    books = Books(tmp_path / "erp.sqlite", ZoneInfo("Europe/Berlin"), lambda: MORNING)
    client = SyncClient(url, TOKEN)
    yield lambda fault=None: Erp(load_example(EXAMPLE), books, client, fault)
    client.close()
    books.close()


def reported(feed: Feed) -> dict[tuple[str, int], tuple[int, int]]:
    return {
        (row["order"], row["operation"]): (row["good"], row["scrap"])
        for row in feed.books[DAY]["items"]
    }


def test_it_sends_what_it_has(feed: Feed, make_erp: Callable[..., Erp]) -> None:
    erp = make_erp()
    erp.send_plan()
    erp.send_plan()
    assert len(feed.definitions) == 8
    assert "product" not in feed.definitions["HINGE-60/A"]
    assert feed.schedules == {"2026-06": (EXAMPLE / "month_plan.csv").read_text(encoding="utf-8")}


def test_it_books_acknowledges_and_reports(feed: Feed, make_erp: Callable[..., Erp]) -> None:
    feed.items.append(count(4, 9, order="WO9"))
    erp = make_erp()
    erp.send_plan()
    assert erp.turn(wait=0)
    assert feed.kinds == "production_count,scrap,rework,nonconformance,correction"
    assert reported(feed) == {("WO1001", 10): (5, 1), ("WO1002", 10): (4, 0)}
    assert feed.books[DAY]["after"] == "1-4"
    statuses = {id_: item["status"] for id_, item in feed.acknowledged.items()}
    assert statuses == {"e1/1/1": "posted", "e1/1/2": "posted", "e1/1/3": "posted"} | {
        "e1/1/4": "rejected"
    }
    assert "WO9" in feed.acknowledged["e1/1/4"]["reason"]


def test_it_waits_while_the_service_is_down(feed: Feed, make_erp: Callable[..., Erp]) -> None:
    feed.unavailable = 3
    erp = make_erp()
    erp.send_plan()
    feed.unavailable = 2
    assert erp.turn(wait=0)
    assert reported(feed)["WO1001", 10] == (5, 1)


def test_a_restored_feed_is_read_from_its_start(feed: Feed, make_erp: Callable[..., Erp]) -> None:
    erp = make_erp()
    erp.send_plan()
    erp.turn(wait=0)
    feed.generation = 2
    feed.items.append(count(4, 1))
    assert not erp.turn(wait=0), "the old cursor is gone"
    assert erp.turn(wait=0)
    assert reported(feed) == {("WO1001", 10): (6, 1), ("WO1002", 10): (4, 0)}


@pytest.mark.parametrize(
    ("sync", "books", "code", "words"),
    [("127.0.0.1:8080", "b.sqlite", 2, "--sync"), ("http://127.0.0.1:1", ".", 3, "--books")],
)
def test_wrong_options_are_named(
    tmp_path: Path, sync: str, books: str, code: int, words: str
) -> None:
    arguments = [str(EXAMPLE), "--sync", sync, "--token-env", "T", "--books", str(tmp_path / books)]
    done = subprocess.run(
        [*COMMAND, *arguments],
        env={**os.environ, "T": "x"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, words in done.stderr) == (code, True)
    assert "Traceback" not in done.stderr


def test_what_is_refused_ends_it(url: str, tmp_path: Path) -> None:
    books = Books(tmp_path / "erp.sqlite", ZoneInfo("Europe/Berlin"), lambda: MORNING)
    client = SyncClient(url, "wrong")
    with pytest.raises(RequestRefused, match="401"):
        Erp(load_example(EXAMPLE), books, client).run()
    client.close()
    books.close()


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        (Fault.BOOK_TWICE, {("WO1001", 10): (10, 2), ("WO1002", 10): (8, 0)}),
        (Fault.MOVE_PIECE, {("WO1001", 10): (4, 1), ("WO1002", 10): (5, 0)}),
    ],
)
def test_a_fault_on_purpose_happens_once(
    feed: Feed,
    make_erp: Callable[..., Erp],
    fault: Fault,
    wrong: dict[tuple[str, int], tuple[int, int]],
) -> None:
    erp = make_erp(fault)
    erp.send_plan()
    erp.turn(wait=0)
    assert reported(feed) == wrong
    feed.items.append(count(4, 1, order="WO1003"))
    erp.turn(wait=0)
    assert reported(feed) == wrong | {("WO1003", 10): (1, 0)}


def start(url: str, books: Path, token: str = TOKEN) -> "subprocess.Popen[str]":
    where = ("--sync", url, "--token-env", "ERP_TOKEN", "--books", str(books))
    return subprocess.Popen(
        [*COMMAND, str(EXAMPLE), *where],
        env={**os.environ, "ERP_TOKEN": token},
        stderr=subprocess.PIPE,
        text=True,
    )


def until(holds: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    while not holds():
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.02)


def test_a_crash_between_page_and_acknowledgement_loses_and_doubles_nothing(
    feed: Feed, url: str, tmp_path: Path
) -> None:
    feed.hold_acknowledgements = True
    with start(url, tmp_path / "erp.sqlite") as first:
        until(lambda: feed.acknowledgements == 1, first)
        first.send_signal(signal.SIGKILL)
    assert not feed.books
    feed.hold_acknowledgements = False
    feed.acknowledged.clear()
    with start(url, tmp_path / "erp.sqlite") as second:
        until(lambda: len(feed.acknowledged) == 3 and DAY in feed.books, second)
        assert reported(feed) == {("WO1001", 10): (5, 1), ("WO1002", 10): (4, 0)}
        feed.items.append(count(4, 2))
        until(lambda: reported(feed)["WO1001", 10] == (7, 1), second)
        second.terminate()
        second.communicate()
        assert second.returncode == 0


def test_the_command_says_why_it_stops(url: str, tmp_path: Path) -> None:
    with start(url, tmp_path / "erp.sqlite", token="") as no_token:
        _, said = no_token.communicate()
        assert no_token.returncode == 2
        assert "ERP_TOKEN" in said
    with start(url, tmp_path / "erp.sqlite", token="wrong") as refused:
        _, said = refused.communicate()
        assert refused.returncode == 1
        assert "401" in said


def test_a_service_that_was_put_back_does_not_end_it(
    feed: Feed, make_erp: Callable[..., Erp]
) -> None:
    """It lost items that were booked but not acknowledged, and then the cursor too."""
    erp, items = make_erp(), list(feed.items)
    erp.send_plan()
    page = erp._read_page(0)
    erp._books.book_page(page.items, page.next)
    feed.items, feed.generation = items[:1], 2
    erp.settle()
    assert feed.acknowledged == {}
    for _ in range(3):
        erp.turn(0)
    feed.items = items
    for _ in range(3):
        erp.turn(0)
    assert set(feed.acknowledged) == {item["id"] for item in items}
    assert reported(feed) == {("WO1001", 10): (5, 1), ("WO1002", 10): (4, 0)}


def test_books_by_a_cursor_that_is_gone_do_not_end_it(
    feed: Feed, make_erp: Callable[..., Erp]
) -> None:
    erp = make_erp()
    erp.send_plan()
    page = erp._read_page(0)
    erp._books.book_page(page.items, page.next)
    feed.generation = 2
    erp.settle()
    erp.turn(0)
    assert reported(feed) == {("WO1001", 10): (5, 1), ("WO1002", 10): (4, 0)}


def test_a_bad_plant_clock_is_a_matter_of_usage(tmp_path: Path) -> None:
    options = ["--sync", "http://127.0.0.1:9", "--token-env", "ERP_TOKEN", "--plant-clock", "x"]
    done = subprocess.run(
        [*COMMAND, str(EXAMPLE), *options, "--books", str(tmp_path / "erp.sqlite")],
        env={**os.environ, "ERP_TOKEN": "t"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "ORIGIN,SPEED,ANCHOR" in done.stderr) == (2, True)
