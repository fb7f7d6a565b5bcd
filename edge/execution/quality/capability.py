"""Capability of a process and of a machine, or why there is no figure.

Below the number of readings that NIST/SEMATECH e-Handbook 6.1.6 asks for there is no figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from edge.domain.spc import charts
from edge.domain.spc.capability import LEAST_READINGS, capability, deviation
from edge.domain.spc.charts import LEAST_SUBGROUPS, XBAR_R, NoChart

ALIKE = "all readings are alike: the gauge does not resolve them"
NO_LIMITS = "the plan has no limits"


@dataclass(frozen=True, kw_only=True)
class Able:
    """Index and critical index (Cp and Cpk, Cm and Cmk); None where one side has no limit.

    `why_none` says why there is neither.
    """

    index: Fraction | None = None
    critical: Fraction | None = None
    why_none: str = ""


Side = Fraction | None


def process(kind: str, groups: Sequence[Sequence[Fraction]], lower: Side, upper: Side) -> Able:
    """Cp and Cpk of subgroups of one size, or of single values."""
    readings = [reading for group in groups for reading in group]
    size = len(groups[0]) if kind == XBAR_R and groups else 1
    if lower is None and upper is None:
        return Able(why_none=NO_LIMITS)
    if len(readings) < LEAST_READINGS:
        told = f"{len(readings)} readings by these limits"
        return Able(why_none=f"{told}; capability needs {LEAST_READINGS}")
    if len(readings) // size < LEAST_SUBGROUPS:
        return Able(why_none=f"{len(groups)} subgroups; capability needs {LEAST_SUBGROUPS}")
    try:
        base = charts.baseline(kind, groups)
        sigma = charts.limits(kind, base.center, base.spread, base.size).process_sigma
    except NoChart as error:
        return Able(why_none=str(error))
    return _able(lower, upper, base.center, sigma)


def machine(readings: Sequence[Fraction], lower: Side, upper: Side) -> Able:
    """Cm and Cmk of one run of a machine."""
    if lower is None and upper is None:
        return Able(why_none=NO_LIMITS)
    if len(readings) < LEAST_READINGS:
        return Able(why_none=f"{len(readings)} readings; capability needs {LEAST_READINGS}")
    s = deviation(readings)
    return _able(lower, upper, charts.mean(readings), s) if s > 0 else Able(why_none=ALIKE)


def _able(lower: Side, upper: Side, center: Fraction, sigma: Fraction) -> Able:
    found = capability(lower, upper, center, sigma)
    return Able(index=found.index, critical=found.critical)
