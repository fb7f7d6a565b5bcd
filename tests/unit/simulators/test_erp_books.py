"""The ERP's books: each item once, with its cursor, whatever happens in between."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.folding.quality import MOVES
from simulators.erp.books import Books
from simulators.erp.example import load_example
from simulators.erp.postings import EVENTS, Pieces
from tests.unit.simulators.feed_items import MORNING, correction, count, item, scrapped

EXAMPLE = Path(__file__).parents[3] / "examples" / "hardware_plant"
DAY = "2026-06-08"
SENT = load_example(EXAMPLE)


def open_books(path: Path) -> Books:
    books = Books(path, ZoneInfo("Europe/Berlin"), lambda: MORNING)
    books.enter_master_data(SENT)
    return books


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = open_books(tmp_path / "erp.sqlite")
    yield opened
    opened.close()


def test_a_page_is_booked_with_its_cursor_and_stays_pending(books: Books) -> None:
    assert books.cursor is None
    assert books.book_page([count(1, 5), count(2, 2, role="scrap")], "c2") == 2
    assert books.memo("cursor") == "c2"
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=5, scrap=2)}
    assert [(a.id, a.status) for a in books.pending(10)] == [
        ("e1/1/1", "posted"),
        ("e1/1/2", "posted"),
    ]
    assert all((a.document or "").startswith("MB-") for a in books.pending(10))
    books.acknowledged(["e1/1/1"])
    assert [a.id for a in books.pending(10)] == ["e1/1/2"]


def test_a_page_that_comes_again_changes_nothing(books: Books) -> None:
    books.book_page([count(1, 5)], "c1")
    assert books.book_page([count(1, 5), count(2, 1)], "c2") == 1
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=6)}


@pytest.mark.parametrize("role", ["good", "scrap", "total"])
def test_a_count_of_no_pieces_needs_no_order(books: Books, role: str) -> None:
    books.book_page([count(1, 0, role=role, order=None), count(2, 1, order=None)], "c1")
    assert [(one.id, one.status, one.document) for one in books.pending(10)] == [
        ("e1/1/1", "posted", "no pieces"),
        ("e1/1/2", "rejected", None),
    ]
    assert books.totals(DAY) == {}
    books.book_page([correction(3, 1, quantity=4, job_order_id="WO1001.10", role="good")], "c2")
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=4)}


def suspect(seq: int, event: str, *days: tuple[str, int]) -> dict[str, Any]:
    """An item of a nonconformance: pieces of production days."""
    parts = [{"quantity": n, "calendar": {"production_day": day}} for day, n in days]
    body = {"event": event, "quantity": sum(n for _, n in days), "parts": parts}
    return item(seq, "nonconformance", body)


def test_suspect_pieces_are_good_no_more_on_the_days_they_were_made_on(books: Books) -> None:
    before = "2026-06-05"
    books.book_page([count(1, 5), suspect(2, "opened", (DAY, 2), (before, 1))], "c1")
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=3, rework=2)}
    assert books.totals(before) == {("WO1001", 10): Pieces(good=-1, rework=1)}
    books.book_page([suspect(3, "scrapped", (DAY, 1)), suspect(4, "rework", (DAY, 1))], "c2")
    books.book_page([suspect(5, "reworked_good", (DAY, 1))], "c3")
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=4, scrap=1)}


def test_the_erp_moves_suspect_pieces_as_the_edge_does() -> None:
    assert {name: dict(move.books) for name, move in MOVES.items()} == EVENTS


def test_a_page_that_cannot_be_booked_leaves_nothing_behind(books: Books) -> None:
    with pytest.raises(ValueError, match="not a fact"):
        books.book_page([count(1, 5), {"id": "e1/1/2"}], "c2")
    assert books.cursor is None
    assert books.totals(DAY) == {}


@pytest.mark.parametrize(
    ("order", "operation", "reason"),
    [("WO9", 10, "WO9"), ("WO1001", 77, "operation 77"), (None, 10, "without an order")],
)
def test_what_is_unknown_is_rejected_with_a_reason(
    books: Books, order: str | None, operation: int, reason: str
) -> None:
    books.book_page([count(1, 5, order=order, operation=operation)], "c1")
    [decision] = books.pending(10)
    assert decision.status == "rejected"
    assert reason in (decision.reason or "")
    assert books.totals(DAY) == {}


def test_scrap_by_an_operator_reclassifies_or_only_gives_the_reason(books: Books) -> None:
    books.book_page([count(1, 5), scrapped(2, 2), scrapped(3, 1, "reason_only")], "c3")
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=3, scrap=2)}


def test_a_correction_takes_back_what_the_fact_says_now(books: Books) -> None:
    books.book_page([count(1, 5), correction(2, 1, quantity=7)], "c2")
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=7)}
    books.book_page([correction(3, 1, job_order_id="WO1002.10")], "c3")
    assert books.totals(DAY) == {
        ("WO1001", 10): Pieces(),
        ("WO1002", 10): Pieces(good=7),
    }


def test_a_fact_that_is_divided_is_booked_in_its_parts_again_and_again(books: Books) -> None:
    parts = [{"quantity": 3}, {"quantity": 2, "job_order_id": "WO1002.10"}]
    books.book_page([count(1, 5), correction(2, 1, parts=parts)], "c2")
    assert books.totals(DAY) == {
        ("WO1001", 10): Pieces(good=3),
        ("WO1002", 10): Pieces(good=2),
    }
    books.book_page([correction(3, 1, parts=[])], "c3")
    assert books.totals(DAY)["WO1001", 10] == Pieces(good=5)
    assert books.totals(DAY)["WO1002", 10] == Pieces()


def test_pieces_that_get_an_order_later_are_booked_then(books: Books) -> None:
    books.book_page([count(1, 5, order=None)], "c1")
    books.acknowledged(["e1/1/1"])
    parts = [{"quantity": 3}, {"quantity": 2, "job_order_id": "WO1001.10"}]
    books.book_page([correction(2, 1, parts=parts)], "c2")
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=2)}
    assert [(a.id, a.status) for a in books.pending(10)] == [
        ("e1/1/1", "posted"),
        ("e1/1/2", "posted"),
    ]
    books.book_page([correction(3, 1, parts=[{"job_order_id": "WO1001.10"}])], "c3")
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=5)}
    books.book_page([correction(4, 1, parts=[])], "c4")
    assert books.totals(DAY) == {("WO1001", 10): Pieces()}


def test_what_moves_no_pieces_is_nothing_to_book(books: Books) -> None:
    books.book_page([{**correction(2, 1, parts=[]), "effects": []}], "c2")
    assert [(a.status, a.document) for a in books.pending(10)] == [("posted", "no pieces")]
    assert books.totals(DAY) == {}


def test_a_correction_of_what_is_not_booked_is_rejected(books: Books) -> None:
    books.book_page([correction(2, 1, quantity=7)], "c2")
    assert [a.status for a in books.pending(10)] == ["rejected"]


def test_after_a_restore_of_the_feed_items_are_known_by_their_ids(books: Books) -> None:
    books.book_page([count(1, 5)], "c1")
    books.note_reported(books.cursor)
    books.forget_cursor()
    assert books.cursor is None
    assert not books.reported()
    books.book_page([count(1, 5), count(2, 1)], "d2")
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=6)}


def test_an_item_that_comes_again_is_acknowledged_again(books: Books) -> None:
    """A sync service that was put back from a backup has lost the acknowledgements too."""
    page = [count(1, 5), count(2, 3)]
    books.book_page(page, "c2")
    ids = [decision.id for decision in books.pending(10)]
    books.acknowledged(ids)
    books.forget_cursor()
    assert books.book_page(page, "c1") == 0
    assert [decision.id for decision in books.pending(10)] == ids


def test_books_are_found_again_after_a_crash(tmp_path: Path) -> None:
    first = open_books(tmp_path / "erp.sqlite")
    first.book_page([count(1, 5)], "c1")
    first.close()
    again = open_books(tmp_path / "erp.sqlite")
    assert again.cursor == "c1"
    assert [a.id for a in again.pending(10)] == ["e1/1/1"]
    assert again.book_page([count(1, 5)], "c1") == 0
    again.close()


def test_faults_on_purpose(books: Books) -> None:
    books.book_page([count(1, 5)], "c1")
    assert books.move_piece() is None, "one order alone has nobody to give to"
    books.book_page([count(1, 5)], "c1", check_ids=False)
    assert books.totals(DAY) == {("WO1001", 10): Pieces(good=10)}
    books.book_page([count(2, 1, order="WO1002")], "c2")
    assert books.move_piece() == "WO1001.10 -> WO1002.10"
    assert books.totals(DAY) == {
        ("WO1001", 10): Pieces(good=9),
        ("WO1002", 10): Pieces(good=2),
    }


PAGES = st.lists(
    st.lists(st.tuples(st.integers(1, 12), st.sampled_from(["good", "scrap", "rework"]))),
    max_size=6,
)


@given(PAGES)
def test_whatever_pages_overlap_each_item_counts_once(
    tmp_path_factory: pytest.TempPathFactory, pages: list[list[tuple[int, str]]]
) -> None:
    books = open_books(tmp_path_factory.mktemp("books") / "erp.sqlite")
    first_role: dict[int, str] = {}
    for number, page in enumerate(pages):
        for seq, role in page:
            first_role.setdefault(seq, role)
        books.book_page([count(seq, seq, role=role) for seq, role in page], f"c{number}")
    expected = Pieces()
    for seq, role in first_role.items():
        expected += Pieces(**{role: seq})
    assert books.totals(DAY).get(("WO1001", 10), Pieces()) == expected
    assert len(books.pending(100)) == len(first_role)
    books.close()
