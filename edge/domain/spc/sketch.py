"""A chart in one line of text, for terminals."""

from collections.abc import Sequence
from fractions import Fraction

BARS = "▁▂▃▄▅▆▇█"


def sparkline(points: Sequence[Fraction], low: Fraction, high: Fraction) -> str:
    """One sign for each point between `low` and `high`; ▼ and ▲ for what lies beyond."""
    return "".join(_sign(point, low, high) for point in points)


def _sign(point: Fraction, low: Fraction, high: Fraction) -> str:
    if point < low:
        return "▼"
    if point > high:
        return "▲"
    if high == low:
        return BARS[len(BARS) // 2]
    return BARS[min(int((point - low) / (high - low) * len(BARS)), len(BARS) - 1)]


def frame(points: Sequence[Fraction], limits: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Between what to draw: the limits if there are some, else the points themselves."""
    of = limits or points
    return (min(of), max(of)) if of else (Fraction(0), Fraction(0))
