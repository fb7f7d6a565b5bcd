"""Purchases that came are stock, and are expected no more: each is counted once."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.receipts import Receipt, still_coming


def receipt(at: int, quantity: int) -> Receipt:
    return Receipt(at=at, material="STEEL", quantity=Fraction(quantity))


def test_what_came_since_they_were_said_is_of_the_earliest() -> None:
    purchases = {"scm": [receipt(5, 100), receipt(9, 50)]}
    came = [(3, Fraction(70)), (8, Fraction(60)), (9, Fraction(60))]
    assert still_coming(purchases, {"scm": 7}, came) == [receipt(9, 30)]
    assert still_coming(purchases, {"scm": 9}, came) == [receipt(5, 100), receipt(9, 50)]
    assert still_coming(purchases, {}, came) == [receipt(5, 100), receipt(9, 50)]


QUANTITIES = st.integers(1, 100)
SOURCES = st.sampled_from(["scm", "other"])


@given(
    st.lists(st.tuples(SOURCES, st.integers(0, 9), QUANTITIES), max_size=6),
    st.dictionaries(SOURCES, st.integers(0, 9)),
    st.lists(st.tuples(st.integers(0, 12), QUANTITIES), max_size=5),
)
def test_what_is_expected_and_what_came_is_no_more_than_was_bought(
    bought: list[tuple[str, int, int]], said: dict[str, int], came: list[tuple[int, int]]
) -> None:
    """A delivery takes its own quantity off, once, and nothing of what was said after it."""
    purchases: dict[str, list[Receipt]] = {}
    for source, at, quantity in bought:
        purchases.setdefault(source, []).append(receipt(at, quantity))
    coming = still_coming(purchases, said, [(seq, Fraction(much)) for seq, much in sorted(came)])
    total, rest = sum(one[2] for one in bought), sum(one.quantity for one in coming)
    later = sum(much for seq, much in came if any(seq > of for of in said.values()))
    assert max(total - later, 0) <= rest <= total
    unsaid = sum(one[2] for one in bought if one[0] not in said)
    assert rest >= unsaid
    if set(said) >= set(purchases) and all(seq > max(said.values(), default=0) for seq, _ in came):
        assert rest == max(total - sum(much for _, much in came), 0)
