"""Capability of a process and of a machine (ISO 22400-2, indicators 19 to 22). Pure.

Cp = (USL - LSL) / (6 sigma-hat) and Cpk = min(USL - mean, mean - LSL) / (3 sigma-hat), where
sigma-hat is R-bar / d2 or MR-bar / d2. Cm and Cmk are the same with the sample standard
deviation s of one machine run. With one limit only the sided index exists. Below the number of
readings that NIST/SEMATECH e-Handbook 6.1.6 asks for there is no figure at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from edge.domain.spc.charts import mean

LEAST_READINGS = 50
EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, kw_only=True)
class Capability:
    """Index and critical index; None where there is no limit to measure them by."""

    index: Fraction | None
    critical: Fraction | None


def capability(
    lower: Fraction | None, upper: Fraction | None, center: Fraction, sigma: Fraction
) -> Capability:
    """Cp and Cpk, or Cm and Cmk, by the sigma that is given; sigma must be above 0."""
    both = None if lower is None or upper is None else (upper - lower) / (6 * sigma)
    sides = [] if upper is None else [upper - center]
    sides += [] if lower is None else [center - lower]
    return Capability(index=both, critical=min(sides) / (3 * sigma) if sides else None)


def deviation(readings: Sequence[Fraction]) -> Fraction:
    """Sample standard deviation (n - 1), to 50 significant digits."""
    middle = mean(readings)
    variance = sum(((one - middle) ** 2 for one in readings), Fraction()) / (len(readings) - 1)
    root = EXACT.sqrt(EXACT.divide(Decimal(variance.numerator), Decimal(variance.denominator)))
    return Fraction(root)
