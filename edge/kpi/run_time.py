"""Run times per item (PRI) as facts and master data write them."""

import re
from fractions import Fraction
from functools import lru_cache

from edge.kpi.errors import RunTimeInvalid

_WRITTEN = re.compile(r"[0-9]+(\.[0-9]+)?|[0-9]+/[0-9]+")


@lru_cache(maxsize=4096)
def parse_run_time(text: str | None) -> Fraction | None:
    """Seconds per piece of `"2.5"` or `"125/48"`, exact; None or "" (no job) is None.

    Raises RunTimeInvalid for anything else: floats, exponents, signs, spaces, 0.
    """
    if text is None or text == "":
        return None
    try:
        if isinstance(text, str) and _WRITTEN.fullmatch(text) and (value := Fraction(text)) > 0:
            return value
    except ZeroDivisionError:
        pass  # "5/0" is refused below like any other unreadable run time
    raise RunTimeInvalid(
        f'run time per item {text!r}: write seconds as "2.5" or as a fraction, "125/48"'
    )
