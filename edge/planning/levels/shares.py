"""A quantity in whole pieces over parts of a time, evenly: largest remainders, to the piece."""

from collections.abc import Sequence
from itertools import groupby


def even_shares(
    quantity: int, weights: Sequence[int], phase: tuple[int, int] = (0, 1)
) -> list[int]:
    """Whole shares of `quantity` in proportion to `weights` (at least one above 0).

    They add up to it, and each is its exact share rounded down or up: the largest
    remainders are rounded up. Where remainders are equal those that are rounded up lie as
    far from each other as they can, moved by `phase` (which of how many) so that several
    products take turns.
    """
    total = sum(weights)
    parts = [divmod(quantity * weight, total) for weight in weights]
    shares = [whole for whole, _ in parts]
    left = quantity - sum(shares)
    by_rest = sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))
    for _, same in groupby(by_rest, key=lambda place: parts[place][1]):
        if left <= 0:
            break
        places = list(same)
        for place in _apart(places, min(left, len(places)), phase):
            shares[place] += 1
            left -= 1
    return shares


def _apart(places: Sequence[int], many: int, phase: tuple[int, int]) -> list[int]:
    """`many` of the places, as far from each other as they can be."""
    which, of = phase
    length = len(places)
    return [places[(turn * of + which) * length // (many * of)] for turn in range(many)]
