"""Capability of a process and of a machine, by the same functions as every KPI (edge.kpi).

Below the number of readings that NIST/SEMATECH e-Handbook 6.1.6 asks for there is no figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from edge.domain.spc.charts import LEAST_SUBGROUPS, XBAR_R
from edge.domain.spc.figures import resolution
from edge.kpi import capability as kpi

LEAST_READINGS = 50
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
    of = _whole(readings, lower, upper, size)
    return _able(kpi.process_capability(of), kpi.critical_process_capability(of))


def machine(readings: Sequence[Fraction], lower: Side, upper: Side) -> Able:
    """Cm and Cmk of one run of a machine."""
    if lower is None and upper is None:
        return Able(why_none=NO_LIMITS)
    if len(readings) < LEAST_READINGS:
        return Able(why_none=f"{len(readings)} readings; capability needs {LEAST_READINGS}")
    of = _whole(readings, lower, upper, 1)
    return _able(kpi.machine_capability(of), kpi.critical_machine_capability(of))


def deviation(readings: Sequence[Fraction]) -> Fraction | None:
    """Sample standard deviation (n - 1); None below two readings."""
    factor = resolution(readings)
    found = kpi.deviation([int(one * factor) for one in readings])
    return None if found is None else found / factor


def _able(index: Fraction | None, critical: Fraction | None) -> Able:
    return Able(index=index, critical=critical, why_none=ALIKE if critical is None else "")


def _whole(readings: Sequence[Fraction], lower: Side, upper: Side, size: int) -> kpi.Capability:
    """In whole numbers of the readings' resolution, as edge.kpi reckons."""
    factor = resolution(readings)
    return kpi.Capability(
        values=[int(one * factor) for one in readings],
        lower=None if lower is None else lower * factor,
        upper=None if upper is None else upper * factor,
        subgroup=size,
    )
