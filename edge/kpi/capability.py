"""Cm, Cmk, Cp and Cpk of ISO 22400-2 from measured values; exact but for one square root.

Values are integers of a characteristic's resolution (1 = 0.001 mm, say); so are the limits.
`s` is the standard deviation of all values (n - 1); sigma-hat comes from the ranges of
subgroups, R-bar / d2 (ISO 7870-2, table of constants), or from moving ranges of two for
individuals. Where one limit is missing there is no Cm and no Cp, and Cmk and Cpk take the
side that is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from edge.kpi.errors import KpiInputInvalid

Ratio = Fraction | None
ROOT = 10**12  # places of the square root, so that what is printed is exact
# d2 by size of the subgroup, to three places, as the tables of control charts print it.
D2: Mapping[int, Fraction] = {
    2: Fraction(1128, 1000), 3: Fraction(1693, 1000), 4: Fraction(2059, 1000),
    5: Fraction(2326, 1000), 6: Fraction(2534, 1000), 7: Fraction(2704, 1000),
    8: Fraction(2847, 1000), 9: Fraction(2970, 1000), 10: Fraction(3078, 1000),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Capability:
    """Values of one characteristic in the order in which they were measured, with its limits.

    `subgroup`: how many follow each other as one sample; 1 for individuals.
    """

    values: Sequence[int]
    lower: Fraction | None
    upper: Fraction | None
    subgroup: int = 1


def machine_capability(of: Capability) -> Ratio:
    """Cm = (USL - LSL) / (6 s)."""
    return _potential(of, deviation(of.values))


def critical_machine_capability(of: Capability) -> Ratio:
    """Cmk = min(USL - mean, mean - LSL) / (3 s)."""
    return _critical(of, deviation(of.values))


def process_capability(of: Capability) -> Ratio:
    """Cp = (USL - LSL) / (6 sigma-hat)."""
    return _potential(of, estimated_deviation(of))


def critical_process_capability(of: Capability) -> Ratio:
    """Cpk = min(USL - mean, mean - LSL) / (3 sigma-hat)."""
    return _critical(of, estimated_deviation(of))


def mean(values: Sequence[int]) -> Ratio:
    """The mean of all values; None without any."""
    return Fraction(sum(values), len(values)) if values else None


def deviation(values: Sequence[int]) -> Ratio:
    """s, with n - 1; None below two values."""
    n = len(values)
    if n < 2:
        return None
    squares = n * sum(value * value for value in values) - sum(values) ** 2
    return _root(Fraction(squares, n * (n - 1)))


def estimated_deviation(of: Capability) -> Ratio:
    """Sigma-hat: the mean range of whole subgroups over d2. Raises KpiInputInvalid."""
    size = max(of.subgroup, 1)
    if size == 1:
        ranges = [abs(after - before) for before, after in pairwise(of.values)]
        size = 2
    elif size in D2:
        starts = range(0, len(of.values) - size + 1, size)
        ranges = [max(of.values[at : at + size]) - min(of.values[at : at + size]) for at in starts]
    else:
        raise KpiInputInvalid(f"subgroup of {size}: there is no d2; take 1 to {max(D2)}")
    return Fraction(sum(ranges), len(ranges)) / D2[size] if ranges else None


def _potential(of: Capability, sigma: Ratio) -> Ratio:
    if not sigma or of.lower is None or of.upper is None:
        return None
    return (of.upper - of.lower) / (6 * sigma)


def _critical(of: Capability, sigma: Ratio) -> Ratio:
    middle = mean(of.values)
    if not sigma or middle is None:
        return None
    sides = [of.upper - middle] if of.upper is not None else []
    sides += [middle - of.lower] if of.lower is not None else []
    return min(sides) / (3 * sigma) if sides else None


def _root(square: Fraction) -> Fraction:
    """The square root, to twelve places."""
    scaled = square * ROOT * ROOT
    return Fraction(isqrt(scaled.numerator // scaled.denominator), ROOT)
