"""Figures of measured values as they are told, and the whole numbers that they are made of."""

from collections.abc import Sequence
from fractions import Fraction

PLACES = 6  # of what is told; half even


def told(value: Fraction | None, places: int = PLACES) -> str | None:
    """A figure as it is told: a decimal text, half even; None stays None."""
    if value is None:
        return None
    scaled = round(value * 10**places)  # Fraction rounds half to even
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def resolution(readings: Sequence[Fraction]) -> int:
    """How many of the smallest step are one unit: all readings x this are whole numbers.

    Readings are decimals: it is a power of ten.
    """
    factor = 1
    while any((reading * factor).denominator != 1 for reading in readings):
        factor *= 10
    return factor
