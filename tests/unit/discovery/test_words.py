"""Which registers make one number: only a carry that was seen proves it."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from plc_drivers.discovery.series import MICROS
from plc_drivers.discovery.words import places

TIMES = [at * MICROS // 5 for at in range(60)]


def split(values: list[int], order: str) -> tuple[list[int | None], list[int | None]]:
    high: list[int | None] = [value >> 16 & 0xFFFF for value in values]
    low: list[int | None] = [value & 0xFFFF for value in values]
    return (high, low) if order == "ABCD" else (low, high)


def counter(start: int, steps: list[int]) -> list[int]:
    return [value % (1 << 32) for value in accumulate(steps, initial=start)][:60]


@given(
    order=st.sampled_from(["ABCD", "CDAB"]),
    upper=st.integers(0, 0xFFFF),
    steps=st.lists(st.integers(1, 9), min_size=59, max_size=59),
)
def test_a_pair_whose_carry_was_seen_is_one_counter(
    order: str, upper: int, steps: list[int]
) -> None:
    values = counter((upper << 16) + 0xFFFF - sum(steps) // 2, steps)
    first, second = split(values, order)
    (place,) = places(TIMES, {7: first, 8: second})
    assert (place.number, place.type, place.order) == (7, "uint32", order)
    assert place.series.total == sum(steps)
    assert "carry" in place.proof


@given(
    order=st.sampled_from(["ABCD", "CDAB"]),
    steps=st.lists(st.integers(0, 9), min_size=59, max_size=59).filter(lambda s: sum(s) > 60),
)
def test_without_a_carry_the_lower_word_counts_the_same_pieces(
    order: str, steps: list[int]
) -> None:
    values = counter(100, steps)
    first, second = split(values, order)
    found = places(TIMES, {7: first, 8: second})
    assert [place.type for place in found] == ["uint16", "uint16"]
    (counting,) = [place for place in found if place.series.counts]
    assert counting.series.total == sum(steps)
    assert "upper word" in counting.hint


def test_a_counter_of_16_bits_that_wraps_is_no_part_of_a_pair() -> None:
    low: list[int | None] = [value % 65536 for value in counter(65_500, [2] * 59)]
    found = places(TIMES, {7: [0] * 60, 8: low, 9: [3] * 60})
    assert [place.type for place in found] == ["uint16"] * 3
    assert "65,536" in found[1].proof


def test_a_large_number_is_read_in_the_order_that_another_one_proved() -> None:
    counts = split(counter(65_500, [2] * 59), "CDAB")
    orders = split([1_001_010] * 30 + [1_002_020] * 30, "CDAB")
    states: list[list[int | None]] = [[6, 6, 17, 17] * 15, [1] * 60]
    table = dict(enumerate((*states, *orders, *counts)))
    found = {place.number: place for place in places(TIMES, table)}
    assert found[2].series.distinct == {1_001_010, 1_002_020}
    assert found[0].series.distinct == {6, 17}


def test_a_register_that_was_not_read_in_between_spoils_nothing() -> None:
    first, second = split(counter(65_500, [2] * 59), "ABCD")
    first[10] = second[10] = None
    assert [place.series.total for place in places(TIMES, {1: first, 2: second})] == [118]
