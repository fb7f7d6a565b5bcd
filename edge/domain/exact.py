"""Exact numbers of texts, bounded: what is read of anybody must not take all the time there is.

An exponent of some digits is a number of millions of digits (`1e5000000`); no quantity, time or
share of a plant needs more than DIGITS before and after its point. A fraction has up to twice as
many on each side, so that whatever was read can be written as one and read again.
"""

import re
from decimal import Decimal
from fractions import Fraction

DIGITS = 18
_NUMBER = rf"[0-9]{{1,{DIGITS}}}"
_SIDE = rf"[0-9]{{1,{2 * DIGITS}}}"
_WRITTEN = re.compile(rf"[+-]?{_NUMBER}(\.{_NUMBER})?([eE][+-]?[0-9]{{1,2}})?|[+-]?{_SIDE}/{_SIDE}")
_LARGEST = 10**DIGITS


def exact(said: object) -> Fraction | None:
    """The exact value of 42, 2.5, "2.5" or "125/3"; None for anything else, and for more digits
    or a larger exponent than a plant has use for."""
    if isinstance(said, bool) or not isinstance(said, int | float | str | Decimal):
        return None
    if isinstance(said, int):
        return Fraction(said) if abs(said) < _LARGEST else None
    text = said if isinstance(said, str) else repr(said) if isinstance(said, float) else str(said)
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        found = Fraction(text)
    except ZeroDivisionError:
        return None
    is_small = abs(found) < _LARGEST and abs(found.numerator) < _LARGEST**2
    return found if is_small and found.denominator < _LARGEST**2 else None
