"""Figures of measured values as they are told."""

from fractions import Fraction

PLACES = 6  # of what is told; half even


def told(value: Fraction | None, places: int = PLACES) -> str | None:
    """A figure as it is told: a decimal text, half even; None stays None."""
    if value is None:
        return None
    scaled = round(value * 10**places)  # Fraction rounds half to even
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
