"""No error may hide: whatever moves one piece in one book is seen and named."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from simulators.demo.comparison import BOOKS, Account, Accounts, Place, Quantities, compare

PLACES = st.tuples(st.sampled_from(["WO1", "WO2", "WO3", ""]), st.sampled_from([10, 20]))
TRUTH = st.dictionaries(
    PLACES, st.builds(Quantities, st.integers(1, 900), st.integers(1, 20)), min_size=2
)
BOOK = st.sampled_from(BOOKS)
ROLE = st.sampled_from(["good", "scrap"])


def agreed(truth: Account) -> Accounts:
    return Accounts(planned={}, truth=truth, recorded=truth, posted=truth, booked=truth)


def changed(accounts: Accounts, book: str, place: Place, role: str, by: int) -> Accounts:
    account = dict(getattr(accounts, book))
    known = account[place]
    account[place] = replace(known, **{role: getattr(known, role) + by})
    return with_book(accounts, book, account)


def with_book(accounts: Accounts, book: str, account: Account) -> Accounts:
    return Accounts(**{**vars(accounts), book: account})


def places_of(accounts: Accounts) -> set[tuple[str, int, str, str, int]]:
    found = compare(accounts).differences
    return {(d.order, d.operation, d.book, d.role, d.pieces) for d in found}


@given(TRUTH)
def test_books_that_agree_have_no_difference(truth: dict[Place, Quantities]) -> None:
    comparison = compare(agreed(truth))
    assert comparison.difference == 0
    assert comparison.pieces == sum(q.good + q.scrap for q in truth.values())


@given(TRUTH, BOOK, ROLE, st.sampled_from([-1, 1]), st.data())
def test_a_piece_dropped_or_doubled_is_one(
    truth: dict[Place, Quantities], book: str, role: str, by: int, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(sorted(truth)))
    wrong = changed(agreed(truth), book, place, role, by)
    assert compare(wrong).difference == 1
    assert places_of(wrong) == {(*place, book, role, by)}


@given(TRUTH, BOOK, ROLE, ROLE, st.data())
def test_a_piece_moved_between_places_is_two(
    truth: dict[Place, Quantities], book: str, left: str, right: str, data: st.DataObject
) -> None:
    here, there = data.draw(
        st.lists(st.sampled_from(sorted(truth)), min_size=2, max_size=2, unique=True)
    )
    wrong = changed(changed(agreed(truth), book, here, left, -1), book, there, right, 1)
    assert compare(wrong).difference == 2
    assert places_of(wrong) == {(*here, book, left, -1), (*there, book, right, 1)}


@given(TRUTH, BOOK, st.data())
def test_good_called_scrap_is_two(
    truth: dict[Place, Quantities], book: str, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(sorted(truth)))
    wrong = changed(changed(agreed(truth), book, place, "good", -1), book, place, "scrap", 1)
    assert compare(wrong).difference == 2


@given(TRUTH, BOOK, st.data())
def test_a_place_that_a_book_lacks_or_invents_is_seen(
    truth: dict[Place, Quantities], book: str, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(sorted(truth)))
    less = {other: q for other, q in truth.items() if other != place}
    lacking = with_book(agreed(truth), book, less)
    assert compare(lacking).difference == truth[place].pieces
    inventing = with_book(agreed(less), book, truth)
    assert compare(inventing).difference == truth[place].pieces


def test_the_place_is_named_in_words() -> None:
    truth = {("WO1", 10): Quantities(5, 1), ("", 0): Quantities(1, 0)}
    wrong = replace(agreed(truth), booked={("WO1", 10): Quantities(7, 1)})
    assert [str(found) for found in compare(wrong).differences] == [
        "pieces without an order: booked has 1 good too few",
        "WO1.10: booked has 2 good too many",
    ]
