"""Registers to places: which single words and which pairs, in which word order, make a number.

Two neighbours are one number if only that makes them count: the upper word steps exactly where
the lower one goes round. As long as no carry was seen, a lower word is taken for a counter of
16 bits, which counts the same pieces, and the neighbour is named as a hint.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from plc_drivers.discovery.series import Series, series_of

WORD_ORDERS = ("ABCD", "CDAB")
CODES = 1000  # what stays below is a code of its own
Registers = Mapping[int, Sequence[int | None]]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A number in one or two registers. `proof` says how its width was told, `hint` what else
    it may be."""

    number: int
    series: Series
    order: str = "ABCD"
    proof: str = ""
    hint: str = ""
    registers: frozenset[int] = field(default_factory=frozenset)

    @property
    def type(self) -> str:
        return f"uint{self.series.bits}"


def places(times: Sequence[int], table: Registers) -> tuple[Place, ...]:
    """All places of one table of registers, each register in one of them, by number."""
    proved = _proved(times, table)
    order = next((place.order for place in proved), "")
    used = {number for place in proved for number in place.registers}
    if order:
        proved += _same_order(times, table, order, used)
        used = {number for place in proved for number in place.registers}
    alone = [
        _alone(times, table, number, order, used) for number in sorted(table) if number not in used
    ]
    return tuple(sorted([*proved, *alone], key=lambda place: place.number))


def _proved(times: Sequence[int], table: Registers) -> list[Place]:
    """Pairs whose upper word steps with the lower one's going round."""
    found: list[Place] = []
    used: set[int] = set()
    for number in sorted(table):
        if number + 1 not in table or used & {number, number + 1}:
            continue
        for order in WORD_ORDERS:
            place = _pair(times, table, number, order)
            if place is not None:
                found.append(place)
                used |= place.registers
                break
    return found


def _pair(times: Sequence[int], table: Registers, number: int, order: str) -> Place | None:
    high, low, series = _joined(times, table, number, order)
    # Each step of the upper word must be a carry of the lower one, and it must have stepped.
    carries = high.moves and all(low.values[at] < low.values[at - 1] for at in high.moves)
    if not carries or not series.counts or len(high.values) != len(low.values):
        return None
    proof = f"the words count together in order {order}: {len(high.moves)} carry seen"
    return Place(
        number=number,
        series=series,
        order=order,
        proof=proof,
        registers=frozenset({number, number + 1}),
    )


def _joined(
    times: Sequence[int], table: Registers, number: int, order: str
) -> tuple[Series, Series, Series]:
    """The upper word, the lower word, and both as one number."""
    upper, lower = (number, number + 1) if order == "ABCD" else (number + 1, number)
    both = [
        None if above is None or below is None else above << 16 | below
        for above, below in zip(table[upper], table[lower], strict=True)
    ]
    high, low = (series_of(times, table[at], 16) for at in (upper, lower))
    return high, low, series_of(times, both, 32)


def _same_order(times: Sequence[int], table: Registers, order: str, used: set[int]) -> list[Place]:
    """Numbers that do not count and whose upper word stood, but not at 0: in the order that
    another pair of the device has proved."""
    found: list[Place] = []
    for number in sorted(table):
        pair = {number, number + 1}
        if number + 1 not in table or pair & used:
            continue
        high, low, series = _joined(times, table, number, order)
        if low.constant or low.counts or not high.constant or high.values[:1] in ((), (0,)):
            continue
        if max(low.values) < CODES:  # a state and its neighbour, rather than a large number
            continue
        place = Place(
            number=number,
            series=series,
            order=order,
            hint=f"two words in the order {order} that another number of the device has",
            registers=frozenset(pair),
        )
        found.append(place)
        used = used | pair
    return found


def _alone(
    times: Sequence[int], table: Registers, number: int, order: str, used: set[int]
) -> Place:
    series = series_of(times, table[number], 16)
    proof = hint = ""
    if series.counts and series.wraps:
        proof = f"went round {series.wraps} time(s) at 65,536 and no neighbour took a carry"
    elif series.counts:
        hint = _hint(times, table, number, order, used)
    return Place(
        number=number, series=series, proof=proof, hint=hint, registers=frozenset({number})
    )


def _hint(times: Sequence[int], table: Registers, number: int, order: str, used: set[int]) -> str:
    """The neighbour that may be its upper word: one that stood still."""
    for said in [order] if order else WORD_ORDERS:
        neighbour = number - 1 if said == "ABCD" else number + 1
        if neighbour not in table or neighbour in used:
            continue
        other = series_of(times, table[neighbour], 16)
        if other.constant and other.values:
            return (
                f"register {neighbour} beside it stood at {other.values[0]}: it may be the upper "
                f"word of a 32-bit counter in order {said}; no carry was seen, and 16 bits count "
                "the same pieces"
            )
    return ""
