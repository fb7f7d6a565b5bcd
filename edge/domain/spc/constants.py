"""Factors of control charts by subgroup size n.

Source: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.1 (A2, D3, D4; also ASTM MNL 7,
table 49) and d2 of the same table, for a normally distributed characteristic. The table ends
at 10: beyond that a range wastes too much of what the subgroup says (same section).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Factors:
    """d2: mean range / sigma. A2: 3 / (d2 sqrt n). D3, D4: limits of the range / mean range."""

    d2: Fraction
    a2: Fraction
    d3: Fraction
    d4: Fraction


def _row(d2: str, a2: str, d3: str, d4: str) -> Factors:
    return Factors(Fraction(d2), Fraction(a2), Fraction(d3), Fraction(d4))


FACTORS: Mapping[int, Factors] = {
    2: _row("1.128", "1.880", "0", "3.267"),
    3: _row("1.693", "1.023", "0", "2.575"),
    4: _row("2.059", "0.729", "0", "2.282"),
    5: _row("2.326", "0.577", "0", "2.115"),
    6: _row("2.534", "0.483", "0", "2.004"),
    7: _row("2.704", "0.419", "0.076", "1.924"),
    8: _row("2.847", "0.373", "0.136", "1.864"),
    9: _row("2.970", "0.337", "0.184", "1.816"),
    10: _row("3.078", "0.308", "0.223", "1.777"),
}
LARGEST = max(FACTORS)
MOVING = 2  # a moving range is that of two neighbours
